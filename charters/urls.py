"""Addresses of what guests and crew are served by this room, and of Google's bell."""

from django.urls import path

from charters import hooks, views
from charters.crew import page as crew_page
from charters.crew import swap_page

urlpatterns = [
    path("g/<str:token>.ics", views.calendar_file, name="calendar_file"),
    path("pages/<path:path>", views.guest_page, name="guest_page"),
    path("crew/<str:token>.ics", crew_page.feed, name="crew_feed"),
    path("crew/<str:token>/", crew_page.page, name="crew"),
    path("crew/<str:token>/trip/<int:key>/", crew_page.trip, name="crew_trip"),
    path("crew/<str:token>/swap/<int:key>/", swap_page.swap, name="crew_swap"),
    path("hooks/google/", hooks.google, name="google_hook"),
]
