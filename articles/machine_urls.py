"""Files for programs that are the same in every language: sitemaps, robots.txt, share pictures, oEmbed."""

from django.urls import URLPattern, path, re_path

from .views import machines, oembed
from .views.indexnow import key_file
from .views.share_pictures import share_picture

app_name = "machines"
urlpatterns: list[URLPattern] = [
    path("sitemap.xml", machines.index, name="sitemap"),
    path("sitemap/pages.xml", machines.pages, name="sitemap_pages"),
    path("sitemap/<listname:name><part:part>.xml", machines.listed, name="sitemap_list"),
    path("sitemap/<yyyy:year>-<mm:month><part:part>.xml", machines.month, name="sitemap_month"),
    path("news-sitemap.xml", machines.news, name="news_sitemap"),
    path("robots.txt", machines.robots_txt, name="robots_txt"),
    path(".well-known/security.txt", machines.security_txt, name="security_txt"),
    path("oembed", oembed.oembed, name="oembed"),
    path("share/<str:name>.jpg", share_picture, name="share_picture"),
    # After robots.txt. No shorter name is a key.
    re_path(r"^(?P<key>[A-Za-z0-9-]{8,128})\.txt$", key_file, name="indexnow_key"),
]
