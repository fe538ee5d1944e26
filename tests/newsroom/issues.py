"""Newsletters and their issues, with dull defaults."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from django.utils import timezone

from ads import quoting
from ads.models import Promise, SponsoredPost
from newsroom.audience import composing
from newsroom.audience.composing import Block, Words
from newsroom.audience.models import Issue, Newsletter, Subscriber
from tests import factories

_numbers = itertools.count(1)


def newsletter(**fields: Any) -> Newsletter:
    number = next(_numbers)
    values = {"name": f"Morning {number}", "slug": f"morning-{number}", "rhythm": Newsletter.Rhythm.BY_HAND}
    return Newsletter.objects.create(**values | fields)


def story_block(**fields: Any) -> Block:
    return Block(kind="story", article_id=factories.article(**fields).pk)


def issue(*blocks: Block, of: Newsletter | None = None, at=None, **words: Any) -> Issue:
    """A draft with one story, or with the blocks that a test wants."""
    at = at or timezone.now()
    of = of or newsletter()
    made = blocks or (story_block(language=of.language),)
    values = {"subject": "What the day brings", "preheader": "And more"}
    return composing.make(of, by=None, at=at, words=Words(**values | words), blocks=made)


def sent(*blocks: Block, **fields: Any) -> Issue:
    """One that readers have."""
    made = issue(*blocks, **fields)
    now = timezone.now()
    Issue.objects.filter(pk=made.pk).update(state="sent", started_at=now, finished_at=now)
    made.refresh_from_db()
    return made


def reader(*newsletters: Newsletter) -> Subscriber:
    now = timezone.now()
    made = Subscriber.objects.create(
        email=f"reader{next(_numbers)}@reader.example", state="confirmed", created_at=now, confirmed_at=now
    )
    made.newsletters.set(newsletters)
    return made


def promise(*, due: int = 3) -> Promise:
    """A mention in the newsletter that a deal includes, with the sponsored story that it is about."""
    first = timezone.localdate() + timedelta(days=7 * (next(_numbers) % 90))
    quote = factories.draft_quote(factories.ad_request(first_day=first, last_day=first + timedelta(days=6)))
    line = factories.post_line(quote)
    quoting.send(quote, by=None, at=timezone.now())
    quoting.accept(quote, name="Ada Example", at=timezone.now())
    made = Promise.objects.filter(line=line, kind="newsletter").first()
    day = timezone.localdate() + timedelta(days=due)
    if made is None:
        made = Promise.objects.create(line=line, kind="newsletter", due=day)
    Promise.objects.filter(pk=made.pk).update(due=day)
    story = factories.article(kind="advertorial", sponsor_name="Teneru Mills")
    SponsoredPost.objects.filter(article=story).update(line=line)
    made.refresh_from_db()
    return made


def story_of(promise: Promise):
    return SponsoredPost.objects.get(line=promise.line, article__isnull=False).article
