"""Editing the front page: every change goes to the editor's own draft of it, and from there live as an edition.

Each verb says who (`by`), when (`at`), and what the person had before them (`seen`). Nothing that somebody decided is
lost: what two editors changed in different places is brought together by itself, what both changed is shown to the
second of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Section, User
from articles.models.article import ArticleQuerySet

from .front_plan import TOP, Merge, Pin, Plan, block_places, leads, merge
from .frontpage import newest_edition
from .models import FrontDraft, FrontEdition

MOST_AHEAD = timedelta(days=3 * 366)
ATTEMPTS = 20


class FrontPageRefused(Exception):
    """What cannot be done; its text is a sentence for the person who tried."""


class MovedOn(FrontPageRefused):
    """Raised when the page is not any more what the person saw, in another window of theirs. Nothing was changed."""


class Overtaken(FrontPageRefused):
    """Raised by `put_live` when somebody else put a version live that changed the same places. Both are kept: `theirs`
    is live, and `merge` says what is to be decided."""

    def __init__(self, message, *, theirs: FrontEdition, merge: Merge) -> None:
        super().__init__(message)
        self.theirs = theirs
        self.merge = merge


@dataclass(frozen=True)
class Seen:
    """What stood on somebody's screen: the `version` of their draft, and the edition that it was brought together
    with."""

    version: int
    base_number: int


@dataclass(frozen=True)
class Desk:
    """The page as an editor has it. `base_number` is the edition it was made from, brought together with what is live
    (`edition`) unless `groups` are to be decided first; `version` counts the changes of the draft."""

    plan: Plan
    base: Plan
    base_number: int
    version: int
    edition: FrontEdition | None
    merge: Merge
    may_undo: bool

    @property
    def seen(self) -> Seen:
        return Seen(self.version, self.base_number)

    @property
    def groups(self) -> list[tuple[str, ...]]:
        return self.merge.groups

    @property
    def is_changed(self) -> bool:
        return self.plan != self.base


def desk(language: str, *, by: User, at: datetime) -> Desk:
    """What is on somebody's desk. Asks only, and writes nothing."""
    draft = FrontDraft.objects.filter(language=language, user=by).first()
    edition = newest_edition(language)
    live, number = _plan_of(edition, at), edition.number if edition else 0
    if draft is None:
        return Desk(live, live, number, 0, edition, merge(live, live, live), False)
    base = live if draft.base_number == number else plan_of(language, draft.base_number, at=at)
    merged = merge(base, draft.plan.without_what_is_over(at), live)
    if merged.groups:
        return Desk(merged.mine, base, draft.base_number, draft.version, edition, merged, bool(draft.undo))
    return Desk(merged.settled(), live, number, draft.version, edition, merged, bool(draft.undo))


def plan_of(language: str, number: int, *, at: datetime) -> Plan:
    """An edition's decisions, without the pins whose time is over. 0 is the page before the first one."""
    if number == 0:
        return Plan()
    edition = FrontEdition.objects.filter(language=language, number=number).first()
    if edition is None:
        raise FrontPageRefused(_("There is no version %(number)d of this page.") % {"number": number})
    return _plan_of(edition, at)


def _plan_of(edition: FrontEdition | None, at: datetime) -> Plan:
    return edition.plan.without_what_is_over(at) if edition else Plan()


# What an editor may pin, and where.


def pinnable(language: str, *, by: User, at: datetime) -> ArticleQuerySet:
    """Stories that somebody may pin: live ones, and those that will be."""
    return Article.objects.visible_to(by).released().unexpired(at).in_language(language)


def every_place(language: str) -> list[str]:
    """The names of the places of a page, whatever is hidden."""
    sections = Section.objects.menu(language)
    return [*TOP, *(place for section in sections for place in block_places(section.pk))]


def _refuse_unknown_place(language: str, place: str) -> None:
    if place not in every_place(language):
        raise FrontPageRefused(_("This place is not on the page any more. Reload to see those that are."))


def _refuse_paid_leads(plan: Plan) -> None:
    leading = {pin.story_id for place, pin in plan.pins.items() if leads(place)}
    paid = Article.objects.sponsored().filter(pk__in=leading).first()
    if paid:
        raise FrontPageRefused(
            _("“%(story)s” is paid for, so it cannot lead the page, the second row or a block. Choose a later place.")
            % {"story": paid.headline}
        )


# The draft.


