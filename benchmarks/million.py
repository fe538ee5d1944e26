"""The desk over a very large newsroom: `python -m benchmarks.million` makes it, once, and measures.

Stories are the demo's, copied inside the database until there are BENCH_ARTICLES (a million, by default) in DATA_DIR
or DATABASE_URL. The target is 200 ms a page.
"""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
os.environ.setdefault("SECRET_KEY", "only-for-benchmarks")
os.environ.setdefault("ALLOWED_HOSTS", "testserver")
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("STATIC_HASHED", "false")

SEEDS = 10_000
REPORTERS = 40
STEP = 1_000_000


def build(articles: int) -> None:
    """Copies of the demo's stories: every number of a copy is that of its original plus a multiple of a step."""
    from django.core.management import call_command
    from django.db import connection, transaction

    from articles.models import Article, Byline, Revision, User

    call_command("migrate", verbosity=0)
    call_command("demo", articles=SEEDS, with_known_passwords=True, stdout=sys.stderr)
    if not User.objects.filter(username="reporter-0").exists():
        vary()
    quote = connection.ops.quote_name
    for copy in range(1, articles // SEEDS):
        if Article.objects.filter(pk__gt=copy * STEP).exists():
            continue
        with transaction.atomic(), connection.cursor() as cursor:
            for model in (Article, Revision, Byline):
                columns = [field.column for field in model._meta.concrete_fields]
                changed = {
                    "id": f"id + {copy * STEP}",
                    "article_id": f"article_id + {copy * STEP}",
                    "slug": f"slug || '-{copy}'",
                    "headline": f"headline || ' {copy}'",
                    "translation_of_id": "NULL",
                }
                values = ", ".join(changed.get(column, quote(column)) for column in columns)
                names = ", ".join(quote(column) for column in columns)
                table, key = quote(model._meta.db_table), "id" if model is Article else "article_id"
                copied = f"SELECT {values} FROM {table} WHERE {key} < {STEP}"  # noqa: S608
                cursor.execute(f"INSERT INTO {table} ({names}) {copied}")
        print(f"\r{copy + 1} x {SEEDS:,}", end="", file=sys.stderr)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "postgresql" else "PRAGMA wal_checkpoint(TRUNCATE)")


def vary() -> None:
    """Two reporters who write a lot and thirty-eight who write what people write; some stories of every status."""
    from datetime import timedelta

    from django.contrib.auth.models import Group
    from django.db import transaction
    from django.db.models import F
    from django.utils import timezone

    from articles.models import Article, Author, Byline, User

    now = timezone.now()
    with transaction.atomic():
        for n in range(REPORTERS):
            user = User.objects.create_user(f"reporter-{n}", is_staff=True)
            user.groups.add(Group.objects.get(name="Reporter"))
            writer = Author.objects.create(name=f"Writer {n}", slug=f"writer-{n}", user=user)
            share = 40 if n < 2 else 400
            Article.objects.alias(rest=F("pk") % share).filter(rest=n).update(created_by=user)
            signed = Byline.objects.filter(author__is_newsroom=True).alias(rest=F("article") % share)
            signed.filter(rest=n).update(author=writer)
        unseen = {"public_since": None, "live_number": None}
        for status, share, fields in (
            ("draft", 211, unseen),
            ("in-review", 9001, unseen | {"submitted_number": 1}),
            ("spiked", 307, unseen),
            ("scheduled", 4001, dict.fromkeys(["public_since", "publish_at"], now + timedelta(days=3))),
        ):
            Article.objects.alias(rest=F("pk") % share).filter(rest=5).update(status=status, **fields)
        Article.objects.alias(rest=F("pk") % 5003).filter(rest=7, status="live").update(head_number=2)


def measure_all() -> None:
    from django.test import Client

    from articles.models import Article, Author, Section, User

    from .timing import measure, say

    client = Client()
    base, p99 = measure(lambda: client.get("/livez"))
    print(f"\nThe desk, {Article.objects.count():,} stories, in process; the baseline is /livez")
    say("/livez", base, p99, base)
    stories = "/admin/articles/article/"
    section = Section.objects.filter(language="en", articles__isnull=False).first()
    common, rare = Author.objects.get(is_newsroom=True), Author.objects.get(slug="writer-7")
    pages = {
        "all": "",
        "page 90": "?p=90",
        "needs review": "?state=needs-review",
        "unpublished changes": "?state=changed",
        **{status: f"?state={status}" for status in ("draft", "scheduled", "live", "spiked", "approved")},
        "section": f"?section={section.pk}",
        "language ar": "?language=ar",
        "news": "?kind=news",
        "paid": "?kind=paid",
        "kind video": "?kind=video",
        "mine": "?mine=1",
        "author, often": f"?author={common.pk}",
        "author, seldom": f"?author={rare.pk}",
        "a month": "?from=2026-03-01&until=2026-03-31",
        "ten years": "?from=2016-01-01",
        "draft and section": f"?state=draft&section={section.pk}",
        "live, section, month": f"?state=live&section={section.pk}&from=2026-03-01&until=2026-03-31",
        "author and draft": f"?author={common.pk}&state=draft",
        "search, common words": "?q=the+council",
        "search, three words": "?q=dockers+bridge+repairs",
        "search, one story": "?q=dockers+77",
        "search, nothing": "?q=zzzzzz",
        "search and section": f"?q=harbour&section={section.pk}",
    }
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    today, month = ("Today", "/admin/"), ("calendar, month", "/admin/calendar/")
    week = ("calendar, week", "/admin/calendar/?view=week")
    listed = [(f"list: {name}", stories + query) for name, query in pages.items()]
    for who, paths in {
        "editor": [*listed, today, month, week],
        "reporter-0": [("list of 25,000", stories), today, month],
        "reporter-7": [
            ("list of 2,500", stories),
            ("drafts", stories + "?state=draft"),
            ("search", stories + "?q=harbour"),
            today,
            month,
        ],
        "desk": [("list", stories), today, month],
    }.items():
        client.force_login(User.objects.get(username=who))
        for name, path in paths:
            if only in f"{who}: {name}":
                assert client.get(path).status_code == 200, path
                median, p99 = measure(lambda path=path: client.get(path), seconds=1.0)
                say(f"{who}: {name}", median, p99, base)


if __name__ == "__main__":
    import django

    django.setup()
    build(int(os.environ.get("BENCH_ARTICLES", "1000000")))
    measure_all()
