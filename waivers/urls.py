from django.urls import path

from waivers import views

urlpatterns = [
    path("waivers", views.waivers, name="waivers"),
    path("w/<str:token>/", views.form, name="waiver"),
]
