"""Times as people type them: on the publisher's clock, which twice a year skips an hour or shows one twice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


def in_words(moment: datetime) -> str:
    """A moment on the publisher's clock with its zone: "Tue 24 Nov 2026, 09:00 (Africa/Lagos)". Where the clock shows
    this time twice, also how far it is from UTC."""
    local = timezone.localtime(moment)
    zone = timezone.get_current_timezone_name()
    if _is_shown_twice(local):
        zone = f"{zone}, UTC{local:%z}"
    return f"{date_format(local, 'D ' + get_format('SHORT_DATETIME_FORMAT'))} ({zone})"


def in_short(moment: datetime, *, at: datetime) -> str:
    """A moment that is near, as people say it: "Tue 09:00" within a week, with its day after that."""
    local, now = timezone.localtime(moment), timezone.localtime(at)
    days = (local.date() - now.date()).days
    words = "D H:i" if 0 <= days < 7 else "j M, H:i" if local.year == now.year else "j M Y, H:i"
    return date_format(local, words)


def moment_of(typed: datetime) -> datetime:
    """The moment that a time on the publisher's clock means; the first of two. Raises ValidationError for one that
    the clock skips."""
    zone = timezone.get_current_timezone()
    # In UTC, because Python finds a time that comes twice unequal to itself in any other zone.
    moment = typed.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != typed:
        raise ValidationError(
            _(
                "There is no %(time)s on %(day)s in %(zone)s: the clocks go forward over it. Choose an earlier or a "
                "later time."
            )
            % {
                "time": date_format(typed, "H:i"),
                "day": date_format(typed, "j F Y"),
                "zone": timezone.get_current_timezone_name(),
            },
            code="skipped",
        )
    return moment


def _is_shown_twice(local: datetime) -> bool:
    first, second = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second


DAY: Any = gettext_lazy("Day")
TIME_OF_DAY: Any = gettext_lazy("Time of day")


class _OnThePublishersClock:
    """For a field whose clean value is a moment. `remark` is what the person should know about how it was taken."""

    remark = ""

    def clean(self, value):
        # Django refuses both the skipped hour and the double one, in one sentence; we take the second case.
        with timezone.override(UTC):
            typed = super().clean(value)
        if typed is None:
            return None
        if not 1970 <= typed.year < 2200:
            raise ValidationError(_("Choose a day between 1970 and 2199."), code="far_away")
        if typed.utcoffset():
            return typed  # it said itself how far from UTC it is
        moment = moment_of(typed.replace(tzinfo=None))
        if _is_shown_twice(timezone.localtime(moment)):
            self.remark = _(
                "The clocks go back that night, so this time comes twice. It was taken as the first: %(time)s."
            ) % {"time": in_words(moment)}
        return moment


class ZonedDateTimeField(_OnThePublishersClock, forms.DateTimeField):
    """One native input for day and minute."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "dir": "ltr"}, format="%Y-%m-%dT%H:%M")


class ZonedSplitDateTimeField(_OnThePublishersClock, forms.SplitDateTimeField):
    """Two native inputs, in the admin's own order: a day and a time."""

    widget = forms.SplitDateTimeWidget(
        date_attrs={"type": "date", "dir": "ltr", "aria-label": DAY},
        time_attrs={"type": "time", "dir": "ltr", "aria-label": TIME_OF_DAY},
        date_format="%Y-%m-%d",
        time_format="%H:%M",
    )


class ZonedTimesMixin(forms.BaseForm):
    """For a form with such fields: a time that was not touched stays the moment that it was, to the microsecond and on
    its side of a change of clocks; `remarks` says how others were taken."""

    def clean(self):
        data = super().clean() or self.cleaned_data
        for name in self._zoned():
            before, after = self.initial.get(name), data.get(name)
            if before and after and _on_clock(before) == _on_clock(after):
                data[name] = before
                self.fields[name].remark = ""
        return data

    @property
    def remarks(self) -> list[str]:
        return [remark for name in self._zoned() if (remark := getattr(self.fields[name], "remark", ""))]

    def _zoned(self) -> list[str]:
        return [name for name, field in self.fields.items() if isinstance(field, _OnThePublishersClock)]


def _on_clock(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
