"""The form a quote is written in: the offer as a whole, and one small form a line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.zoned_times import DAY, TIME_OF_DAY

from . import prices
from .days import FARTHEST_AHEAD
from .models import AdRequestItem, Position, PostProduct, Quote, QuoteLine, Service

Kind = QuoteLine.Kind

# What a price or an amount of the database can hold.
DEAREST = Decimal("99999999.99")
MOST_LINES = 60


class Shelf:
    """What is for sale, fetched once for all the lines of a page."""

    def __init__(self, *, day: date) -> None:
        self.day = day
        self.positions: dict[int, Position] = {
            position.pk: position for position in Position.objects.prefetch_related("dated_prices")
        }
        self.products: dict[int, PostProduct] = {
            product.pk: product for product in PostProduct.objects.prefetch_related("dated_prices")
        }
        self.services: dict[str, Service] = prices.services()

    def choices(self, things: dict[int, Any], chosen: object) -> list[tuple[int | str, str]]:
        """What is on sale, and what the line names already."""
        shown = [(pk, str(thing)) for pk, thing in things.items() if thing.is_active or str(pk) == str(chosen)]
        return [("", "–"), *shown]

    def currencies(self) -> list[str]:
        things: list[Any] = [*self.positions.values(), *self.products.values(), *self.services.values()]
        return sorted({settings.CURRENCY, *(thing.currency for thing in things)})

    def price(self, line: QuoteLine) -> Decimal | None:
        return prices.of_line(line, services=self.services, day=self.day)

    def attach(self, line: QuoteLine) -> QuoteLine:
        """A stored line with its things from here, so that nothing is fetched line by line."""
        line.position = self.positions.get(line.position_id or 0)
        line.product = self.products.get(line.product_id or 0)
        return line


class QuoteForm(forms.ModelForm):
    """The offer as a whole. A discount on everything is given to each line that has none of its own, so that every
    line, every booking and every line of the invoice carries what it really costs."""

    edits = forms.IntegerField(widget=forms.HiddenInput)
    discount_for_all = forms.DecimalField(
        label=gettext_lazy("Discount on every line, in percent"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
        help_text=gettext_lazy("Given to each line that has no discount of its own."),
    )
    reason_for_all = forms.CharField(
        label=gettext_lazy("Reason of that discount"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"dir": "auto"}),
    )
    valid_until = forms.SplitDateTimeField(
        label=gettext_lazy("Valid until"),
        required=False,
        widget=forms.SplitDateTimeWidget(
            date_attrs={"type": "date", "aria-label": DAY},
            time_attrs={"type": "time", "aria-label": TIME_OF_DAY},
            date_format="%Y-%m-%d",
            time_format="%H:%M",
        ),
    )

    class Meta:
        model = Quote
        fields = ["language", "currency", "tax_name", "tax_rate", "valid_until", "words"]
        widgets = {
            "words": forms.Textarea({"rows": 4, "dir": "auto"}),
            "tax_name": forms.TextInput({"dir": "auto"}),
        }

    def __init__(self, *args, shelf: Shelf, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        codes = {*shelf.currencies(), self.instance.currency}
        self.fields["currency"] = forms.ChoiceField(
            label=gettext_lazy("Currency"), choices=[(code, code) for code in sorted(codes)]
        )
        self.fields["valid_until"].help_text = _(
            "In %(zone)s. Empty: %(days)d days from sending, but not beyond the first day of what is offered."
        ) % {"zone": timezone.get_current_timezone_name(), "days": settings.QUOTE_VALID_DAYS}
        self.initial["edits"] = self.instance.edits

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("discount_for_all") and not data.get("reason_for_all"):
            self.add_error("reason_for_all", _("Say why there is a discount."))
        return data

    def fields_of_quote(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class LineForm(forms.Form):
    """One line. `line` after `is_valid()`: the priced line, or None where the form was left empty."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=Kind, initial=Kind.WEEKS)
    position = forms.ChoiceField(label=gettext_lazy("Position"), required=False)
    product = forms.ChoiceField(label=gettext_lazy("Sponsored post"), required=False)
    written_by = forms.ChoiceField(
        label=gettext_lazy("Written by"), choices=AdRequestItem.WrittenBy, initial="client", required=False
    )
    first_day = forms.DateField(
        label=gettext_lazy("First day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    share = forms.IntegerField(
        label=gettext_lazy("Share of views, in percent"), min_value=1, max_value=100, initial=100, required=False
    )
    impressions = forms.IntegerField(
        label=gettext_lazy("Impressions"), min_value=1, max_value=1_000_000_000, required=False
    )
    pieces = forms.IntegerField(label=gettext_lazy("Pieces"), min_value=1, max_value=1000, initial=1, required=False)
    description = forms.CharField(
        label=gettext_lazy("Description (optional)"),
        max_length=300,
        required=False,
        widget=forms.TextInput({"dir": "auto"}),
    )
    own_price = forms.DecimalField(
        label=gettext_lazy("Price of one, if not the rate card's"),
        min_value=0,
        max_digits=10,
        decimal_places=2,
        required=False,
    )
    discount_percent = forms.DecimalField(
        label=gettext_lazy("Discount, in percent"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
    )
    discount_reason = forms.CharField(
        label=gettext_lazy("Reason of the discount"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"dir": "auto"}),
    )

    line: QuoteLine | None = None

    def __init__(self, *args, shelf: Shelf, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.shelf = shelf
        for name, things in (("position", shelf.positions), ("product", shelf.products)):
            field: Any = self.fields[name]
            field.choices = shelf.choices(things, self[name].value())

    @classmethod
    def initial_of(cls, line: QuoteLine, shelf: Shelf) -> dict[str, Any]:
        """A stored line as the form shows it: a price that is the rate card's is not repeated, so that it follows the
        days."""
        is_counted = line.kind in Kind.of_positions()
        by_card = line.unit_price == shelf.price(line) or (not line.unit_price and not line.discount_reason)
        return {
            "kind": line.kind,
            "position": line.position_id,
            "product": line.product_id,
            "written_by": line.written_by or "client",
            "first_day": line.first_day,
            "last_day": line.last_day,
            "share": line.share or 100,
            "impressions": line.impressions,
            "pieces": 1 if is_counted else int(line.quantity),
            "description": line.description,
            "own_price": None if by_card else line.unit_price,
            "discount_percent": line.discount_percent or None,
            "discount_reason": line.discount_reason,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = data.get("kind")
        needed: dict[str | None, list[str]] = {
            Kind.WEEKS: ["position", "first_day", "last_day", "share"],
            Kind.IMPRESSIONS: ["position", "first_day", "last_day", "impressions"],
            Kind.POST: ["product", "written_by"],
        }
        for name in needed.get(kind, []):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("This line needs it."))
        first, last = data.get("first_day"), data.get("last_day")
        if kind in Kind.of_positions():
            if first and last and last < first:
                self.add_error("last_day", _("The last day lies before the first."))
            if last and last > self.shelf.day + FARTHEST_AHEAD:
                self.add_error("last_day", _("Choose a day within the next two years."))
        if data.get("discount_percent") and not data.get("discount_reason"):
            self.add_error("discount_reason", _("Say why there is a discount."))
        if not self.errors:
            self._price(self._line(data), data["own_price"])
        return data

    def _line(self, data: dict[str, Any]) -> QuoteLine:
        kind = data["kind"]
        is_position = kind in Kind.of_positions()
        position = self.shelf.positions.get(int(data["position"] or 0)) if is_position else None
        product = self.shelf.products.get(int(data["product"] or 0)) if kind == Kind.POST else None
        return QuoteLine(
            kind=kind,
            position=position,
            product=product,
            written_by=data["written_by"] if product else "",
            first_day=data["first_day"] if is_position else None,
            last_day=data["last_day"] if is_position else None,
            share=data["share"] if kind == Kind.WEEKS else None,
            impressions=data["impressions"] if kind == Kind.IMPRESSIONS else None,
            description=data["description"],
            quantity=Decimal(data["pieces"] or 1),
            discount_percent=data["discount_percent"] or Decimal(0),
            discount_reason=data["discount_reason"],
        )

    def _price(self, line: QuoteLine, own_price: Decimal | None) -> None:
        price = self.shelf.price(line) if own_price is None else own_price
        if price is None:
            self.add_error("own_price", _("The rate card has no price for this. Write one."))
            return
        line.unit_price = price
        line.count()
        if line.full > DEAREST:
            self.add_error(None, _("This line costs more than an invoice can carry. Split it."))
            return
        self.line = line


class BaseLineFormSet(BaseFormSet):
    def lines(self) -> list[QuoteLine]:
        """The lines that stay, in their order."""
        return [form.line for form in self.forms if form.line and not form.cleaned_data.get("DELETE")]

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Take this line out")


LineFormSet = formset_factory(
    LineForm, formset=BaseLineFormSet, extra=1, can_delete=True, max_num=MOST_LINES, validate_max=True
)


def give_discount(lines: list[QuoteLine], percent: Decimal | None, reason: str) -> None:
    """To each line that has none of its own."""
    for line in lines:
        if percent and not line.discount_percent and line.unit_price:
            line.discount_percent, line.discount_reason = percent, reason
