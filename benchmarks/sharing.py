"""What stands below a story and what stands beside links to it, against the page of a story in the same process.

`make bench` runs it; `DATA_DIR=... python -m benchmarks.sharing` runs it on a newsroom that is there."""

from __future__ import annotations

import itertools

from .timing import measure, say


def run() -> None:
    from django.test import Client
    from django.utils import timezone

    from articles import related, share_pictures
    from articles.models import Article

    stories = list(
        Article.objects.live()
        .news()
        .in_language("en")
        .select_related("section", "series", "hero")
        .prefetch_related("tags")
        .newest_first()[:200:5]
    )
    turn = itertools.cycle(stories)
    client, at = Client(), timezone.now()
    print(f"\nRelated stories and share pictures, {Article.objects.count()} stories; the baseline is a story's page")
    base, p99 = measure(lambda: client.get(next(turn).get_absolute_url()))
    say("article, uncached", base, p99, base)
    for name, work in {
        "related stories": lambda: related.related_to(next(turn), at),
        "address of a picture": lambda: share_pictures.address(next(turn), at),
        "drawing a picture": lambda: share_pictures.drawn(share_pictures.card_of(next(turn), at)),
    }.items():
        median, p99 = measure(work)
        say(name, median, p99, base)


if __name__ == "__main__":
    import django

    django.setup()
    run()
