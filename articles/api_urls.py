"""The content API, version 1: read-only JSON of what readers may read."""

from django.urls import URLPattern

app_name = "api"
urlpatterns: list[URLPattern] = []
