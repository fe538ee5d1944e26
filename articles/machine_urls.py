"""Files for programs that are the same in every language: sitemaps, robots.txt, share pictures, oEmbed."""

from django.urls import path

from .views import oembed

app_name = "machines"
urlpatterns = [
    path("oembed", oembed.oembed, name="oembed"),
]
