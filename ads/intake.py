"""From an advertiser's Word file to a draft story that the desk can publish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles import library, workflow
from articles.content import Content
from articles.models import Article, MediaAsset, Revision, User
from articles.uploads import pictures, word

from . import sales
from .models import Material, SponsoredPost

MOST_PICTURES = 40
MOST_TITLE = 250


class _AlreadyOpened(Exception):
    """Somebody opened the same file meanwhile."""


def open_as_draft(material: Material, *, by: User | None, at: datetime) -> tuple[Article, list[str]]:
    """The draft made from a Word file, and what was left out on the way as sentences.

    Asked twice, it returns the draft of the first time. Raises `word.WordRefused`. Pictures go into the media library
    without a decision about their alternative text, which publishing then asks for.
    """
    if material.article:
        return material.article, []
    with material.file.open("rb") as file:
        story = word.convert(file.read())
    dropped = [str(item.message) for item in story.report.dropped]
    # Drawing takes seconds, so it is done before the transaction: others want to write meanwhile.
    drawn = _draw_pictures(story.pictures, material.request.company, by, dropped)
    try:
        with library.discarded_on_failure(drawn.values()), transaction.atomic():
            return _write_draft(material, story, drawn, by=by, at=at), dropped
    except _AlreadyOpened:
        material.refresh_from_db()
        assert material.article is not None  # noqa: S101  (that is what was raised)
        return material.article, []


def _draw_pictures(
    found: Sequence[word.WordPicture], credit: str, by: User | None, dropped: list[str]
) -> dict[int, MediaAsset]:
    """The pictures of a Word file, drawn and not yet saved, by their place in it. Adds to `dropped` what is left
    out."""
    drawn = {}
    for number, picture in enumerate(found[:MOST_PICTURES]):
        try:
            drawn[number] = library.draw(
                picture.data, by=by, alt=picture.alt[:300], title=picture.name[:200], credit=credit
            )
        except pictures.PictureRefused as refusal:
            dropped.append(f"{picture.name}: {refusal.message}")
    if (more := len(found) - MOST_PICTURES) > 0:
        sentence = ngettext(
            "%(count)d picture beyond the first %(most)d was left out.",
            "%(count)d pictures beyond the first %(most)d were left out.",
            more,
        )
        dropped.append(sentence % {"count": more, "most": MOST_PICTURES})
    return drawn


def _write_draft(
    material: Material, story: word.WordStory, drawn: Mapping[int, MediaAsset], *, by: User | None, at: datetime
) -> Article:
    request, item = material.request, material.item
    assert item.product is not None, "a Word file comes for a post"  # noqa: S101  (the request form sees to it)
    material = Material.objects.select_for_update(of=("self",)).get(pk=material.pk)
    if material.article_id:
        raise _AlreadyOpened
    for asset in drawn.values():
        asset.save(force_insert=True)
    title, body = story.title, story.html
    if len(title) > MOST_TITLE:  # it goes on in the body
        title, body = title[:MOST_TITLE].rsplit(" ", 1)[0], f"<p>{escape(title)}</p>{body}"
    article = workflow.create(
        Content(
            headline=title or f"{item.product}: {request.company}",
            body=word.place_pictures(body, {number: asset.pk for number, asset in drawn.items()}),
            kind=item.product.kind,
            sponsor_name=request.company,
            language=request.language,
        ),
        by=by,
        at=at,
        kind=Revision.Kind.IMPORT,
        note=_("from the Word file of %(reference)s") % {"reference": request.reference},
    )
    SponsoredPost.objects.create(
        article=article, item=item, advertiser=sales.advertiser_of(request), written_by=item.written_by
    )
    Material.objects.filter(pk=material.pk).update(article=article)
    return article
