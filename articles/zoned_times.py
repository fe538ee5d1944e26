"""Times as people type them: on the publisher's clock, which twice a year skips an hour or shows one twice."""

from __future__ import annotations

from datetime import UTC, datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def in_words(moment: datetime) -> str:
    """A moment on the publisher's clock with its zone: "Tue 24 Nov 2026, 09:00 (Africa/Lagos)". Where the clock shows
    this time twice, also how far it is from UTC."""
    local = timezone.localtime(moment)
    zone = timezone.get_current_timezone_name()
    if _is_shown_twice(local):
        zone = f"{zone}, UTC{local:%z}"
    return _("%(time)s (%(zone)s)") % {"time": date_format(local, "D j M Y, H:i"), "zone": zone}


def moment_of(typed: datetime) -> datetime:
    """The moment that a time on the publisher's clock means; the first of two. Raises ValidationError for one that
    the clock skips."""
    local = typed.replace(tzinfo=timezone.get_current_timezone(), fold=0)
    if local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) != typed:
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
    return local


def _is_shown_twice(local: datetime) -> bool:
    first, second = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
    return bool(first and second and first > second)


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
        if _is_shown_twice(moment):
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
        date_attrs={"type": "date", "dir": "ltr"},
        time_attrs={"type": "time", "dir": "ltr"},
        date_format="%Y-%m-%d",
        time_format="%H:%M",
    )


class ZonedTimesMixin:
    """For a form with such fields: a time that was not touched stays the moment that it was, to the microsecond and on
    its side of a change of clocks; `remarks` says how others were taken."""

    def clean(self):
        data = super().clean() or self.cleaned_data
        for name in self._zoned():
            before, after = self.get_initial_for_field(self.fields[name], name), data.get(name)
            if before and after and _on_clock(before) == _on_clock(after):
                data[name] = before
                self.fields[name].remark = ""
        return data

    @property
    def remarks(self) -> list[str]:
        return [self.fields[name].remark for name in self._zoned() if self.fields[name].remark]

    def _zoned(self) -> list[str]:
        return [name for name, field in self.fields.items() if isinstance(field, _OnThePublishersClock)]


def _on_clock(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
