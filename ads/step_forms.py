"""The forms of a request in steps. Each reads what was typed in its step, and what that means for the lines asked for.

They are made anew from the words a draft keeps, so every step is checked again whenever a later one is opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries.fields import CountryField

from articles.public_forms import PublicForm

from . import availability, forecast, free_weeks
from .days import FARTHEST_AHEAD
from .ledger import WHOLE
from .models import AdRequestItem, Position, PostProduct

# As offered on the form; anything else is a matter for talks.
SHARES = (WHOLE, 50, 25)
NUMBER = "number"
# The code of errors that name their thing themselves; see `newsroom.templatetags.faults`.
SAYS_IT_ALL = "says it all"
MOST_IMPRESSIONS = 100_000_000
# Free weeks that are named beside the days, and how far they are looked for.
WEEKS_NAMED, WEEKS_SEARCHED = 3, 26


@dataclass(kw_only=True)
class Line:
    """One thing of the rate card that is asked for, with what is known of it so far."""

    position: Position | None = None
    product: PostProduct | None = None
    share: int | None = None
    impressions: int | None = None
    written_by: str = ""
    first_day: date | None = None
    last_day: date | None = None
    brief: str = ""
    weeks: list[free_weeks.Week] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.position.code if self.position else self.product.kind if self.product else ""

    @property
    def name(self) -> str:
        thing = self.position or self.product
        return thing.display_name if thing else ""

    @property
    def is_written_here(self) -> bool:
        return self.written_by == AdRequestItem.WrittenBy.NEWSROOM

    @property
    def display_share(self) -> str:
        """In the words of the first step."""
        return _share_words(self.share or WHOLE)

    def terms(self) -> str:
        """How much and when, in words."""
        item = AdRequestItem(
            share=self.share, impressions=self.impressions, first_day=self.first_day, last_day=self.last_day
        )
        return item.terms()


class StepForm(forms.Form):
    error_css_class = "is-invalid"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class WhatForm(StepForm):
    """Positions and how much of them, posts and who writes them."""

    def __init__(
        self, *args: Any, positions: Sequence[Position], products: Sequence[PostProduct], **kwargs: Any
    ) -> None:
        self.positions, self.products = positions, products
        # Where the error summary leads from what is wrong with the step as a whole.
        self.errors_at = ""
        super().__init__(*args, **kwargs)
        forecasts = forecast.of_all(positions)
        for position in positions:
            self.fields[f"want_{position.code}"] = forms.BooleanField(
                required=False, label=f"{position.display_name} {position.display_size}"
            )
            ways = [(str(share), _share_words(share)) for share in SHARES]
            if forecasts[position.pk].is_sold_by_number:
                ways.append((NUMBER, _("A number of impressions")))
            self.fields[f"way_{position.code}"] = forms.ChoiceField(
                required=False, label=_("How much of it?"), choices=ways, initial=str(WHOLE)
            )
            if forecasts[position.pk].is_sold_by_number:
                self.fields[f"number_{position.code}"] = forms.IntegerField(
                    required=False,
                    label=_("How many impressions?"),
                    help_text=_("Only if you chose a number above, such as 20000."),
                    validators=[MinValueValidator(1000), MaxValueValidator(MOST_IMPRESSIONS)],
                    widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}),
                )
            for name in ("way", "number"):
                _name_in_full(self, f"{name}_{position.code}", position.display_name)
        for product in products:
            self.fields[f"want_{product.kind}"] = forms.BooleanField(required=False, label=product.display_name)
            self.fields[f"writer_{product.kind}"] = forms.ChoiceField(
                required=False,
                label=_("Who writes it?"),
                choices=[("client", _("You write it")), ("newsroom", _("We write it"))],
                initial="client",
            )
            _name_in_full(self, f"writer_{product.kind}", product.display_name)

    # What the template walks: (thing of the rate card, its fields).
    def position_rows(self) -> Iterator[tuple]:
        for position in self.positions:
            number = f"number_{position.code}"
            fields = (self[f"want_{position.code}"], self[f"way_{position.code}"])
            yield position, *fields, self[number] if number in self.fields else None

    def product_rows(self) -> Iterator[tuple]:
        for product in self.products:
            yield product, self[f"want_{product.kind}"], self[f"writer_{product.kind}"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for position in self.positions:
            number = f"number_{position.code}"
            is_by_number = data.get(f"want_{position.code}") and data.get(f"way_{position.code}") == NUMBER
            if is_by_number and not data.get(number) and number not in self.errors:
                self.add_error(number, _("Write how many impressions you want, such as 20000."))
        if not self.lines() and not self.errors:
            first = next((name for name in self.fields if name.startswith("want_")), None)
            self.errors_at = self[first].id_for_label if first else ""
            self.add_error(None, _("Choose at least one position or sponsored post, so that we know what to offer."))
        return data

    def lines(self) -> list[Line]:
        """What is asked for; where a number cannot be read, as if the whole were."""
        data = self.cleaned_data
        found = []
        for position in self.positions:
            if data.get(f"want_{position.code}"):
                way = data.get(f"way_{position.code}") or str(WHOLE)
                number = data.get(f"number_{position.code}") if way == NUMBER else None
                share = None if number else WHOLE if way == NUMBER else int(way)
                found.append(Line(position=position, share=share, impressions=number))
        for product in self.products:
            if data.get(f"want_{product.kind}"):
                writer = data.get(f"writer_{product.kind}") or AdRequestItem.WrittenBy.CLIENT
                found.append(Line(product=product, written_by=writer))
        return found


class BeginForm(WhatForm, PublicForm):
    """The first step before there is a draft, for everybody."""


def _name_in_full(form: forms.Form, name: str, thing: str) -> None:
    """What the error summary calls a field that stands on the page several times: “Billboard, Until”."""
    if name in form.fields:
        said = _("%(thing)s, %(field)s") % {"thing": thing, "field": form.fields[name].label}
        form.fields[name].in_full = said  # type: ignore[attr-defined]


class LinesForm(StepForm):
    """A step that asks something of every line."""

    def __init__(self, *args: Any, lines: Sequence[Line], **kwargs: Any) -> None:
        self.lines = lines
        super().__init__(*args, **kwargs)


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as year, month and day, such as 2027-03-31.")},
    )


class DatesForm(LinesForm):
    """The days of every line. None at all: we propose some."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in self.lines:
            self.fields[f"first_{line.code}"] = _day(_("From") if line.position else _("Appears on"))
            if line.position:
                self.fields[f"last_{line.code}"] = _day(_("Until"))
            for end in ("first", "last"):
                _name_in_full(self, f"{end}_{line.code}", line.name)

    def rows(self) -> Iterator[tuple]:
        for line in self.lines:
            last = f"last_{line.code}"
            yield line, self[f"first_{line.code}"], self[last] if last in self.fields else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        today = timezone.localdate()
        for line in self.lines:
            first, last = f"first_{line.code}", f"last_{line.code}"
            for name in (first, last):
                if (day := data.get(name)) and day < today:
                    self.add_error(name, _("Choose today or a later day."))
                elif day and day > today + FARTHEST_AHEAD:
                    self.add_error(name, _("Choose a day within the next two years."))
            if not line.position or first in self.errors or last in self.errors:
                continue
            if data.get(first) and not data.get(last):
                self.add_error(last, _("Choose the last day too, or empty both and we propose days."))
            elif data.get(last) and not data.get(first):
                self.add_error(first, _("Choose the first day too, or empty both and we propose days."))
            elif data.get(first) and data[last] < data[first]:
                self.add_error(last, _("The last day lies before the first."))
        self._fill(data)
        self._check_room()
        return data

    def _fill(self, data: dict[str, Any]) -> None:
        """Give the lines their days, where those are in order."""
        for line in self.lines:
            names = {f"first_{line.code}", f"last_{line.code}"}
            if not names & set(self.errors):
                line.first_day, line.last_day = data.get(f"first_{line.code}"), data.get(f"last_{line.code}")

    def _check_room(self) -> None:
        dated = [
            (line, line.position, line.first_day, line.last_day)
            for line in self.lines
            if line.position and line.first_day and line.last_day
        ]
        if not dated:
            return
        first, last = min(row[2] for row in dated), max(row[3] for row in dated)
        outlooks = availability.outlooks([position for _line, position, *_days in dated], first, last)
        for line, position, *_days in dated:
            if said := _taken(line, outlooks[position.pk]):
                self.add_error(f"first_{line.code}", forms.ValidationError(said, code=SAYS_IT_ALL))

    def name_weeks(self) -> None:
        """Give every position the next weeks that have room for what is asked, in two queries or so for all."""
        today = timezone.localdate()
        positions = [line.position for line in self.lines if line.position]
        if not positions:
            return
        begin = free_weeks.monday(today) + free_weeks.WEEK
        end = begin + WEEKS_SEARCHED * free_weeks.WEEK - timedelta(days=1)
        weeks = list(zip(*free_weeks.table(positions, begin, end), strict=True))
        for line, its in zip([line for line in self.lines if line.position], weeks, strict=True):
            line.weeks = [week for week in its if week.share >= (line.share or 1)][:WEEKS_NAMED]


