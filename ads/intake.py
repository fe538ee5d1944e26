"""From an advertiser's Word file to a draft story that the desk can publish."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.html import escape
from django.utils.translation import gettext as _

from articles import library, workflow
from articles.content import Content
from articles.models import Article, MediaAsset, Revision, User
from articles.uploads import pictures, word

from . import sales
from .models import Material, SponsoredPost

HEADLINE_LENGTH = Article._meta.get_field("headline").max_length or 0
SPONSOR_LENGTH = Article._meta.get_field("sponsor_name").max_length or 0


def open_as_draft(material: Material, *, by: User | None, at: datetime) -> tuple[Article, list[str]]:
    """The draft made from a Word file, and what was left out on the way as sentences.

    Asked twice, it returns the draft of the first time. Raises `word.WordRefused`. Pictures go into the media library
    without a decision about their alternative text, which publishing then asks for. They are drawn before the
    transaction, because SQLite lets nobody else write while one is open.
    """
    if material.article:
        return material.article, []
    with material.file.open("rb") as file:
        story = word.convert(file.read())
    dropped = [str(item.message) for item in story.report.dropped]
    drawn: dict[int, MediaAsset] = {}
    kept = False
    try:
        dropped += _draw(story.pictures, drawn, credit=material.request.company, by=by)
        with transaction.atomic():
            material = Material.objects.select_for_update(of=("self",)).get(pk=material.pk)
            if material.article:  # somebody else opened it meanwhile
                return material.article, []
            article = _write(material, story, drawn, by=by, at=at)
        kept = True
    finally:
        if not kept:
            for asset in drawn.values():
                library.discard(asset)
    return article, dropped


def _draw(
    found: Sequence[word.WordPicture], drawn: dict[int, MediaAsset], *, credit: str, by: User | None
) -> list[str]:
    """Fill `drawn` with pictures by their place in the file. Returns why some were left out, as sentences."""
    refusals = []
    for number, picture in enumerate(found):
        try:
            drawn[number] = library.draw(
                picture.data, by=by, alt=picture.alt[:300], title=picture.name[:200], credit=credit
            )
        except pictures.PictureRefused as refusal:
            refusals.append(f"{picture.name}: {refusal.message}")
    return refusals


def _write(
    material: Material, story: word.WordStory, drawn: dict[int, MediaAsset], *, by: User | None, at: datetime
) -> Article:
    request, item = material.request, material.item
    product = item.product if item else None
    assert item is not None, "a Word file comes for a post"  # noqa: S101  (the request form sees to it)
    assert product is not None, "a Word file comes for a post"  # noqa: S101
    for asset in drawn.values():
        library.keep(asset)
    title = story.title or f"{product}: {request.company}"
    headline = _cut(title, HEADLINE_LENGTH)
    body = word.place_pictures(story.html, {number: asset.pk for number, asset in drawn.items()})
    if headline != title:
        body = f"<p>{escape(title)}</p>{body}"
    article = workflow.create(
        Content(
            headline=headline,
            body=body,
            kind=product.kind,
            sponsor_name=_cut(request.company, SPONSOR_LENGTH),
            language=request.language,
        ),
        by=by,
        at=at,
        kind=Revision.Kind.IMPORT,
        note=_("from the Word file of %(reference)s") % {"reference": request.reference},
    )
    SponsoredPost.objects.create(
        article=article,
        item=item,
        advertiser=sales.advertiser_of(request),
        written_by=item.written_by,
    )
    material.article = article
    material.save(update_fields=["article"])
    return article


def _cut(words: str, length: int) -> str:
    """As many whole words as fit; a piece of the first where not even that one does."""
    if len(words) <= length:
        return words
    return words[: length + 1].rpartition(" ")[0].strip() or words[:length]