def place(language: str, story_id: int, place: str, *, seen: Seen, by: User, at: datetime) -> Article | None:
    """Pin a story in a place. It leaves the place it had, for what was pinned here. Returns the story that is not
    pinned any more because of it."""
    _refuse_unknown_place(language, place)
    story = pinnable(language, by=by, at=at).filter(pk=story_id).first()
    if story is None:
        raise FrontPageRefused(
            _("This story cannot be pinned here. Choose one that is live or scheduled, in the language of this page.")
        )
    displaced: list[int] = []

    def pinned(plan: Plan) -> Plan:
        after = plan.with_story(story_id, place)
        _refuse_paid_leads(replace(after, pins={p: pin for p, pin in after.pins.items() if plan.pins.get(p) != pin}))
        displaced.extend(pin.story_id for pin in plan.pins.values() if after.place_of(pin.story_id) is None)
        return after

    _change(language, pinned, seen=seen, by=by, at=at)
    return Article.objects.filter(pk__in=displaced).first()


def unpin(language: str, place: str, *, seen: Seen, by: User, at: datetime) -> None:
    """Give a place back to the rule."""
    _change(language, lambda plan: plan.with_pins({place: None}), seen=seen, by=by, at=at)


def hold(
    language: str,
    place: str,
    *,
    since: datetime | None,
    until: datetime | None,
    seen: Seen,
    by: User,
    at: datetime,
) -> None:
    """Say from when and until when a pin holds; None is at once, and until it is taken off."""
    since = since if since and since > at else None
    if until and until <= (since or at):
        raise FrontPageRefused(_("The pin would end before it begins. Choose a later end."))
    if max(since or at, until or at) > at + MOST_AHEAD:
        raise FrontPageRefused(_("Choose times within the next three years."))

    def held(plan: Plan) -> Plan:
        pin = plan.pins.get(place)
        if pin is None:
            raise FrontPageRefused(_("Nothing is pinned in this place any more. Pin a story first, then set its time."))
        return plan.with_pins({place: Pin(pin.story_id, since, until)})

    _change(language, held, seen=seen, by=by, at=at)


def move_block(language: str, section_id: int, steps: int, *, seen: Seen, by: User, at: datetime) -> None:
    """Put a section block higher (negative) or lower on the page; at the edge it stays."""
    known = [section.pk for section in Section.objects.menu(language)]
    _refuse_unknown_block(section_id, known)

    def moved(plan: Plan) -> Plan:
        order = plan.arranged(known)
        position = order.index(section_id)
        order.insert(min(max(position + steps, 0), len(order) - 1), order.pop(position))
        return replace(plan, order=() if order == known else tuple(order))

    _change(language, moved, seen=seen, by=by, at=at)


def show_block(language: str, section_id: int, is_shown: bool, *, seen: Seen, by: User, at: datetime) -> None:
    """Take a section block off the page, or put it back."""
    _refuse_unknown_block(section_id, [section.pk for section in Section.objects.menu(language)])

    def shown(plan: Plan) -> Plan:
        return replace(plan, hidden=plan.hidden - {section_id} if is_shown else plan.hidden | {section_id})

    _change(language, shown, seen=seen, by=by, at=at)


def _refuse_unknown_block(section_id: int, known: Collection[int]) -> None:
    if section_id not in known:
        raise FrontPageRefused(_("This section is not in the menu any more. Reload to see those that are."))


def undo(language: str, *, seen: Seen, by: User, at: datetime) -> None:
    """Take the last change of the draft back."""
    with transaction.atomic():
        draft = _held_draft(language, seen=seen, by=by, at=at)
        if not draft.undo:
            raise FrontPageRefused(_("There is nothing to undo."))
        *earlier, last = draft.undo
        _write(draft, Plan.from_json(last["content"]), last["base"], undo=earlier, at=at)


def discard(language: str, *, seen: Seen, by: User, at: datetime) -> None:
    """Begin again from what is live. `undo` brings the changes back."""
    edition = newest_edition(language)
    _start_from(language, _plan_of(edition, at), edition, seen=seen, by=by, at=at)


def restore(language: str, number: int, *, seen: Seen, by: User, at: datetime) -> None:
    """An older edition as somebody's draft, to look at and put live again. `undo` brings back what was there."""
    plan = plan_of(language, number, at=at)
    _start_from(language, plan, newest_edition(language), seen=seen, by=by, at=at)


def settle(
    language: str,
    theirs: Collection[tuple[str, ...]],
    *,
    seen: Seen,
    head_number: int,
    by: User,
    at: datetime,
) -> None:
    """Decide what both sides changed: mine, but for the groups named. `head_number` is the edition that was compared
    with; a newer one is shown first."""
    with transaction.atomic():
        draft = _held_draft(language, seen=seen, by=by, at=at)
        current = desk(language, by=by, at=at)
        if current.edition is None or current.edition.number != head_number:
            raise MovedOn(_("Yet another version went live meanwhile. Look at it, then decide."))
        undo = [*draft.undo, {"content": draft.content, "base": draft.base_number}]
        _write(draft, current.merge.settled(theirs), head_number, undo=undo, at=at)