def _taken(line: Line, outlook: Any) -> str:
    """Why a line cannot have its days; empty where it can."""
    assert line.first_day is not None  # noqa: S101
    assert line.last_day is not None  # noqa: S101
    names = {
        "position": line.name,
        "first": date_format(line.first_day, "j F"),
        "last": date_format(line.last_day, "j F Y"),
    }
    if line.impressions:
        free = outlook.free_impressions(line.first_day, line.last_day)
        if free >= line.impressions:
            return ""
        return _(
            "%(position)s can take about %(free)s impressions from %(first)s to %(last)s. "
            "Ask for fewer, or for more days."
        ) % {**names, "free": number_format(free, force_grouping=True)}
    free = outlook.free_share(line.first_day, line.last_day)
    if free >= (line.share or WHOLE):
        return ""
    if free:
        return _(
            "Of %(position)s %(free)d percent are free from %(first)s to %(last)s. "
            "Choose other days, or a smaller share."
        ) % {**names, "free": free}
    return _("%(position)s is not free on all days from %(first)s to %(last)s. Choose other days, or wait.") % names


class MaterialForm(LinesForm):
    """The briefs of what the newsroom writes. Files are taken by themselves (`ads.draft_files`)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in self.lines:
            if line.is_written_here:
                self.fields[f"brief_{line.code}"] = forms.CharField(
                    label=_("What should we write about?"),
                    required=False,
                    max_length=5000,
                    widget=forms.Textarea({"rows": 6, "dir": "auto"}),
                    help_text=_("Facts, names, links, whom we may call. You can send it later."),
                )
                _name_in_full(self, f"brief_{line.code}", line.name)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for line in self.lines:
            line.brief = data.get(f"brief_{line.code}", "")
        return data


def _share_words(share: int) -> str:
    if share == WHOLE:
        return _("All of it: every page view, by the week")
    if share == 50:
        return _("Every second page view, by the week")
    return _("Every fourth page view, by the week")


class CheckForm(LinesForm):
    """Who asks, and anything else."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name", "dir": "auto"}),
        error_messages={"required": gettext_lazy("Write your name.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "dir": "ltr"}),
        help_text=gettext_lazy("Our answer and your private page go there."),
        error_messages={"required": gettext_lazy("Write your e-mail address, so that we can answer.")},
    )
    company = forms.CharField(
        label=gettext_lazy("Company"),
        max_length=160,
        widget=forms.TextInput({"autocomplete": "organization", "dir": "auto"}),
        error_messages={"required": gettext_lazy("Write the name of your company.")},
    )
    website = forms.URLField(
        label=gettext_lazy("Website"),
        max_length=200,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        # Text, so that a browser does not refuse the address people type: without https://.
        widget=forms.TextInput({"autocomplete": "url", "inputmode": "url", "dir": "ltr"}),
        error_messages=dict.fromkeys(
            ("required", "invalid"), gettext_lazy("Write the address of your website, such as www.example.org.")
        ),
    )
    country = CountryField(blank_label=gettext_lazy("Choose a country")).formfield(  # type: ignore[call-overload]
        label=gettext_lazy("Country"),
        widget=forms.Select({"autocomplete": "country"}),
        error_messages={"required": gettext_lazy("Choose your country.")},
    )
    message = forms.CharField(
        label=gettext_lazy("Message (optional)"),
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 5, "dir": "auto"}),
        help_text=gettext_lazy("Anything we should know: aims, audience, budget, questions."),
    )

    def fields_of_request(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.base_fields}


class SaveForm(StepForm):
    """Where the link to come back goes."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "dir": "ltr"}),
        error_messages={"required": gettext_lazy("Write the e-mail address that the link should go to.")},
    )
