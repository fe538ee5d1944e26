"""Which story shows which picture (`MediaUse`), written down by everything that writes a text.

So that it is known at once, and exactly, whether readers see a picture and which stories need it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from .content import Content
from .figures import media_ids
from .models import Article, Author, Autosave, DueAction, MediaAsset, MediaUse

Place, Version = MediaUse.Place, MediaUse.Version
Use = tuple[int, str]


def record(article: Article, content: Content, version: str) -> None:
    """Note the pictures of one text of a story, its row or its draft, instead of those it had."""
    _note(article, _in_text(content), version, [Place.HERO, Place.BODY])


def record_entries(article: Article) -> None:
    """Note the pictures of a live blog as its entries are now. Call it after an entry was written or taken out."""
    bodies = article.live_entries.filter(removed_at=None).values_list("body", flat=True)
    _note(article, {(number, Place.ENTRY) for body in bodies for number in media_ids(body)}, Version.ROW, [Place.ENTRY])


def record_all(stories: Sequence[tuple[Article, Content]]) -> None:
    """Note the pictures of new stories whose row and draft say the same."""
    wanted = [(article, use) for article, content in stories for use in _in_text(content)]
    there = _lock({number for _article, (number, _place) in wanted})
    MediaUse.objects.bulk_create(
        MediaUse(article=article, asset_id=number, place=place, version=version)
        for article, (number, place) in wanted
        if number in there
        for version in Version
    )


def stories_using(asset: MediaAsset) -> QuerySet[Article]:
    """Every story that needs a picture: as readers have it, as it is drafted, or in a change that is due."""
    used = Q(pk__in=asset.uses.values("article")) | Q(pk__in=_changes_with(asset))
    return Article.objects.filter(used).defer("body").order_by("-created_at", "-pk")


def authors_with(asset: MediaAsset) -> QuerySet[Author]:
    return Author.objects.filter(photo=asset)


def is_in_unsaved_text(asset: MediaAsset) -> bool:
    """Whether somebody is typing a text with this picture, which is saved as no revision yet."""
    return any(
        f'data-media-id="{asset.pk}"' in json.dumps(payload).replace("\\", "") or _leads(payload, asset)
        for payload in Autosave.objects.values_list("payload", flat=True)
    )


def _leads(payload: object, asset: MediaAsset) -> bool:
    chosen = payload.get("hero") if isinstance(payload, dict) else None
    return str(asset.pk) in [str(one) for one in (chosen if isinstance(chosen, list) else [chosen])]


def _changes_with(asset: MediaAsset) -> list[int]:
    """The stories whose scheduled change shows a picture. There are few changes, so each is read."""
    waiting = DueAction.objects.filter(
        kind=DueAction.Kind.CHANGE, state__in=DueAction.State.unfinished(), revision__isnull=False
    )
    return [
        number
        for number, content in waiting.values_list("article", "revision__content")
        if asset.pk in {use for use, _place in _in_text(Content.from_json(content))}
    ]


def _in_text(content: Content) -> set[Use]:
    lead = {(content.hero_id, str(Place.HERO))} if content.hero_id else set()
    return lead | {(number, str(Place.BODY)) for number in media_ids(content.body)}


def _note(article: Article, wanted: set[Use], version: str, places: list[MediaUse.Place]) -> None:
    kept = MediaUse.objects.filter(article=article, version=version, place__in=places)
    known = {(use.asset_id, use.place): use.pk for use in kept}
    if gone := [pk for use, pk in known.items() if use not in wanted]:
        MediaUse.objects.filter(pk__in=gone).delete()
    if new := wanted - set(known):
        there = _lock({number for number, _place in new})
        MediaUse.objects.bulk_create(
            MediaUse(article=article, asset_id=number, place=place, version=version)
            for number, place in sorted(new)
            if number in there
        )


def _lock(numbers: set[int]) -> set[int]:
    """Those that the library has. None of them is deleted before this transaction ends."""
    if not numbers:
        return set()
    held = MediaAsset.objects.select_for_update(no_key=True).filter(pk__in=numbers).order_by("pk")
    return set(held.values_list("pk", flat=True))
