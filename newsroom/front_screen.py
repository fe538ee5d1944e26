"""The front page as its desk shows it: every place with its story, who put it there, and what changed, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from articles.models import Article, Section, User

from . import frontpage
from .front_desk import Desk
from .front_plan import TOP, Merge, Pin, Plan, block_places, changed_parts, leads
from .models import FrontEdition


@dataclass(frozen=True)
class Place:
    """One place: `story` stands in it at this moment, `pin` and `held` are what an editor put there. `waits` says why
    the held story does not show, in words; empty when it does."""

    name: str
    label: str
    story: Article | None
    pin: Pin | None
    held: Article | None
    waits: str
    takes_paid: bool
    before: str
    after: str

    @property
    def shown(self) -> Article | None:
        """The story that the desk names first: the pinned one, or the one that the rule chose."""
        return self.held or self.story


@dataclass(frozen=True)
class Row:
    """The places of the top, or of one section's block."""

    title: str
    places: list[Place]
    section: Section | None = None
    is_hidden: bool = False
    is_first: bool = False
    is_last: bool = False

    @property
    def pinned_count(self) -> int:
        return sum(1 for place in self.places if place.pin)


def rows(language: str, desk: Desk, names: Names, *, at: datetime) -> list[Row]:
    """The page of a desk, from the top; hidden blocks too, without a rule in them. `names` knows all that is pinned.
    Two queries."""
    sections = names.sections
    page = frontpage.compose(language, sections, at=at, plan=desk.plan)

    def places(group: Sequence[str]) -> list[Place]:
        return [
            Place(
                name=place,
                label=names.of(place),
                story=page.places.get(place),
                pin=(pin := desk.plan.pins.get(place)),
                held=(story := names.stories.get(pin.story_id) if pin else None),
                waits=_why_it_waits(pin, story, place, language, at) if pin and place not in page.pinned else "",
                takes_paid=not leads(place),
                before=group[number - 1] if number else "",
                after=group[number + 1] if number + 1 < len(group) else "",
            )
            for number, place in enumerate(group)
        ]

    by_id = {section.pk: section for section in sections}
    order = desk.plan.arranged(by_id)
    blocks = [
        Row(
            title=by_id[pk].name,
            places=places(block_places(pk)),
            section=by_id[pk],
            is_hidden=pk in desk.plan.hidden,
            is_first=pk == order[0],
            is_last=pk == order[-1],
        )
        for pk in order
    ]
    return [Row(title=_("Top of the page"), places=places(TOP)), *blocks]


def _stories(pks: Iterable[int]) -> dict[int, Article]:
    return Article.objects.select_related("section", "hero").defer("body", "standfirst").in_bulk(set(pks))


def _why_it_waits(pin: Pin, story: Article | None, place: str, language: str, at: datetime) -> str:
    if story is None:
        return _("This story was deleted. The rule fills the place.")
    if pin.since and pin.since > at:
        return _("Waits until %(time)s.") % {"time": moment(pin.since)}
    if story.is_released and story.publish_at and story.publish_at > at:
        return _("Waits: the story is scheduled for %(time)s.") % {"time": moment(story.publish_at)}
    if not story.is_released or (story.expire_at and story.expire_at <= at) or story.language != language:
        return _("Readers do not have this story. The rule fills the place until they do.")
    if story.is_sponsored and leads(place):
        return _("This story is paid for now, so it cannot stand here. The rule fills the place.")
    return _("Not on the page as it is: its block is hidden, or has no news to lead it.")


def moment(when: datetime) -> str:
    return date_format(localtime(when), "SHORT_DATETIME_FORMAT")


# In words.


@dataclass(frozen=True)
class Names:
    """The names of parts and stories, for people."""

    sections: Sequence[Section]
    stories: dict[int, Article]

    def of(self, part: str) -> str:
        kind, _dash, rest = part.partition("-")
        if kind == "lead":
            return _("Lead")
        if kind == "second":
            return _("Second row, %(number)s") % {"number": rest}
        if kind == "small":
            return _("Small card %(number)s") % {"number": rest}
        if kind == "order":
            return _("Order of the blocks")
        section_id, _dash, number = rest.partition("-")
        section = next((s.name for s in self.sections if str(s.pk) == section_id), _("A section that is gone"))
        if kind == "hidden":
            return section
        return _("%(section)s, %(number)s") % {"section": section, "number": number}

    def pin(self, pin: Pin | None) -> str:
        if pin is None:
            return _("by rule")
        story = self.stories.get(pin.story_id)
        name = _("“%(it)s”") % {"it": story.headline if story else _("a story that is gone")}
        if pin.since:
            name = _("%(story)s from %(time)s") % {"story": name, "time": moment(pin.since)}
        return _("%(story)s until %(time)s") % {"story": name, "time": moment(pin.until)} if pin.until else name

    def part(self, plan: Plan, part: str) -> str:
        """What a plan says of a part."""
        if part == "order":
            by_id = {section.pk: section.name for section in self.sections}
            return _(" > ").join(by_id[pk] for pk in plan.arranged(by_id)) if plan.order else _("as in the menu")
        if part.startswith("hidden-"):
            return _("hidden") if int(part.removeprefix("hidden-")) in plan.hidden else _("shown")
        return self.pin(plan.pins.get(part))


@dataclass(frozen=True)
class Change:
    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Choice:
    """Parts to be decided together: the name of the group in the form, and both sides."""

    name: str
    group: tuple[str, ...]
    what: str
    mine: list[str]
    theirs: list[str]


def changes(before: Plan, after: Plan, names: Names) -> list[Change]:
    """What differs between two plans, in reading order of the parts' names."""
    return [
        Change(names.of(part), names.part(before, part), names.part(after, part))
        for part in sorted(changed_parts(before, after), key=_reading_key)
    ]


def choices(merged: Merge, names: Names) -> list[Choice]:
    def side(plan: Plan, group: tuple[str, ...]) -> list[str]:
        return [f"{names.of(part)}: {names.part(plan, part)}" for part in sorted(group, key=_reading_key)]

    return [
        Choice(
            name=f"group-{group[0]}",
            group=group,
            what=", ".join(names.of(part) for part in sorted(group, key=_reading_key)),
            mine=side(merged.mine, group),
            theirs=side(merged.theirs, group),
        )
        for group in merged.groups
    ]


def names_for(sections: Sequence[Section], *plans: Plan) -> Names:
    """The names of all that some plans mention. One query."""
    return Names(sections, _stories(pin.story_id for plan in plans for pin in plan.pins.values()))


def _reading_key(part: str) -> tuple[int, str]:
    kind = part.partition("-")[0]
    return ["lead", "second", "small", "block", "hidden", "order"].index(kind), part


# History.


@dataclass(frozen=True)
class Version:
    edition: FrontEdition
    who: str
    changes: list[Change]


def versions(editions: Sequence[FrontEdition], sections: Sequence[Section]) -> list[Version]:
    """Editions, newest first, each with what it changed. The last one given is only compared with, unless it is the
    first there ever was. One query."""
    plans = [edition.plan for edition in editions]
    names = names_for(sections, *plans)
    told = []
    for number, edition in enumerate(editions):
        if number + 1 == len(editions) and edition.number != 1:
            break
        # A pin that had run out by then is not this editor's doing.
        before = plans[number + 1].without_what_is_over(edition.created_at) if number + 1 < len(editions) else Plan()
        told.append(Version(edition, who(edition.author), changes(before, plans[number], names)))
    return told


def who(author: User | None) -> str:
    return (author.get_full_name() or author.username) if author else _("Somebody")
