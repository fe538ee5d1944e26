"""From an advertiser's Word file to a draft story that the desk can publish, and a report of what became of it.

A newer file for a post that has a draft becomes a revision on top of the one that the last file became: paragraphs that
the desk did not touch follow the file, what both changed is kept beside the story as a conflict, and nothing that the
desk wrote is lost or overruled in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles import drafting, library, workflow
from articles.content import Content
from articles.models import Article, MediaAsset, Revision, User
from articles.uploads import pictures, word
from articles.uploads.word_facts import dropped_sentences

from . import clock, letters, materials, posts, sales
from .models import AdRequest, Material, SponsoredPost
from .posts import HEADLINE_LENGTH, SPONSOR_LENGTH, shortened


def receive(post: SponsoredPost, data: bytes, *, name: str, at: datetime) -> dict[str, Any]:
    """Keep a Word file that the advertiser sends for a post, and tell the desk. Returns its report. The same file again
    is the same file. Raises `word.WordRefused`."""
    report = report_of(word.convert(data), name=name, at=at)
    deal = post.deal
    assert deal is not None, "who sends a file has a deal"  # noqa: S101
    material = materials.new(deal, data, name=name, format="DOCX", line=post.line, post=post, received_at=at)
    stored: list[Material] = []
    try:
        with transaction.atomic():
            held = SponsoredPost.objects.select_for_update(of=("self",)).get(pk=post.pk)
            if held.material.filter(sha256=material.sha256).exists():
                return held.report or report
            materials.keep(material, data, stored)
            held.report = post.report = report
            held.save(update_fields=["report"])
            clock.start(deal, at=at)
            letters.to_desk(deal, _("Word file for a post"), "post_word_desk", {"post": post, "material": material})
    except BaseException:
        materials.discard(stored)
        raise
    return report


def open_as_draft(
    material: Material, *, by: User | None, at: datetime, post: SponsoredPost | None = None
) -> tuple[Article, list[str]]:
    """The draft made from a Word file, and what was left out on the way as sentences.

    Asked twice, it returns the draft of the first time. Where its post has a draft already, the file becomes a revision
    of that one; raises `drafting.StaleRevision` after keeping it, where the desk changed the same words, and
    `word.WordRefused`. Pictures go into the media library without a decision about their alternative text, which
    publishing then asks for. They are drawn before the transaction, because SQLite lets nobody else write while one is
    open.
    """
    if material.article:
        return material.article, []
    with material.file.open("rb") as file:
        story = word.convert(file.read())
    report = report_of(story, name=material.original_name, at=at)
    dropped = in_words(report)
    drawn: dict[int, MediaAsset] = {}
    kept, stale = False, None
    try:
        refusals = _draw(story.pictures, drawn, credit=material.request.company, by=by)
        report["refused"] = refusals
        with transaction.atomic():
            material = Material.objects.select_for_update(of=("self",)).get(pk=material.pk)
            if material.article:  # somebody else opened it meanwhile
                return material.article, []
            chosen = post or post_for(material)
            post = SponsoredPost.objects.select_for_update(of=("self",)).select_related("article").get(pk=chosen.pk)
            for asset in drawn.values():
                library.keep(asset)
            headline, body = _words_of(story, material, drawn, post)
            if post.article:
                try:
                    _revise(post, headline, body, material, by=by, at=at)
                except drafting.StaleRevision as conflict:
                    stale = conflict
            else:
                _begin(post, headline, body, material, by=by, at=at)
            post.report = report
            post.save(update_fields=["article", "report", "word_number"])
            material.article, material.post = post.article, post
            material.save(update_fields=["article", "post"])
        kept = True
    finally:
        if not kept:
            for asset in drawn.values():
                library.discard(asset)
    if stale:
        raise stale
    assert post.article is not None  # noqa: S101
    return post.article, [*dropped, *refusals]


def post_for(material: Material) -> SponsoredPost:
    """The post that a Word file is meant for: the one it was sent for, the ordered one of what its request item asks
    for, or, before anything is ordered, one of the item alone. Raises `posts.PostRefused` where that cannot be told."""
    if material.post:
        return material.post
    item = material.item
    ordered = posts.places(material.request)
    wanted = [place for place in ordered if item is None or place.line.product == item.product]
    if len(wanted) == 1 or (item and wanted):
        return wanted[0].post or posts.open_for(wanted[0].line, wanted[0].number)
    if item is None or item.product is None:
        raise posts.PostRefused(_("Say which of the ordered posts this file is for."))
    early = SponsoredPost.objects.filter(item=item, line=None).first()
    return early or SponsoredPost.objects.create(
        item=item, advertiser=sales.advertiser_of(material.request), written_by=item.written_by
    )


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


def _words_of(
    story: word.WordStory, material: Material, drawn: dict[int, MediaAsset], post: SponsoredPost
) -> tuple[str, str]:
    """Headline and body. A title too long for a headline opens the body too."""
    title = story.title or f"{_product(post)}: {material.request.company}"
    headline = shortened(title, HEADLINE_LENGTH)
    body = word.place_pictures(story.html, {number: asset.pk for number, asset in drawn.items()})
    return headline, body if headline == title else f"<p>{escape(title)}</p>{body}"


def _product(post: SponsoredPost):
    """What was bought, of the rate card."""
    source = post.line or post.item
    product = source.product if source else None
    assert product is not None, "a Word file comes for a post"  # noqa: S101  (the request form sees to it)
    return product


def _begin(post: SponsoredPost, headline: str, body: str, material: Material, *, by: User | None, at: datetime) -> None:
    request: AdRequest = material.request
    post.article = workflow.create(
        Content(
            headline=headline,
            body=body,
            kind=_product(post).kind,
            sponsor_name=shortened(request.company, SPONSOR_LENGTH),
            language=request.language,
        ),
        by=by,
        at=at,
        kind=Revision.Kind.IMPORT,
        note=_("from the Word file of %(reference)s") % {"reference": request.reference},
    )
    post.word_number = post.article.head_number


def _revise(
    post: SponsoredPost, headline: str, body: str, material: Material, *, by: User | None, at: datetime
) -> None:
    """The file as a revision on top of the one that the last file became; with nothing to stand on, on the newest."""
    article = post.article
    assert article is not None  # noqa: S101
    number = post.word_number or article.head_number
    base = drafting.base_of(article, number)
    if base is None:
        raise posts.PostRefused(_("The draft of this post has no text to begin with. Open the story and save it once."))
    try:
        revision = drafting.save_draft(
            article,
            replace(base, headline=headline, body=body),
            base_revision=number,
            by=by,
            at=at,
            note=_("from the Word file of %(reference)s") % {"reference": material.request.reference},
        )
    except drafting.StaleRevision as conflict:
        # The desk brings both together; the next file is compared with this one.
        article.refresh_from_db()
        raise conflict
    article.refresh_from_db()
    post.word_number = revision.number


# The report, for both sides


def report_of(story: word.WordStory, *, name: str, at: datetime) -> dict[str, Any]:
    """What a Word file held and what was left out, to be stored: counts, and codes of sentences with their numbers."""
    counts = {key: value for key, value in story.report._asdict().items() if key != "dropped"}
    dropped = [[one.code, one.number] for one in story.report.dropped]
    return {"name": name[-200:], "at": at.isoformat(), "dropped": dropped, "refused": [], **counts}


def counts_in_words(report: dict[str, Any]) -> str:
    """“1,240 words, 3 headings, 2 pictures, 4 links”."""
    parts = [
        ngettext("%(count)d word", "%(count)d words", report["words"]) % {"count": report["words"]},
        ngettext("%(count)d heading", "%(count)d headings", report["headings"]) % {"count": report["headings"]},
        ngettext("%(count)d picture", "%(count)d pictures", report["pictures"]) % {"count": report["pictures"]},
        ngettext("%(count)d link", "%(count)d links", report["links"]) % {"count": report["links"]},
    ]
    return _(", ").join(parts)


def in_words(report: dict[str, Any]) -> list[str]:
    """What was left out or changed on the way, as sentences."""
    known = dropped_sentences()
    codes = [word.Dropped(code, count) for code, count in report["dropped"] if code in known]
    return [*(str(one.message) for one in codes), *report["refused"]]
