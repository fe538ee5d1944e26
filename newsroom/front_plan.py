"""What editors decide about a front page: which story is pinned where and for how long, and in which order the
section blocks stand. Plain values, compared and brought together part by part; nothing here asks the database.

The places of the page have names: "lead", "second-1", "small-1" ... and "block-7-1" for the first of section 7.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

SECOND, SMALL, PER_SECTION = 2, 4, 4
TOP = ("lead", *(f"second-{n}" for n in range(1, SECOND + 1)), *(f"small-{n}" for n in range(1, SMALL + 1)))


def block_places(section_id: int) -> tuple[str, ...]:
    return tuple(f"block-{section_id}-{n}" for n in range(1, PER_SECTION + 1))


def leads(place: str) -> bool:
    """Whether a place leads the page or a block: what was paid for never stands there."""
    return place == "lead" or place.startswith("second-") or (place.startswith("block-") and place.endswith("-1"))


@dataclass(frozen=True)
class Pin:
    """A story held in a place: from a moment on (None: at once) until another (None: until it is taken off)."""

    story_id: int
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        return (self.since is None or self.since <= at) and not self.is_over(at)

    def is_over(self, at: datetime) -> bool:
        return self.until is not None and self.until <= at

    def as_json(self) -> dict[str, Any]:
        times = {"since": self.since, "until": self.until}
        return {"story": self.story_id} | {name: time.isoformat() for name, time in times.items() if time}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Pin:
        since, until = (datetime.fromisoformat(data[name]) if data.get(name) else None for name in ("since", "until"))
        return cls(data["story"], since, until)


@dataclass(frozen=True)
class Plan:
    """The decisions about one page. What it does not name is filled by rule.

    `pins` by place, each story in one place only; `order` the sections whose blocks come first, the others follow in
    the order of the menu; `hidden` the sections without a block.
    """

    pins: Mapping[str, Pin] = field(default_factory=dict)
    order: tuple[int, ...] = ()
    hidden: frozenset[int] = frozenset()

    def place_of(self, story_id: int) -> str | None:
        return next((place for place, pin in self.pins.items() if pin.story_id == story_id), None)

    def with_pins(self, changed: Mapping[str, Pin | None]) -> Plan:
        """The same, with some places pinned otherwise, or not any more (None)."""
        pins = {**self.pins, **changed}
        return replace(self, pins={place: pin for place, pin in pins.items() if pin})

    def with_story(self, story_id: int, place: str) -> Plan:
        """The story pinned in a place. It leaves the one it had; what was pinned here goes there, if it had one."""
        origin, here = self.place_of(story_id), self.pins.get(place)
        if origin is None:
            return self.with_pins({place: Pin(story_id)})
        return self.with_pins({origin: here, place: self.pins[origin]})

    def without_what_is_over(self, at: datetime) -> Plan:
        return replace(self, pins={place: pin for place, pin in self.pins.items() if not pin.is_over(at)})

    def arranged(self, section_ids: Iterable[int]) -> list[int]:
        """Sections in the order of their blocks, hidden ones included."""
        known = list(section_ids)
        return sorted(known, key=lambda pk: self.order.index(pk) if pk in self.order else len(self.order))

    def as_json(self) -> dict[str, Any]:
        return {
            "pins": {place: pin.as_json() for place, pin in sorted(self.pins.items())},
            "order": list(self.order),
            "hidden": sorted(self.hidden),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Plan:
        pins = {place: Pin.from_json(pin) for place, pin in data.get("pins", {}).items()}
        return cls(pins, tuple(data.get("order", ())), frozenset(data.get("hidden", ())))

    def parts(self) -> dict[str, Any]:
        """What two people can change without being in each other's way, by name."""
        order = {"order": self.order} if self.order else {}
        return {**self.pins, **order, **{f"hidden-{pk}": True for pk in self.hidden}}

    @classmethod
    def of_parts(cls, parts: Mapping[str, Any]) -> Plan:
        pins = {name: part for name, part in parts.items() if isinstance(part, Pin)}
        hidden = frozenset(int(name.removeprefix("hidden-")) for name in parts if name.startswith("hidden-"))
        return cls(pins, parts.get("order", ()), hidden)


def changed_parts(before: Plan, after: Plan) -> list[str]:
    """Names of the parts in which two plans differ."""
    old, new = before.parts(), after.parts()
    return [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]


@dataclass(frozen=True)
class Merge:
    """Two plans made from the same one, brought together. `groups` are parts that both changed, each group to be
    decided as a whole: its parts hang together by a story that would otherwise stand twice."""

    base: Plan
    mine: Plan
    theirs: Plan
    groups: list[tuple[str, ...]]

    def settled(self, theirs: Collection[tuple[str, ...]] = ()) -> Plan:
        """One plan out of both: everything that one side changed; of the groups mine, but for those named."""
        groups = {name: group in theirs for group in self.groups for name in group}
        base, ours, others = self.base.parts(), self.mine.parts(), self.theirs.parts()
        chosen = {}
        for name in {*base, *ours, *others}:
            take_theirs = groups.get(name, ours.get(name) == base.get(name))
            chosen[name] = (others if take_theirs else ours).get(name)
        return Plan.of_parts({name: part for name, part in chosen.items() if part is not None})


def merge(base: Plan, mine: Plan, theirs: Plan) -> Merge:
    """What two people made of the same plan. Without `groups` nothing stands in the way of both."""
    b, m, t = base.parts(), mine.parts(), theirs.parts()
    names = {*b, *m, *t}
    groups = [{name} for name in names if m.get(name) != t.get(name) and b.get(name) not in (m.get(name), t.get(name))]
    while tangle := _tangle(groups, names, b, m, t):
        groups = [group for group in groups if not group & tangle] + [
            tangle.union(*(group for group in groups if group & tangle))
        ]
    return Merge(base, mine, theirs, sorted(tuple(sorted(group)) for group in groups))


def _tangle(groups: list[set[str]], names: set[str], b: Mapping, m: Mapping, t: Mapping) -> set[str] | None:
    """Places where one story might come to stand twice, whatever is decided group by group; None when there are
    none any more."""
    open_names = set().union(*groups)
    places: dict[int, set[str]] = defaultdict(set)
    for name in names:
        clean = t.get(name) if m.get(name) == b.get(name) else m.get(name)
        for part in (m.get(name), t.get(name)) if name in open_names else (clean,):
            if isinstance(part, Pin):
                places[part.story_id].add(name)
    return next((p for p in places.values() if len(p) > 1 and not any(p <= group for group in groups)), None)


def reading_order(section_ids: Iterable[int]) -> Iterator[str]:
    """Every place of a page with these blocks, from the top."""
    yield from TOP
    for pk in section_ids:
        yield from block_places(pk)
