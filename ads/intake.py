"""From an advertiser's Word file to a draft story that the desk can publish."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from articles import library, workflow
from articles.content import Content
from articles.models import Article, Revision, User
from articles.uploads import pictures, word

from . import sales
from .models import Material, SponsoredPost


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
    request, product = material.request, material.item.product
    assert product is not None, "a Word file comes for a post"  # noqa: S101  (the request form sees to it)
    with transaction.atomic():
        material = Material.objects.select_for_update(of=("self",)).get(pk=material.pk)
        if material.article:
            return material.article, []
        ids = {}
        for number, picture in enumerate(story.pictures):
            try:
                asset = library.add(
                    picture.data,
                    by=by,
                    alt=picture.alt[:300],
                    title=picture.name[:200],
                    credit=request.company,
                )
            except pictures.PictureRefused as refusal:
                dropped.append(f"{picture.name}: {refusal.message}")
            else:
                ids[number] = asset.pk
        article = workflow.create(
            Content(
                headline=story.title or f"{product}: {request.company}",
                body=word.place_pictures(story.html, ids),
                kind=product.kind,
                sponsor_name=request.company,
                language=request.language,
            ),
            by=by,
            at=at,
            kind=Revision.Kind.IMPORT,
            note=_("from the Word file of %(reference)s") % {"reference": request.reference},
        )
        SponsoredPost.objects.create(
            article=article,
            item=material.item,
            advertiser=sales.advertiser_of(request),
            written_by=material.item.written_by,
        )
        material.article = article
        material.save(update_fields=["article"])
    return article, dropped
