"""Uncached pages against the cheapest page that the same stack can answer, in process."""

from django.test import Client

from articles.models import Article, Section

from .timing import measure, say


def run() -> None:
    client = Client()
    base, p99 = measure(lambda: client.get("/livez"))
    print("\nPages, uncached, in process; the baseline is /livez")
    say("/livez", base, p99, base)
    story = Article.objects.live().newest_first().first()
    section = Section.objects.filter(language="en").first()
    for name, path in {
        "front page": "/",
        "front page, Arabic": "/ar/",
        "article": story.get_absolute_url(),
        "section": section.get_absolute_url(),
        "rate card": "/partners/",
    }.items():
        median, p99 = measure(lambda path=path: client.get(path))
        say(name, median, p99, base)
