"""What colleagues say to each other about a story: writing, answering, resolving. Nothing of it is ever public."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from . import letters
from .letters import colleagues
from .models import Article, Note, User
from .models.note import MAX_LENGTH
from .refusals import WorkflowError

MOST_MENTIONS = 20
# The same words by the same person within this time are a second click.
SECOND_CLICK = timedelta(minutes=1)
MENTION = re.compile(r"(?<![\w@.+-])@([\w.@+-]{1,150})")
INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad\u180e\\s]+")


class NoteRefused(WorkflowError):
    """Raised for a note that cannot be kept as it is."""


@dataclass(frozen=True)
class Written:
    """A note that is kept; the names in it that nobody was told by: unknown, or of colleagues who may not open the
    story."""

    note: Note
    untold: list[str]


def write(article: Article, text: str, *, by: User, at: datetime, reply_to: Note | None = None) -> Written:
    """Keep a note, and queue one mail to each colleague it mentions and to whom it answers. The same words again
    within a minute are the same note. Raises NoteRefused for no text, too much of it, or too many names."""
    text = text.replace("\x00", "").strip()
    if not INVISIBLE.sub("", text):
        raise NoteRefused(_("Write something first."))
    if len(text) > MAX_LENGTH:
        raise NoteRefused(
            _("A note has at most %(most)d characters, this one has %(length)d. Shorten it, or write two.")
            % {"most": MAX_LENGTH, "length": len(text)}
        )
    names = mentions(text)
    if len(names) > MOST_MENTIONS:
        raise NoteRefused(_("A note calls at most %(most)d colleagues.") % {"most": MOST_MENTIONS})
    thread = reply_to.reply_to or reply_to if reply_to else None  # answers to answers stand below the first
    with transaction.atomic():
        row = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        same = Note.objects.filter(article=row, author=by, text=text, reply_to=thread, created_at__gt=at - SECOND_CLICK)
        if first := same.first():
            return Written(first, [])
        note = Note.objects.create(
            article=row, author=by, reply_to=thread, text=text, revision_number=row.head_number, created_at=at
        )
        called, untold = _called(row, names)
        note.mentioned.set(called)
        told = {person.pk: person for person in called}
        if thread and thread.author_id:
            told |= {person.pk: person for person in colleagues(row).filter(pk=thread.author_id)}
        told.pop(by.pk, None)
        letters.tell_mentioned(note, told.values())
    return Written(note, untold)


def resolve(note: Note, *, by: User, at: datetime) -> bool:
    """Close a note with its answers. False when somebody has done so before."""
    return bool(Note.objects.threads().filter(pk=note.pk, resolved_at=None).update(resolved_at=at, resolved_by=by))


def reopen(note: Note, *, by: User, at: datetime) -> bool:
    """Open a resolved note again. False when it is open."""
    return bool(
        Note.objects.threads().filter(pk=note.pk, resolved_at__isnull=False).update(resolved_at=None, resolved_by=None)
    )


def mentions(text: str) -> list[str]:
    """The names behind an @, each once, as they are written."""
    return list(dict.fromkeys(name for name in MENTION.findall(text)))


def suggestions(article: Article, start: str) -> QuerySet[User]:
    """Colleagues who may open a story and whose login or name begins with something; at most eight."""
    begins = Q(username__istartswith=start) | Q(first_name__istartswith=start) | Q(last_name__istartswith=start)
    return colleagues(article).filter(begins)[:8]


def _called(article: Article, names: list[str]) -> tuple[list[User], list[str]]:
    """The colleagues whose logins are named, and the names that lead to nobody who may open the story."""
    spellings = {name: _spellings(name) for name in names}
    wanted = Q()
    for spelling in {spelling for found in spellings.values() for spelling in found}:
        wanted |= Q(username__iexact=spelling)
    people = {person.username.lower(): person for person in colleagues(article).filter(wanted)} if wanted else {}
    called: dict[int, User] = {}
    untold = []
    for found in spellings.values():
        person = next((people[s.lower()] for s in found if s.lower() in people), None)
        if person:
            called[person.pk] = person
        else:
            untold.append(found[-1])
    return list(called.values()), untold


def _spellings(name: str) -> list[str]:
    """A name as it is written and without the full stop that ends the sentence."""
    bare = name.rstrip(".+-@")
    return [name, bare] if bare and bare != name else [name]