def _start_from(language: str, plan: Plan, edition: FrontEdition | None, *, seen: Seen, by: User, at: datetime) -> None:
    with transaction.atomic():
        draft = _held_draft(language, seen=seen, by=by, at=at)
        undo = [*draft.undo, {"content": draft.content, "base": draft.base_number}]
        _write(draft, plan, edition.number if edition else 0, undo=undo, at=at)


def _change(language: str, alter: Callable[[Plan], Plan], *, seen: Seen, by: User, at: datetime) -> None:
    """Alter the page as the person saw it: their draft, with the edition that it showed brought in."""
    with transaction.atomic():
        draft = _held_draft(language, seen=seen, by=by, at=at)
        before = draft.plan.without_what_is_over(at)
        if seen.base_number != draft.base_number:
            base = plan_of(language, draft.base_number, at=at)
            merged = merge(base, before, plan_of(language, seen.base_number, at=at))
            if merged.groups:
                raise MovedOn(_("This page is not what it was when you opened it. Look at it again, then decide."))
            before = merged.settled()
        after = alter(before)
        if after != before:
            undo = [*draft.undo, {"content": before.as_json(), "base": seen.base_number}]
            _write(draft, after, seen.base_number, undo=undo, at=at)


def _held_draft(language: str, *, seen: Seen, by: User, at: datetime) -> FrontDraft:
    """The person's draft, held for the transaction; made from the edition they saw, if they have none. Raises MovedOn
    when another window of theirs has changed it."""
    elsewhere = MovedOn(_("You changed this page in another window. Here is how it stands now."))
    draft = FrontDraft.objects.select_for_update().filter(language=language, user=by).first()
    if draft is None:
        content = plan_of(language, seen.base_number, at=at).as_json()
        draft = FrontDraft(language=language, user=by, base_number=seen.base_number, content=content, updated_at=at)
        try:
            with transaction.atomic():
                draft.save()
        except IntegrityError:
            raise elsewhere from None
    if draft.version != seen.version:
        raise elsewhere
    return draft


def _write(draft: FrontDraft, plan: Plan, base_number: int, *, undo: list, at: datetime) -> None:
    draft.content, draft.base_number, draft.updated_at = plan.as_json(), base_number, at
    draft.undo = undo[-FrontDraft.MOST_UNDO :]
    draft.version += 1
    draft.save()


# Live.


def put_live(
    language: str, plan: Plan, *, base_number: int, by: User | None, at: datetime, note: str = ""
) -> FrontEdition:
    """Give a plan to readers, as the next edition. What others put live since `base_number` stays, where the plan
    changed something else. Raises Overtaken when both changed the same."""
    return _numbered(lambda: _put_live(language, plan, base_number=base_number, by=by, at=at, note=note))


def put_draft_live(language: str, *, seen: Seen, by: User, at: datetime, note: str = "") -> FrontEdition:
    """Give somebody's draft to readers. Raises as `put_live` does, and leaves the draft as it is then."""

    def put() -> FrontEdition:
        draft = _held_draft(language, seen=seen, by=by, at=at)
        edition = _put_live(language, draft.plan, base_number=draft.base_number, by=by, at=at, note=note)
        _write(draft, edition.plan, edition.number, undo=[], at=at)
        return edition

    return _numbered(put)


def _numbered(put: Callable[[], FrontEdition]) -> FrontEdition:
    """Put an edition live, again where somebody became this number between our look and our write, as PostgreSQL lets
    happen."""
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return put()
        except IntegrityError:
            continue
    raise FrontPageRefused(_("Too many people put this page live at once. Try again."))


def _put_live(language: str, plan: Plan, *, base_number: int, by: User | None, at: datetime, note: str) -> FrontEdition:
    edition = newest_edition(language)
    number, live = (edition.number, _plan_of(edition, at)) if edition else (0, Plan())
    merged = merge(plan_of(language, base_number, at=at), plan.without_what_is_over(at), live)
    if merged.groups and edition:
        raise Overtaken(_overtaken(edition), theirs=edition, merge=merged)
    result = merged.settled()
    if result == live:
        raise FrontPageRefused(_("This is what readers see already. Change something, then put it live."))
    _refuse_paid_leads(result)
    return FrontEdition.objects.create(
        language=language, number=number + 1, content=result.as_json(), note=note, author=by, created_at=at
    )


def _overtaken(theirs: FrontEdition):
    return _("%(who)s put version %(number)d live before you, with other decisions. Yours are kept: choose below.") % {
        "who": (theirs.author.get_full_name() or theirs.author.username) if theirs.author else _("Somebody"),
        "number": theirs.number,
    }
