from django.urls import path

from .views import api, archive, corrections, coverage, lite, previews, search, series, stories

app_name = "articles"
urlpatterns = [
    path("archive/", archive.archive, name="archive"),
    path("<yyyy:year>/<mm:month>/", archive.month, name="archive_month"),
    path("<yyyy:year>/<mm:month>/<uslug:slug>/", stories.article, name="article"),
    path("<yyyy:year>/<mm:month>/<uslug:slug>/live/<count:number>/", coverage.entry, name="live_entry"),
    path("live/<count:pk>/since/<count:version>/", coverage.since, name="live_since"),
    path("series/<uslug:slug>/", series.series, name="series"),
    path("corrections/", corrections.corrections, name="corrections"),
    path("lite/<yyyy:year>/<mm:month>/<uslug:slug>/", lite.article, name="lite"),
    path("preview/<str:token>/", previews.preview, name="preview"),
    path("preview/<str:token>/received/", previews.preview_received, name="preview_received"),
    path("preview/<str:token>/media/<path:path>", previews.preview_picture, name="preview_picture"),
    path("api/", api.guide, name="api_guide"),
    path("search/", search.search, name="search"),
    path("search/suggest/", search.suggest, name="suggest"),
    path("section/<uslug:slug>/", stories.section, name="section"),
    path("tag/<uslug:slug>/", stories.tag, name="tag"),
    path("author/<uslug:slug>/", stories.author, name="author"),
]
