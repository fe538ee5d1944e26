"""Files for programs that are the same in every language: sitemaps, robots.txt, share pictures, oEmbed."""

from django.urls import URLPattern, path, re_path

from .views.indexnow import key_file
from .views.share_pictures import share_picture

app_name = "machines"
urlpatterns: list[URLPattern] = [
    path("share/<str:name>.jpg", share_picture, name="share_picture"),
    # No shorter name is a key: robots.txt and its like are not asked here.
    re_path(r"^(?P<key>[A-Za-z0-9-]{8,128})\.txt$", key_file, name="indexnow_key"),
]
