"""Forms for a booking that runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Section

from .. import rotation, running
from ..models import Creative, Targeting, WordList

EVERY_LANGUAGE = [
    ("", gettext_lazy("Pages of both languages")),
    ("en", gettext_lazy("English")),
    ("ar", gettext_lazy("Arabic")),
]


class SectionChoice(forms.ModelMultipleChoiceField):
    """Sections of both languages, subsections behind their section."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Section) -> str:
        name = f"{obj.parent.name} › {obj.name}" if obj.parent else obj.name
        return _("%(section)s, %(language)s") % {
            "section": f"\u2068{name}\u2069",
            "language": obj.get_language_display(),
        }


class TargetingForm(forms.Form):
    """Where and when a booking is shown. Valid, it has `limits`."""

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days of the week"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one weekday.")},
    )
    from_hour = forms.TypedChoiceField(
        label=gettext_lazy("From"),
        choices=[("", gettext_lazy("all day")), *((hour, f"{hour}:00") for hour in range(24))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    to_hour = forms.TypedChoiceField(
        label=gettext_lazy("Until"),
        choices=[("", gettext_lazy("all day")), *((hour, f"{hour}:00") for hour in range(25))],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy(
            "In the publisher's time zone. 22:00 until 6:00 runs over midnight: the night of a chosen weekday ends the "
            "next morning."
        ),
    )
    device = forms.ChoiceField(
        label=gettext_lazy("Device"),
        choices=[("", gettext_lazy("Phones, tablets and computers")), *Targeting.Device.choices],
        required=False,
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=EVERY_LANGUAGE, required=False)
    sections = SectionChoice(
        Section.objects.none(),
        label=gettext_lazy("Only in these sections"),
        required=False,
        help_text=gettext_lazy(
            "Their fronts and stories, with their subsections. None ticked: everywhere, the front page too. With any "
            "ticked, not on the front page."
        ),
    )
    not_sections = SectionChoice(Section.objects.none(), label=gettext_lazy("Not in these sections"), required=False)
    not_words = forms.ModelMultipleChoiceField(
        WordList.objects.none(),
        label=gettext_lazy("Not beside these words"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, target: Targeting | None) -> None:
        limits = self.limits_of(target) if target else running.Limits()
        initial = {name: getattr(limits, name) for name in self.base_fields}
        initial["weekdays"] = [day for day in range(7) if limits.weekdays >> day & 1]
        super().__init__(data, initial=initial)
        sections = Section.objects.select_related("parent").order_by("language", "parent__order", "order", "name")
        for name in ("sections", "not_sections"):
            self.fields[name].queryset = sections  # type: ignore[attr-defined]
        self.fields["not_words"].queryset = WordList.objects.all()  # type: ignore[attr-defined]

    @staticmethod
    def limits_of(target: Targeting) -> running.Limits:
        return running.Limits(
            sections=list(target.sections.all()),
            not_sections=list(target.not_sections.all()),
            not_words=list(target.not_words.all()),
            language=target.language,
            device=target.device,
            weekdays=target.weekdays,
            from_hour=target.from_hour,
            to_hour=target.to_hour,
        )

    def clean_weekdays(self) -> int:
        return sum(1 << day for day in self.cleaned_data["weekdays"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            self.limits = running.Limits(**data)
            try:
                running.check_limits(self.limits)
            except running.RunningRefused as refused:
                self.add_error(refused.field or None, str(refused))
        return data


class WeightsForm(forms.Form):
    """A weight for each approved version. Valid, it has `weights`."""

    def __init__(self, data: Any = None, *, creatives: Sequence[Creative]) -> None:
        super().__init__(data)
        self.creatives = creatives
        for creative in creatives:
            self.fields[self.name_of(creative)] = forms.IntegerField(
                label=_("Weight of version %(number)d") % {"number": creative.version},
                required=False,
                min_value=1,
                max_value=rotation.MOST,
                initial=creative.weight,
            )

    @staticmethod
    def name_of(creative: Creative) -> str:
        return f"v{creative.version}"

    @property
    def weights(self) -> dict[int, int | None]:
        return {one.version: self.cleaned_data[self.name_of(one)] for one in self.creatives}
