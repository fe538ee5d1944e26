"""The pages of newsletters for readers."""

from django.urls import URLPattern

app_name = "newsletters"
urlpatterns: list[URLPattern] = []
