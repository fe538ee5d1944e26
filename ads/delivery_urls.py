"""Delivery addresses. They stand outside the languages and name nothing that content blockers cut."""

from django.urls import path

from .views import delivery

app_name = "delivery"
urlpatterns = [
    path("fill", delivery.fill, name="fill"),
    path("seen", delivery.seen, name="seen"),
    path("go/<str:token>", delivery.go, name="go"),
    path("still/<slug:code>", delivery.still, name="still"),
    path("visit/<slug:code>", delivery.visit, name="visit"),
]
