"""Addresses of the web application (the guest pages themselves are files in a bucket or folder)."""

from django.contrib import admin
from django.urls import path

urlpatterns = [path("admin/", admin.site.urls)]
