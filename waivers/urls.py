from django.urls import path

from waivers import views
from waivers.photo_views import photo_page

urlpatterns = [
    path("waivers", views.waivers, name="waivers"),
    path("w/<str:token>/", views.form, name="waiver"),
    path("p/<str:code>/", photo_page, name="photos"),
]
