from django.urls import path, register_converter

from . import converters
from .views import stories

register_converter(converters.UnicodeSlug, "uslug")
register_converter(converters.Year, "yyyy")
register_converter(converters.Month, "mm")

app_name = "articles"
urlpatterns = [
    path("<yyyy:year>/<mm:month>/<uslug:slug>/", stories.article, name="article"),
    path("section/<uslug:slug>/", stories.section, name="section"),
    path("tag/<uslug:slug>/", stories.tag, name="tag"),
    path("author/<uslug:slug>/", stories.author, name="author"),
]
