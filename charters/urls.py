"""Addresses of what guests are served by this room."""

from django.urls import path

from charters import views

urlpatterns = [
    path("g/<str:token>.ics", views.calendar_file, name="calendar_file"),
    path("pages/<path:path>", views.guest_page, name="guest_page"),
]
