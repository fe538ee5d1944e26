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
TABLES = {"articles_article": "id", "articles_revision": "article_id", "articles_byline": "article_id"}


def build(articles: int) -> None:
    """Copies of the demo's stories: every number of a copy is that of its original plus a multiple of a step."""
    from datetime import timedelta

    from django.contrib.auth.models import Group
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.db.models import F
    from django.utils import timezone

    from articles.models import Article, Author, Byline, Revision, User

    call_command("migrate", verbosity=0)
    call_command("demo", articles=SEEDS, with_known_passwords=True, stdout=sys.stderr)
    quote = connection.ops.quote_name
    for copy in range(1, articles // SEEDS):
        if Article.objects.filter(pk__gt=copy * 1_000_000).exists():
            continue
        step = copy * 1_000_000
        with transaction.atomic(), connection.cursor() as cursor:
            for model in (Article, Revision, Byline):
                columns = [field.column for field in model._meta.concrete_fields]
                changed = {
                    "id": f"id + {step}",
                    "article_id": f"article_id + {step}",
                    "slug": f"slug || '-{copy}'",
                    "headline": f"headline || ' {copy}'",
                    "translation_of_id": "NULL",
                }
                values = ", ".join(changed.get(column, quote(column)) for column in columns)
                names = ", ".join(quote(column) for column in columns)
                table, key = quote(model._meta.db_table), TABLES[model._meta.db_table]
                copied = f"SELECT {values} FROM {table} WHERE {key} < 1000000"  # noqa: S608
                cursor.execute(f"INSERT INTO {table} ({names}) {copied}")
        print(f"\r{Article.objects.order_by('pk').last().pk // 1_000_000 + 1} x {SEEDS:,}", end="", file=sys.stderr)
    if User.objects.filter(username="reporter-0").exists():
        return
    now = timezone.now()
    reporters = [User.objects.create_user(f"reporter-{n}", is_staff=True) for n in range(REPORTERS)]
    writers = [
        Author.objects.create(name=f"Writer {n}", slug=f"writer-{n}", user=user) for n, user in enumerate(reporters)
    ]
    for n, (user, writer) in enumerate(zip(reporters, writers, strict=True)):
        user.groups.add(Group.objects.get(name="Reporter"))
        # Two who write a lot, and thirty-eight who write what people write.
        share = 40 if n < 2 else 400
        Article.objects.alias(rest=F("pk") % share).filter(rest=n).update(created_by=user)
        signed = Byline.objects.filter(author__is_newsroom=True)
        signed.alias(rest=F("article") % share).filter(rest=n).update(author=writer)
    for status, share, fields in (
        ("draft", 211, {"public_since": None, "live_number": None}),
        ("in-review", 9001, {"public_since": None, "live_number": None, "submitted_number": 1}),
        ("spiked", 307, {"public_since": None, "live_number": None}),
        ("scheduled", 4001, {"public_since": now + timedelta(days=3), "publish_at": now + timedelta(days=3)}),
    ):
        Article.objects.alias(rest=F("pk") % share).filter(rest=5).update(status=status, **fields)
    Article.objects.alias(rest=F("pk") % 5003).filter(rest=7, status="live").update(head_number=2)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "postgresql" else "PRAGMA wal_checkpoint(TRUNCATE)")


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
