"""Bringing an older text, or one that lost a race, back into a story. It becomes a new revision; readers see nothing of
it until somebody publishes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from .content import Content, head
from .drafting import save_draft, settle
from .models import Article, Author, MediaAsset, Revision, Section, Series, Tag, User
from .refusals import IllegalMove


@dataclass(frozen=True)
class Return:
    """What a story would be with an older revision brought back, and in sentences what cannot come back."""

    content: Content
    left_out: list[str]


def as_it_would_be(article: Article, revision: Revision, *, by: User | None) -> Return:
    """An older revision without what was deleted since, and with what only others may set left as it is now."""
    old, now = Content.from_json(revision.content), head(article)
    content, said = _without_what_is_gone(old)
    if by is None or by.has_perm("articles.publish_article"):
        return Return(content, said)
    if (content.kind, content.sponsor_name) != (now.kind, now.sponsor_name):
        may_sell = by.has_perm("articles.handle_sponsored") and content.kind != Article.Kind.STORY
        if not may_sell:
            content = replace(content, kind=now.kind, sponsor_name=now.sponsor_name)
            said.append(_("Kind and sponsor stay as they are now: your login does not change them."))
    known = {credit.author_id for credit in now.bylines}
    names = {credit.author_id for credit in content.bylines} - known
    if Author.objects.filter(pk__in=names, user__isnull=False).exclude(user=by).exists():
        content = replace(content, bylines=now.bylines)
        said.append(_("The byline stays as it is now: only editors sign for colleagues."))
    original = content.translation_of_id
    if original != now.translation_of_id and not Article.objects.visible_to(by).filter(pk=original or 0).exists():
        content = replace(content, translation_of_id=now.translation_of_id)
        if original:
            said.append(_("“Translation of” stays as it is now: your login does not open that story."))
    return Return(content, said)


def restore(article: Article, number: int, *, base_revision: int, by: User | None, at: datetime) -> Revision:
    """An older revision's content as the newest draft, in a new revision. Raises IllegalMove when somebody saved after
    `base_revision`: nothing was typed, so nothing has to be kept, and the differences must be read again.

    Of a conflict it is the answer: the text that lost the race is in the story now."""
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if article.head_number != base_revision:
            raise IllegalMove(_("Somebody saved this story after you opened it. Look at the differences once more."))
        revision = Revision.objects.get(article=article, number=number)
        content = as_it_would_be(article, revision, by=by).content
        written = save_draft(
            article,
            content,
            base_revision=base_revision,
            by=by,
            at=at,
            kind=Revision.Kind.RESTORE,
            note=_("Revision %(number)d again") % {"number": number},
        )
        settle(article, number, by=by, at=at)
    return written


def _without_what_is_gone(old: Content) -> tuple[Content, list[str]]:
    """Without what was deleted since it was written, and the sentences that say so."""
    said = []
    changes: dict[str, object] = {}
    for name, model, sentence in (
        ("section_id", Section, _("Its section of that time is gone. Choose another.")),
        ("hero_id", MediaAsset, _("Its lead picture of that time is gone from the library.")),
        ("series_id", Series, _("Its series of that time is gone.")),
        ("translation_of_id", Article, _("The story that it translated is gone.")),
    ):
        chosen = getattr(old, name)
        if chosen and not model.objects.filter(pk=chosen).exists():
            changes[name] = None
            said.append(sentence)
    tags = sorted(Tag.objects.filter(pk__in=old.tag_ids).values_list("pk", flat=True))
    if len(tags) != len(set(old.tag_ids)):
        said.append(_("Tags that were deleted since are left out."))
    names = set(Author.objects.filter(pk__in=[c.author_id for c in old.bylines]).values_list("pk", flat=True))
    bylines = [credit for credit in old.bylines if credit.author_id in names]
    if len(bylines) != len(old.bylines):
        said.append(_("Authors that were deleted since are left out of the byline."))
    return replace(old, tag_ids=tags, bylines=bylines, **changes), said  # type: ignore[arg-type]
