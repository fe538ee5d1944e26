from django.urls import path

from .views import corrections, coverage, series, stories

app_name = "articles"
urlpatterns = [
    path("<yyyy:year>/<mm:month>/<uslug:slug>/", stories.article, name="article"),
    path("<yyyy:year>/<mm:month>/<uslug:slug>/live/<count:number>/", coverage.entry, name="live_entry"),
    path("live/<count:pk>/since/<count:version>/", coverage.since, name="live_since"),
    path("series/<uslug:slug>/", series.series, name="series"),
    path("corrections/", corrections.corrections, name="corrections"),
    path("section/<uslug:slug>/", stories.section, name="section"),
    path("tag/<uslug:slug>/", stories.tag, name="tag"),
    path("author/<uslug:slug>/", stories.author, name="author"),
]
