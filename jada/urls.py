"""Addresses of the web application (the guest pages themselves are files in a bucket or folder)."""

from django.contrib import admin
from django.urls import include, path

from jada import api
from jada.health import healthz

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz/", healthz),
    path("", include("charters.urls")),
    path("", include("waivers.urls")),
    path("", api.urls()),
]
