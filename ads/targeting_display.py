"""Where and when a booking is shown, in words: for its screen, its history and the pages of its deal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from articles.models import Section

from .models import Booking, Targeting, WordList
from .models.targeting import EVERY_DAY

WORKING_DAYS, WEEKEND = 0b0011111, 0b1100000
# What `in_words` reads of each booking, for a queryset of them.
WITH_WORDS: tuple[Any, ...] = (
    "targeting",
    *(
        Prefetch(f"targeting__{name}", queryset=Section.objects.order_by("order", "pk"))
        for name in ("sections", "not_sections")
    ),
    "targeting__not_words",
)


def of(booking: Booking) -> str:
    """As it stands in the database now."""
    return in_words(Targeting.objects.filter(booking=booking).first())


def in_words(target: Targeting | None) -> str:
    """One line: “Weekdays, 7–19 h, phones, Arabic pages”. No query where the booking came with WITH_WORDS."""
    if target is None:
        return say(Targeting())
    return say(
        target, sections=target.sections.all(), not_sections=target.not_sections.all(), not_words=target.not_words.all()
    )


def say(
    target: Targeting,
    *,
    sections: Iterable[Section] = (),
    not_sections: Iterable[Section] = (),
    not_words: Iterable[WordList] = (),
) -> str:
    """The same for what is not stored yet."""
    parts = [
        _days(target.weekdays),
        _hours(target.from_hour, target.to_hour),
        {Targeting.Device.PHONE: _("phones"), Targeting.Device.LARGE: _("tablets and computers")}.get(
            target.device, ""
        ),  # type: ignore[call-overload]
        {"en": _("English pages"), "ar": _("Arabic pages")}.get(target.language, ""),
    ]
    if names := _listed(one.name for one in sections):
        parts.append(_("only in %(sections)s") % {"sections": names})
    elif target.is_by_section:
        parts.append(_("nowhere: its sections were deleted"))
    if names := _listed(one.name for one in not_sections):
        parts.append(_("not in %(sections)s") % {"sections": names})
    if names := _listed(one.name for one in not_words):
        parts.append(_("not beside the words of %(lists)s") % {"lists": names})
    said = _(", ").join(part for part in map(str, parts) if part)
    return said[:1].upper() + said[1:] or _("Everywhere, at all hours")


def is_nowhere(target: Targeting | None) -> bool:
    """Whether it wants sections of which none is left."""
    return bool(target and target.is_by_section and not target.sections.all())


def _days(weekdays: int) -> str:
    if weekdays == EVERY_DAY:
        return ""
    if weekdays == WORKING_DAYS:
        return _("Weekdays")
    if weekdays == WEEKEND:
        return _("Saturdays and Sundays")
    chosen = [day for day in range(7) if weekdays >> day & 1]
    names = WEEKDAYS if len(chosen) == 1 else WEEKDAYS_ABBR
    return _(", ").join(str(names[day]) for day in chosen)


def _hours(begin: int | None, end: int | None) -> str:
    if begin is None or end is None:
        return ""
    words = _("%(from)d–%(to)d h, over midnight") if begin > end else _("%(from)d–%(to)d h")
    return words % {"from": begin, "to": end}


def _listed(names: Iterable[str]) -> str:
    """Names in letters of either direction, one after the other."""
    return _(", ").join(f"\u2068{name}\u2069" for name in names)
