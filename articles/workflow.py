"""The verbs of the desk. Every move of a story goes through here: admin, command, import and preview alike.

Each verb says who did it (`by`: a user, or None for a command) and when (`at`), moves a story only as
`Article.MOVES` allows, and leaves a transition behind, in one transaction. What is written lies in `articles.drafting`,
what is due later in `articles.agenda`.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from urllib.parse import unquote

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from . import agenda, corrections, letters, previews, search_index
from .content import Content, head
from .corrections import NoteToReaders
from .drafting import (
    copy_to_row,
    create,
    free_slug,
    month_of,
    save_draft,
    settling_slugs,
    tidied,
    write_revision,
)
from .models import Article, DueAction, Redirect, Revision, Series, Tag, Transition, User
from .readiness import clashes_of_time, objections, obstacles, publication_time
from .refusals import IllegalMove, NotReady, SlugTaken, StaleRevision, WorkflowError
from .restoring import restore
from .signals import article_changed, article_updated, article_withdrawn

__all__ = [
    "IllegalMove",
    "NotReady",
    "SlugTaken",
    "StaleRevision",
    "WorkflowError",
    "approve",
    "ask_for_changes",
    "create",
    "month_of",
    "obstacles",
    "publication_time",
    "publish",
    "restore",
    "return_to_draft",
    "save_draft",
    "schedule_change",
    "spike",
    "submit",
    "tidied",
    "withdraw",
]

Status, What = Article.Status, Transition.What


def submit(article: Article, *, by: User | None, at: datetime, note: str = "") -> None:
    """Hand the newest draft to the editors. A story that readers have already stays with them as it is."""
    if article.is_released:
        if not article.has_unpublished_changes:
            raise IllegalMove(_("Readers have this text already. Change it, then submit the change."))
        if article.is_in_review:
            raise IllegalMove(_("The editors have this text already."))
        _stay(article, what=What.SUBMITTED, by=by, at=at, note=note, submitted_number=article.head_number)
    else:
        number = article.head_number
        _move(article, Status.IN_REVIEW, what=What.SUBMITTED, by=by, at=at, note=note, submitted_number=number)


def approve(article: Article, *, by: User | None, at: datetime, note: str = "", revision: int | None = None) -> None:
    """Say yes to one revision, the newest, for somebody to publish, and tell its writers. `revision` is the number
    that the editor read; raises IllegalMove when it is not the newest any more."""
    _refuse_what_was_not_read(article, revision)
    number = article.head_number
    with transaction.atomic():
        if article.is_released:
            if not article.has_unpublished_changes:
                raise IllegalMove(_("Readers have this text already, so there is nothing to approve."))
            if article.is_approved:
                raise IllegalMove(_("This text is approved already."))
            _stay(article, what=What.APPROVED, by=by, at=at, note=note, approved_number=number)
        else:
            _move(article, Status.APPROVED, what=What.APPROVED, by=by, at=at, note=note, approved_number=number)
        letters.tell_writers(article, letters.APPROVED, by=by, note=note)


def ask_for_changes(article: Article, *, by: User | None, at: datetime, note: str) -> None:
    """Give what was submitted or approved back to its writers with a note, which they get by mail. A change of a story
    that readers have is off the editors' table, and off the agenda when it was scheduled; readers keep what they see.

    Raises IllegalMove without a note, and for a text that nobody handed in."""
    if not note.strip():
        raise IllegalMove(_("Say what should change, so that the writer can go on."))
    with transaction.atomic():
        if article.is_released:
            if not (article.has_unpublished_changes and article.is_in_review):
                raise IllegalMove(_("Nobody handed in a change of this story, so there is nothing to give back."))
            answered = {"submitted_number": None, "approved_number": article.live_number}
            _stay(article, what=What.CHANGES_ASKED, by=by, at=at, note=note, **answered)
            agenda.cancel_changes_from(article, article.head_number)
        elif article.status in (Status.IN_REVIEW, Status.APPROVED):
            empty = {"submitted_number": None, "approved_number": None}
            _move(article, Status.DRAFT, what=What.CHANGES_ASKED, by=by, at=at, note=note, **empty)
        else:
            raise IllegalMove(_("Nobody handed in this story, so there is nothing to give back."))
        letters.tell_writers(article, letters.CHANGES_ASKED, by=by, note=note)


def return_to_draft(article: Article, *, by: User | None, at: datetime, note: str = "") -> None:
    """Take a scheduled story back, or pick a withdrawn or spiked one up again."""
    with transaction.atomic():
        empty = {"submitted_number": None, "approved_number": None}
        _move(article, Status.DRAFT, what=What.RETURNED, by=by, at=at, note=note, **empty)
        agenda.cancel(article)


def spike(article: Article, *, by: User | None, at: datetime, note: str = "") -> None:
    """Drop a story that never was, or no longer is, public. Its text stays."""
    with transaction.atomic():
        _move(article, Status.SPIKED, what=What.SPIKED, by=by, at=at, note=note)
        previews.close(article, at=at)


def withdraw(article: Article, *, by: User | None, at: datetime, note: str = "") -> None:
    """Take a story from the public. It is gone with the next request, and what was due for it is off the agenda."""
    with transaction.atomic():
        _move(article, Status.WITHDRAWN, what=What.WITHDRAWN, by=by, at=at, note=note)
        agenda.cancel(article)
        previews.close(article, at=at)
        if article.was_public(at):  # what was only scheduled is known to nobody
            article_withdrawn.send(Article, article=article, at=at)


@settling_slugs
def publish(
    article: Article,
    *,
    by: User | None,
    at: datetime,
    note: str = "",
    revision: int | None = None,
    is_editorial: bool = True,
    to_readers: NoteToReaders | None = None,
) -> Article:
    """Give the newest draft to readers: at once, or at the time its content names.

    `revision` is the number that somebody looked at and confirmed. The time of the update that readers see moves only
    for an editorial change; `to_readers` is what they are told about it, written with it or not at all. Raises
    IllegalMove when the draft has moved on since or the status forbids it, NotReady with everything that is missing,
    SlugTaken where the month it moves to has that slug already. Publishing what readers have already changes nothing.
    """
    article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    _refuse_what_was_not_read(article, revision)
    drafted = head(article)
    publish_at = publication_time(article, drafted, at=at)
    if not _is_out_already(article, drafted, publish_at, at):
        content = _released_content(article, drafted, article.head_number, publish_at, at=at)
        if content != drafted:
            kind = Revision.Kind.CORRECTION if to_readers else Revision.Kind.PUBLISH
            write_revision(article, content, by=by, at=at, kind=kind, note=note)
        number = article.head_number
        _release(article, content, number, publish_at, by=by, at=at, note=note, is_editorial=is_editorial)
        letters.tell_writers(article, letters.PUBLISHED, by=by, note=note)
    if to_readers:
        corrections.write(article, to_readers, by=by, at=max(at, publish_at))
    return article


def schedule_change(
    article: Article,
    change_at: datetime,
    *,
    by: User | None,
    at: datetime,
    note: str = "",
    revision: int | None = None,
    is_editorial: bool = True,
    to_readers: NoteToReaders | None = None,
) -> None:
    """Put the newest draft of a story that readers have before them at `change_at`, which lies ahead.

    Until then they see what they see now, and drafting may go on: this revision alone is due. An older change that
    comes earlier stays due, one that would come later is void. Raises IllegalMove for a story that is not live or a
    time that is past, NotReady as `publish` does.
    """
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        _refuse_what_was_not_read(article, revision)
        if not article.is_released or not article.was_public(at):
            raise IllegalMove(_("Only a change of a story that readers have can wait. Publish the story for a time."))
        if change_at <= at:
            raise IllegalMove(_("This time is past. Choose a later one, or publish the change at once."))
        drafted = head(article)
        publish_at = publication_time(article, drafted, at=at)
        against = objections(article, drafted, number=article.head_number, at=at)
        times = clashes_of_time(drafted, max(publish_at, change_at), at=change_at)
        if problems := [*obstacles(drafted), *against, *times]:
            raise NotReady(" ".join(problems))
        chosen = Revision.objects.get(article=article, number=article.head_number)
        agenda.cancel_changes(article, chosen.number, since=change_at)
        said = {"is_editorial": is_editorial, "to_readers": to_readers and asdict(to_readers)}
        key = str(chosen.number)
        agenda.ask(article, DueAction.Kind.CHANGE, change_at, key=key, by=by, at=at, revision=chosen, said=said)
        _stay(article, what=What.CHANGE_SCHEDULED, by=by, at=at, note=note, approved_number=chosen.number)


@settling_slugs
def apply_change(
    article: Article,
    revision: Revision,
    *,
    by: User | None,
    at: datetime,
    is_editorial: bool = True,
    to_readers: NoteToReaders | None = None,
) -> bool:
    """Put a scheduled change before readers, with what they are told, now that its time has come.

    False when it is too late for it: the story is not live any more, or readers have a newer text. Raises what
    `publish` raises."""
    article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    if not article.is_released or revision.number <= (article.live_number or 0):
        return False
    drafted = Content.from_json(revision.content)
    publish_at = drafted.publish_at or article.publish_at or at
    number = revision.number
    content = _released_content(article, drafted, number, publish_at, at=at)
    _release(article, content, number, publish_at, by=by, at=at, what=What.APPEARED, is_editorial=is_editorial)
    if to_readers:
        corrections.write(article, to_readers, by=by, at=at)
    return True


def begin_to_be_live(article: Article, *, at: datetime) -> bool:
    """A scheduled story whose time has come is called live. Readers saw it on the second anyway. False when it is
    not scheduled for then any more."""
    article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    if article.status == Status.SCHEDULED and article.publish_at and article.publish_at <= at:
        _move(article, Status.LIVE, what=What.APPEARED, by=None, at=article.publish_at)
        previews.close(article, at=at, up_to_revision=article.live_number)
    return article.status == Status.LIVE and article.was_public(at)


def _refuse_what_was_not_read(article: Article, revision: int | None) -> None:
    if revision is not None and revision != article.head_number:
        raise IllegalMove(_("Somebody saved this story after you opened it. Read the newer text, then decide."))


def _is_out_already(article: Article, drafted: Content, publish_at: datetime, at: datetime) -> bool:
    """Whether publishing would change nothing: twenty who publish at once publish once."""
    if not article.is_released or article.live_number != article.head_number:
        return False
    is_same_time = article.publish_at == publish_at and article.expire_at == drafted.expire_at
    return is_same_time and article.status == (Status.LIVE if publish_at <= at else Status.SCHEDULED)


def _released_content(
    article: Article, drafted: Content, number: int, publish_at: datetime, *, at: datetime
) -> Content:
    """What readers will get of a draft, with the slug it has by then. Raises NotReady, SlugTaken."""
    against = objections(article, drafted, number=number, at=at)
    if problems := [*obstacles(drafted), *against, *clashes_of_time(drafted, publish_at, at=at)]:
        raise NotReady(" ".join(problems))
    month = article.month if article.was_public(at) else month_of(publish_at)
    return _without_what_is_gone(replace(drafted, slug=free_slug(drafted, month, article)))


def _release(
    article: Article,
    content: Content,
    number: int,
    publish_at: datetime,
    *,
    by: User | None,
    at: datetime,
    note: str = "",
    what: str = "",
    is_editorial: bool = True,
) -> None:
    """Put a revision before readers: the row, its redirect, its move, and what is due because of it. The caller holds
    the row."""
    was_public, had_it = article.was_public(at), article.status == Status.LIVE
    old_path = article.get_absolute_url() if was_public else None
    if not was_public:
        article.month = month_of(publish_at)
        article.public_since = publish_at
    status = Status.LIVE if publish_at <= at else Status.SCHEDULED
    _move(
        article,
        status,
        what=what or (What.PUBLISHED if status == Status.LIVE else What.SCHEDULED),
        by=by,
        at=at,
        note=note,
        number=number,
        publish_at=publish_at,
        expire_at=content.expire_at,
    )
    if was_public and is_editorial and article.live_number != number:
        article.updated_at = at
    article.live_number = number
    # A later revision that is approved, for a change that is still due, stays so.
    article.approved_number = max(number, article.approved_number or 0)
    copy_to_row(article, replace(content, publish_at=publish_at))
    search_index.take_in([article.pk])
    _leave_redirect(old_path, article)
    _put_on_agenda(article, number, by=by, at=at, is_new=not was_public)
    if publish_at <= at:
        previews.close(article, at=at, up_to_revision=number)
    if was_public and status == Status.LIVE:
        article_updated.send(Article, article=article, at=at)
    elif had_it:
        article_withdrawn.send(Article, article=article, at=at)


def _put_on_agenda(article: Article, number: int, *, by: User | None, at: datetime, is_new: bool) -> None:
    """Announce it when its time has come, once in its life; see it out when it expires. Older changes are void."""
    publish_at, expire_at = article.publish_at, article.expire_at
    awaits = is_new or article.status == Status.SCHEDULED or agenda.was_called_off_unannounced(article)
    agenda.clear(article, number, is_to_be_announced=awaits)
    if publish_at and awaits:
        agenda.ask(article, DueAction.Kind.PUBLISH, publish_at, key=publish_at.isoformat(), by=by, at=at)
    if expire_at:
        agenda.ask(article, DueAction.Kind.EXPIRE, expire_at, key=expire_at.isoformat(), by=by, at=at)


def _without_what_is_gone(content: Content) -> Content:
    """Without tags, an original and a series that were deleted since the draft was saved."""
    original = content.translation_of_id or 0
    series = content.series_id
    return replace(
        content,
        series_id=series if series and Series.objects.filter(pk=series).exists() else None,
        tag_ids=list(Tag.objects.filter(pk__in=content.tag_ids).order_by("pk").values_list("pk", flat=True)),
        translation_of_id=original if original and Article.objects.filter(pk=original).exists() else None,
    )


def _move(
    article: Article,
    target: str,
    *,
    what: str = "",
    by: User | None,
    at: datetime,
    note: str = "",
    number: int | None = None,
    **values,
) -> None:
    """One legal move: a conditional UPDATE, its row count checked, and a history row, in one transaction. `number` is
    the revision it is about, the newest by default."""
    origin = article.status
    if target not in Status.released() and article.public_since and article.public_since > at:
        values["public_since"] = None  # taken back before anybody saw it
    with transaction.atomic():
        allowed = [status for status, targets in Article.MOVES.items() if target in targets]
        moved = origin in allowed and Article.objects.filter(pk=article.pk, status=origin).update(
            status=target, **values
        )
        if not moved:
            raise IllegalMove(
                _("A story that is “%(from)s” cannot become “%(to)s”. Reload the page to see where it stands.")
                % {"from": Status(origin).label, "to": Status(target).label}
            )
        _record(article, what, origin, target, by=by, at=at, note=note, number=number)
        for name, value in {"status": target, **values}.items():
            setattr(article, name, value)
        if target not in Status.released():
            search_index.drop([article.pk])
        transaction.on_commit(lambda: article_changed.send(Article, article=article))


def _stay(article: Article, *, by: User | None, at: datetime, note: str, what: str = "", **values) -> None:
    """Something that happens to the draft of a released story, whose status stays. It is refused when somebody saved
    or moved the story meanwhile."""
    with transaction.atomic():
        same = Article.objects.filter(pk=article.pk, status=article.status, head_number=article.head_number)
        if not same.update(**values):
            raise IllegalMove(_("Somebody saved this story after you opened it. Read the newer text, then decide."))
        _record(article, what, article.status, article.status, by=by, at=at, note=note, number=article.head_number)
    for name, value in values.items():
        setattr(article, name, value)


def _record(article: Article, what: str, origin: str, target: str, *, by, at, note: str, number: int | None) -> None:
    number = article.head_number if number is None else number
    Transition.objects.create(
        article=article,
        revision_id=Revision.objects.filter(article=article, number=number).values_list("pk", flat=True).first(),
        what=what,
        from_status=origin,
        to_status=target,
        actor=by,
        note=note,
        at=at,
    )


def _leave_redirect(old_path: str | None, article: Article) -> None:
    new_path = unquote(article.get_absolute_url())
    if old_path and unquote(old_path) != new_path:
        Redirect.objects.filter(old_path=new_path).delete()
        Redirect.objects.update_or_create(old_path=unquote(old_path), defaults={"article": article, "new_path": ""})
