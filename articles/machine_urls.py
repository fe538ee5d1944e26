"""Files for programs that are the same in every language: sitemaps, robots.txt, share pictures, oEmbed."""

from django.urls import URLPattern

app_name = "machines"
urlpatterns: list[URLPattern] = []
