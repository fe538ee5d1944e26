"""Many stories at once, already public elsewhere: the verb of imports and of large test sites."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from . import search_index, uses, workflow
from .content import ROW_FIELDS, Content
from .models import Article, Byline, Revision, Transition, User
from .readiness import objections
from .refusals import NotReady


def publish_all(contents: Sequence[Content], *, by: User | None, at: datetime) -> int:
    """Create live stories, each with its first revision and its move, in a few queries for all of them.

    Every content names its slug and a `publish_at` that is past. A story whose month has its slug already is left
    out, so that a run can be repeated. Returns how many were created. Raises NotReady, before anything is written,
    where one of them must not come this way: a paid story has an order first.
    """
    tidied = [workflow.tidied(content) for content in contents]
    for content in tidied:
        if content.kind != Article.Kind.STORY and (against := objections(None, content, number=None, at=at)):
            raise NotReady(f"{content.headline}: {' '.join(against)}")
    with transaction.atomic():
        fresh = _unknown(tidied)
        articles = [_row(content, month, by=by) for month, content in fresh]
        Article.objects.bulk_create(articles)
        made = list(zip(articles, (content for _month, content in fresh), strict=True))
        Revision.objects.bulk_create(
            Revision(
                article=article,
                number=1,
                kind=Revision.Kind.IMPORT,
                content=content.as_json(),
                author=by,
                created_at=at,
            )
            for article, content in made
        )
        Transition.objects.bulk_create(
            Transition(article=article, what=Transition.What.BEGUN, to_status=article.status, actor=by, at=at)
            for article, _content in made
        )
        Byline.objects.bulk_create(
            Byline(article=article, author_id=credit.author_id, role=credit.role, order=order)
            for article, content in made
            for order, credit in enumerate(content.bylines)
        )
        uses.record_all(made)
        through = Article.tags.through
        through.objects.bulk_create(
            through(article=article, tag_id=tag) for article, content in made for tag in content.tag_ids
        )
        search_index.take_in(article.pk for article, _content in made)
    return len(made)


def _unknown(contents: list[Content]) -> list[tuple[date, Content]]:
    """Those whose address is free, with their month; the first of two that want the same one."""
    keyed: dict[tuple[date, str], Content] = {}
    for content in contents:
        keyed.setdefault((workflow.month_of(_moment(content)), content.slug), content)
    slugs = {slug for _month, slug in keyed}
    taken = set(Article.objects.filter(slug__in=slugs).values_list("month", "slug"))
    return [(month, content) for (month, slug), content in keyed.items() if (month, slug) not in taken]


def _moment(content: Content) -> datetime:
    if content.publish_at is None:
        raise ValueError("A story that is published in bulk says since when it is public.")
    return content.publish_at


def _row(content: Content, month, *, by: User | None) -> Article:
    return Article(
        **{name: getattr(content, name) for name in ROW_FIELDS},
        month=month,
        status=Article.Status.LIVE,
        publish_at=content.publish_at,
        expire_at=content.expire_at,
        head_number=1,
        live_number=1,
        public_since=_moment(content),
        created_by=by,
        created_at=_moment(content),
    )
