"""What the front page's desk is asked, as typed values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .front_desk import FrontPageRefused, Seen

# Databases count to here; a number beyond it is nobody's.
MOST = 2**63 - 1


class TimeField(forms.DateTimeField):
    """A time in the publisher's zone, as `datetime-local` writes it."""

    def clean(self, value: Any) -> datetime | None:
        moment = super().clean(value)
        if moment and not 2000 <= moment.year < 2100:
            raise forms.ValidationError(_("Write a date of this century."))
        return moment


class SeenForm(forms.Form):
    """Every form of the desk says what the person had before them."""

    version = forms.IntegerField(min_value=0, max_value=MOST)
    base = forms.IntegerField(min_value=0, max_value=MOST)

    @property
    def seen(self) -> Seen:
        return Seen(self.cleaned_data["version"], self.cleaned_data["base"])

    def sentence(self) -> str:
        """What is wrong with it, in words."""
        for name, errors in self.errors.items():
            if name in ("since", "until"):
                return _("This is no date and time: %(error)s") % {"error": errors[0]}
            if name == "note":
                return str(errors[0])
        return _("The desk does not understand this. Reload the page and try again.")


class StoryForm(SeenForm):
    story = forms.IntegerField(min_value=1, max_value=MOST)
    place = forms.CharField(max_length=60)


class PlaceForm(SeenForm):
    place = forms.CharField(max_length=60)


class TimesForm(PlaceForm):
    since = TimeField(required=False)
    until = TimeField(required=False)


class BlockForm(SeenForm):
    section = forms.IntegerField(min_value=1, max_value=MOST)


class LiveForm(SeenForm):
    note = forms.CharField(
        max_length=300,
        required=False,
        error_messages={"max_length": gettext_lazy("The note has more than 300 characters. Shorten it.")},
    )


class SettleForm(SeenForm):
    """Which groups are to be theirs: "group-<first part>" is "mine" or "theirs"."""

    head = forms.IntegerField(min_value=0, max_value=MOST)

    def theirs(self, groups: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
        said = {group: self.data.get(f"group-{group[0]}") for group in groups}
        if not set(said.values()) <= {"mine", "theirs"}:
            raise FrontPageRefused(_("Choose one side for each of the places that both of you changed."))
        return [group for group, side in said.items() if side == "theirs"]


class RestoreForm(SeenForm):
    number = forms.IntegerField(min_value=1, max_value=2**31 - 1)
