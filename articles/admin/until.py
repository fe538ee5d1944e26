"""How long something runs: a few hours, or until a time in the publisher's zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..zoned_times import ZonedDateTimeField, ZonedTimesMixin

HOURS = (1, 3, 6)
OTHER = "other"


class UntilForm(ZonedTimesMixin, forms.Form):
    """`at` is the moment that the hours count from; after cleaning, `until` is in the data whatever was chosen."""

    hours = forms.ChoiceField(label=gettext_lazy("How long"), widget=forms.RadioSelect)
    until = ZonedDateTimeField(label=gettext_lazy("Until"), required=False)

    def __init__(self, *args, ends_at: datetime | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.at = timezone.now()
        counted = [(str(n), ngettext("%(count)d hour", "%(count)d hours", n) % {"count": n}) for n in HOURS]
        self.fields["hours"].choices = [*counted, (OTHER, _("until a time"))]
        self.fields["hours"].initial = OTHER if ends_at else "1"
        self.fields["until"].initial = ends_at
        self.fields["until"].help_text = _("On the clock of %(zone)s.") % {"zone": timezone.get_current_timezone_name()}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if str(data.get("hours")) in map(str, HOURS):
            self.errors.pop("until", None)
            data["until"] = self.at + timedelta(hours=int(data["hours"]))
        elif data.get("hours") and not data.get("until") and "until" not in self.errors:
            self.add_error("until", _("Say until when."))
        return data
