"""Files for programs that are the same in every language: sitemaps, robots.txt, share pictures, oEmbed."""

from django.urls import URLPattern, path

from .views.share_pictures import share_picture

app_name = "machines"
urlpatterns: list[URLPattern] = [
    path("share/<str:name>.jpg", share_picture, name="share_picture"),
]
