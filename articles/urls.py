from django.urls import path, register_converter

from . import converters
from .views import lite, previews, stories

register_converter(converters.UnicodeSlug, "uslug")
register_converter(converters.Year, "yyyy")
register_converter(converters.Month, "mm")

app_name = "articles"
urlpatterns = [
    path("<yyyy:year>/<mm:month>/<uslug:slug>/", stories.article, name="article"),
    path("lite/<yyyy:year>/<mm:month>/<uslug:slug>/", lite.article, name="lite"),
    path("preview/<str:token>/", previews.preview, name="preview"),
    path("preview/<str:token>/received/", previews.preview_received, name="preview_received"),
    path("preview/<str:token>/media/<path:path>", previews.preview_picture, name="preview_picture"),
    path("section/<uslug:slug>/", stories.section, name="section"),
    path("tag/<uslug:slug>/", stories.tag, name="tag"),
    path("author/<uslug:slug>/", stories.author, name="author"),
]
