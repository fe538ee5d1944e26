"""Feeds, of the site and of its lists, in the language of their address."""

from django.urls import path

from .views import feeds

app_name = "feeds"
urlpatterns = [
    path("<feedform:form>", feeds.site, name="site"),
    path("section/<uslug:slug>/<feedform:form>", feeds.section, name="section"),
    path("tag/<uslug:slug>/<feedform:form>", feeds.tag, name="tag"),
    path("author/<uslug:slug>/<feedform:form>", feeds.author, name="author"),
    path("series/<uslug:slug>/<feedform:form>", feeds.series, name="series"),
    path("partners/stories/<feedform:form>", feeds.partners, name="partners"),
]
