"""History and differences of a long story, beside the form of the same story."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import differences, workflow
from articles.content import Content
from articles.models import Article, Revision, User

from .timing import measure, say

REVISIONS = 2_000
WORDS = 5_000


def run() -> None:
    client = Client()
    client.force_login(User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("bench"))
    bodies = [_body(0), _body(1)]
    story = _story(bodies)
    admin = f"/admin/articles/article/{story.pk}/"
    base, p99 = measure(lambda: client.get(f"{admin}change/"))
    print(f"\nA story of {WORDS} words and {REVISIONS} revisions; the baseline is its form")
    say("form", base, p99, base)
    for name, path in {
        "history, newest page": "history/",
        "history, oldest page": f"history/?page={REVISIONS // 50}",
        "two revisions compared": "history/compare/?from=1&to=2",
        "one revision": "history/1/",
        "notes": "notes/",
    }.items():
        median, p99 = measure(lambda path=path: client.get(admin + path))
        with CaptureQueriesContext(connection) as queries:
            client.get(admin + path)
        say(f"{name} ({len(queries)} queries)", median, p99, base)
    median, p99 = measure(lambda: differences.of_body(*bodies))
    say("the differences alone", median, p99, base)


def _body(step: int) -> str:
    """5,000 words; of each paragraph of fifty, the second step writes three others."""
    paragraphs = []
    for number in range(WORDS // 50):
        words = [f"word{(place * 7919 + number * 31) % 3000}" for place in range(50)]
        if step:
            words[7], words[21], words[40] = (f"other{number}{place}" for place in range(3))
        paragraphs.append(f"<p>{' '.join(words)}.</p>")
    return "".join(paragraphs)


def _story(bodies: list[str]) -> Article:
    at = timezone.now()
    story = workflow.create(Content(headline="Bench", body=bodies[0]), by=None, at=at)
    contents = [Content(headline="Bench", body=body, slug=story.slug).as_json() for body in bodies]
    Revision.objects.bulk_create(
        Revision(article=story, number=n, content=contents[(n - 1) % 2], created_at=at + timedelta(seconds=n))
        for n in range(2, REVISIONS + 1)
    )
    Article.objects.filter(pk=story.pk).update(head_number=REVISIONS)
    return story
