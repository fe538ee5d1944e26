"""A draft as the page it would be: a story made of a content, for the public templates, and never saved."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import datetime

from django.db.models import QuerySet

from .content import ROW_FIELDS, Content
from .drafting import month_of
from .figures import media_ids
from .models import Article, Author, Byline, MediaAsset, Section, Tag
from .readiness import publication_time


def rehearse(article: Article, content: Content, *, at: datetime) -> Article:
    """The story as readers would get it, were this content published at a moment. What was deleted since it was
    written is left out. Do not save what this returns."""
    shown = copy(article)
    if article.was_public(at) and content != Content.of(article):
        shown.updated_at = at
    shown.publish_at = publication_time(article, content, at=at)
    shown.month = article.month if article.was_public(at) else month_of(shown.publish_at)
    for name in ROW_FIELDS:
        setattr(shown, name, getattr(content, name))
    owed = Article.objects.with_what_is_owed(at).only("pk").get(pk=article.pk)
    shown.has_corrections, shown.coverage_version = owed.has_corrections, owed.coverage_version  # type: ignore[attr-defined]
    shown.slug = content.slug or article.slug or "story"
    shown.section = Section.objects.select_related("parent").filter(pk=content.section_id or 0).first()
    shown.hero = MediaAsset.objects.filter(pk=content.hero_id or 0).first()
    tags = Tag.objects.filter(pk__in=content.tag_ids)
    known = Author.objects.select_related("photo").in_bulk([credit.author_id for credit in content.bylines])
    credits = [
        Byline(article=shown, author=known[credit.author_id], role=credit.role, order=order)
        for order, credit in enumerate(content.bylines)
        if credit.author_id in known
    ]
    # As a prefetch leaves them: the templates ask `bylines.all` and `tags.all`, of a story that has others stored.
    shown._prefetched_objects_cache = {"bylines": answered(Byline.objects.all(), credits), "tags": tags}  # type: ignore[attr-defined]
    return shown


def answered(query: QuerySet, rows: Sequence) -> QuerySet:
    """A query that has its rows already, as a prefetch leaves it."""
    query._result_cache = list(rows)
    query._prefetch_done = True  # type: ignore[attr-defined]
    return query


def pictures_of(content: Content) -> QuerySet[MediaAsset]:
    """The pictures that a content shows: the one it leads with, and those in its body."""
    shown = {*media_ids(content.body), *([content.hero_id] if content.hero_id else [])}
    return MediaAsset.objects.filter(pk__in=shown)
