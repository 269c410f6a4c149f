"""Addresses of what guests and crew are served by this room, and of Google's bell."""

from django.urls import path

from charters import crew_page, crew_swap_page, hooks, views

urlpatterns = [
    path("g/<str:token>.ics", views.calendar_file, name="calendar_file"),
    path("pages/<path:path>", views.guest_page, name="guest_page"),
    path("crew/<str:token>.ics", crew_page.feed, name="crew_feed"),
    path("crew/<str:token>/", crew_page.page, name="crew"),
    path("crew/<str:token>/trip/<int:key>/", crew_page.trip, name="crew_trip"),
    path("crew/<str:token>/swap/<int:key>/", crew_swap_page.swap, name="crew_swap"),
    path("hooks/google/", hooks.google, name="google_hook"),
]
