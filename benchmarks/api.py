"""How long the content API takes: `python -m benchmarks.api`, over a DATA_DIR or DATABASE_URL that
`manage.py demo --articles 100000` filled. In `make bench`, over its own newsroom."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
os.environ.setdefault("SECRET_KEY", "only-for-benchmarks")
os.environ.setdefault("ALLOWED_HOSTS", "testserver")
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("STATIC_HASHED", "false")

GOAL = 50.0


def main() -> None:
    import django

    django.setup()
    run()


def run() -> None:
    from django.conf import settings
    from django.db.models import Count
    from django.test import Client

    from articles.api import paging
    from articles.models import Article, Author, Section, Tag

    from .timing import measure, say

    settings.API_PER_MINUTE = 0
    client = Client()
    path = "/api/v1/articles/"
    live = Article.objects.live()
    story = live.newest_first().first()
    oldest = live.order_by("publish_at")[:50].last()
    section, tag, author = (
        model.objects.annotate(number=Count("articles")).order_by("-number").first() for model in (Section, Tag, Author)
    )
    known = client.get(f"{path}{story.pk}/")["ETag"]
    deep = paging.sealed("published", (oldest.publish_at, oldest.pk), is_back=False)
    base, p99 = measure(lambda: client.get(story.get_absolute_url()))
    print(
        f"\nThe content API over {live.count()} stories; the baseline is the page of a story; the goal is {GOAL:.0f} ms"
    )
    say("the page of a story", base, p99, base)
    for name, address, headers in [
        ("one story", f"{path}{story.pk}/", {}),
        ("one story, known", f"{path}{story.pk}/", {"if-none-match": known}),
        ("one story, ninjs", f"{path}{story.pk}/?format=ninjs", {}),
        ("the newest", path, {}),
        ("the newest, ninjs", f"{path}?format=ninjs", {}),
        ("a hundred headlines", f"{path}?limit=100&fields=headline", {}),
        ("the oldest", f"{path}?cursor={deep}", {}),
        ("by language", f"{path}?language=ar", {}),
        ("by section", f"{path}?section={section.pk}", {}),
        ("by tag", f"{path}?tag={tag.pk}", {}),
        ("by author", f"{path}?author={author.pk}", {}),
        ("by series", f"{path}?series=1", {}),
        ("news", f"{path}?kind=news", {}),
        ("paid for", f"{path}?kind=sponsored", {}),
        ("with words", f"{path}?q=harbour", {}),
        ("by time of change", f"{path}?sort=updated", {}),
        ("changed since", f"{path}?updated_since=2026-01-01", {}),
        ("between two days", f"{path}?since=2020-01-01&until=2020-02-01", {}),
        ("tags", "/api/v1/tags/?limit=100", {}),
        ("authors", "/api/v1/authors/?limit=100", {}),
    ]:
        median, p99 = measure(lambda a=address, h=headers: client.get(a, headers=h), seconds=1.0)
        say(name, median, p99, base)


if __name__ == "__main__":
    main()
