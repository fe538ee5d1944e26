"""Feeds and sitemaps against a section page, uncached, in process."""

from django.test import Client, override_settings
from django.utils import timezone

from articles import sitemaps
from articles.models import Section

from .timing import measure, say


def run() -> None:
    client = Client()
    section = Section.objects.filter(language="en", parent=None).first().get_absolute_url()
    base, p99 = measure(lambda: client.get(section))
    print("\nFeeds and sitemaps, uncached, in process; the baseline is the page of a section")
    say("section page", base, p99, base)
    known = client.get("/feed/")["ETag"]
    by_month = sitemaps.months(timezone.now())
    first_day, count, _changed = max(by_month, key=lambda month: month[1])
    asked = {
        "feed, summaries": ("/feed/", {}),
        "feed of the section": (f"{section}feed/", {}),
        "feed, nothing new": ("/feed/", {"if-none-match": known}),
        "news sitemap": ("/news-sitemap.xml", {}),
        f"sitemap of a month, {count} stories": (f"/sitemap/{first_day:%Y-%m}.xml", {}),
        f"sitemap index, {sum(month[1] for month in by_month)} stories": ("/sitemap.xml", {}),
    }
    for name, (path, headers) in asked.items():
        median, p99 = measure(lambda path=path, headers=headers: client.get(path, headers=headers))
        say(name, median, p99, base)
    with override_settings(FEED_TEXT="full"):
        median, p99 = measure(lambda: client.get("/feed/"))
        say("feed, whole texts", median, p99, base)
