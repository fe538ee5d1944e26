"""Publishing and what waits for its time, against the cheapest page that the same stack can answer, in process."""

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import timing, workflow
from articles.content import head
from articles.models import Article, DueAction

from .timing import measure, say


def run() -> None:
    client = Client()
    base, p99 = measure(lambda: client.get("/livez"))
    print("\nThe desk, in process; the baseline is /livez. Wagtail: 97 queries and 43 ms to publish")
    say("/livez", base, p99, base)
    content = head(Article.objects.live().newest_first().first())
    made = iter(range(10**6))

    def draft() -> Article:
        headline = f"Measured {next(made)}"
        values = {name: getattr(content, name) for name in content.__dataclass_fields__}
        values |= {"headline": headline, "slug": "", "publish_at": None, "expire_at": None, "embargo_until": None}
        return workflow.create(type(content)(**values), by=None, at=timezone.now())

    drafts = [draft() for _ in range(300)]
    with CaptureQueriesContext(connection) as queries:
        workflow.publish(drafts.pop(), by=None, at=timezone.now())
    words = [query["sql"].split()[0] for query in queries]
    asked = sum(word in ("SELECT", "INSERT", "UPDATE", "DELETE") for word in words)
    median, p99 = measure(lambda: workflow.publish(drafts.pop(), by=None, at=timezone.now()), seconds=0, least=250)
    say(f"publish a story ({asked} queries)", median, p99, base)

    timing.run_due(timezone.now())
    story = Article.objects.live().newest_first().first()
    DueAction.objects.create(
        article=story,
        kind=DueAction.Kind.CHANGE,
        due_at=timezone.now() + timedelta(days=1),
        key="measured",
        created_at=timezone.now(),
    )
    median, p99 = measure(lambda: timing.apply_changes(timezone.now()))
    say("look for a scheduled change, on every page", median, p99, base)
