"""What forms for days have in common."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from .days import FARTHEST_AHEAD


class DaysFromToday(forms.Form):
    """For forms with `first_day` and `last_day`: from today, and within two years."""

    def clean_first_day(self) -> date | None:
        day = self.cleaned_data["first_day"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("Choose today or a later day."))
        return _within_two_years(day)

    def clean_last_day(self) -> date | None:
        return _within_two_years(self.cleaned_data["last_day"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))
        return data


def _within_two_years(day: date | None) -> date | None:
    if day and day > timezone.localdate() + FARTHEST_AHEAD:
        raise forms.ValidationError(_("Choose a day within the next two years."))
    return day
