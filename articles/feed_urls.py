"""Feeds, of the site and of its lists, in the language of their address."""

from django.urls import URLPattern

app_name = "feeds"
urlpatterns: list[URLPattern] = []
