"""The content API, version 1: read-only JSON of what readers may read."""

from django.urls import path, re_path

from .api.shelves import SHELVES
from .views import api

app_name = "api"
urlpatterns = [
    path("", api.index, name="index"),
    path("openapi.json", api.openapi, name="openapi"),
    path("articles/", api.articles, name="articles"),
    path("articles/<count:pk>/", api.article, name="article"),
    *(path(f"{name}/", api.shelf, {"name": name}, name=name) for name in SHELVES),
    *(path(f"{name}/<count:pk>/", api.one_of_shelf, {"name": name}, name=kind.one) for name, kind in SHELVES.items()),
    # With a slash at its end, so that an address without one is sent there first.
    re_path(r"^.*/$", api.nothing, name="nothing"),
]
