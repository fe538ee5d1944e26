"""What readers are told about a change. A note is public record: written once, reworded in view of its history, and
never dropped from the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _

from .models import Article, Correction, User
from .refusals import NotPublic
from .signals import article_changed


@dataclass(frozen=True, kw_only=True)
class NoteToReaders:
    """What somebody decided to tell readers: a kind, a place (as `Correction` has them) and the words."""

    kind: str
    text: str
    place: str = Correction.Place.BOTTOM


def tell_readers(article: Article, note: NoteToReaders, *, by: User | None, at: datetime) -> Correction:
    """A note on its own, about the text that readers have. Raises NotPublic for a story they do not have."""
    with transaction.atomic():
        held = Article.objects.select_for_update(of=("self",)).live(at).filter(pk=article.pk).first()
        if held is None:
            raise NotPublic(_("Readers do not have this story now, so there is nothing to tell them about it."))
        return write(held, note, by=by, at=at)


def write(article: Article, note: NoteToReaders, *, by: User | None, at: datetime) -> Correction:
    """The note itself, dated `at`, about the revision that is live. The caller holds the row.

    The same note about the same revision again is the same note, so a second click tells readers nothing twice.
    """
    correction, is_new = Correction.objects.get_or_create(
        article=article,
        revision_number=article.live_number,
        kind=note.kind,
        text=note.text.strip(),
        defaults={"place": note.place, "made_by": by, "at": at},
    )
    if is_new:
        transaction.on_commit(lambda: article_changed.send(Article, article=article))
    return correction


def reword(correction: Correction, note: NoteToReaders, *, by: User, at: datetime) -> None:
    """Say it better. Its date and its story stay, and what it said before is in its history."""
    with transaction.atomic():
        before = Correction.objects.select_for_update(of=("self",)).get(pk=correction.pk)
        said = _("%(kind)s, %(place)s. Before: %(text)s") % {
            "kind": before.get_kind_display(),
            "place": before.get_place_display(),
            "text": before.text,
        }
        LogEntry.objects.create(
            user_id=by.pk,
            action_time=at,
            action_flag=CHANGE,
            content_type=ContentType.objects.get_for_model(Correction),
            object_id=str(before.pk),
            object_repr=str(before)[:200],
            change_message=said,
        )
        Correction.objects.filter(pk=before.pk).update(kind=note.kind, text=note.text.strip(), place=note.place)
        article = before.article
        transaction.on_commit(lambda: article_changed.send(Article, article=article))
