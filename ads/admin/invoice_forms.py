"""What a person says with a payment, a credit note or a refund; the cleaned values are what the verbs take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.moves import MoveForm

from .. import billing
from ..models import InvoiceLine, Payment
from ..paper.wording import amount

_TEXT = {"class": "vTextField", "dir": "auto"}


class WhyForm(MoveForm):
    """A note that is owed."""

    note = forms.CharField(
        label=gettext_lazy("Why? It stands in the history."), max_length=300, widget=forms.TextInput(_TEXT)
    )


class MoneyForm(MoveForm):
    """Money that came in or went out."""

    is_kept_when_refused = True

    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), min_value=0, max_digits=12, decimal_places=2, localize=False
    )
    paid_on = forms.DateField(
        label=gettext_lazy("Day of the payment"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=Payment.Method)
    reference = forms.CharField(
        label=gettext_lazy("Reference on the statement (optional)"),
        max_length=120,
        required=False,
        widget=forms.TextInput(_TEXT),
    )
    field_order = ["amount", "paid_on", "method", "reference", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paid_on"].initial = timezone.localdate()
        self.fields["amount"].initial = abs(self.obj.balance())
        self.fields["amount"].label = _("Amount in %(currency)s") % {"currency": self.obj.currency}


class PaymentForm(MoneyForm):
    keeps_overpaid = forms.BooleanField(
        label=gettext_lazy("More came in than is due, and the note says what becomes of it"), required=False
    )
    field_order = ["amount", "paid_on", "method", "reference", "keeps_overpaid", "note"]


class ReversalForm(WhyForm):
    payment = forms.ModelChoiceField(Payment.objects.none(), label=gettext_lazy("Which entry was wrong?"))
    field_order = ["payment", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payment"].queryset = self.obj.payments.filter(reverses=None, reversal=None)


class CreditForm(MoveForm):
    """All that is left, some lines, or an amount."""

    what = forms.ChoiceField(
        label=gettext_lazy("What is credited?"),
        choices=[
            ("whole", gettext_lazy("All that is left")),
            ("lines", gettext_lazy("The lines chosen below")),
            ("amount", gettext_lazy("The amount below")),
        ],
        widget=forms.RadioSelect,
    )
    lines = forms.ModelMultipleChoiceField(
        InvoiceLine.objects.none(),
        label=gettext_lazy("Lines"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Amount before tax"), required=False, max_digits=12, decimal_places=2
    )
    note = forms.CharField(
        label=gettext_lazy("Reason. It stands on the credit note."), max_length=300, widget=forms.TextInput(_TEXT)
    )
    field_order = ["what", "lines", "amount", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = self.obj.lines.filter(credit_lines=None)
        self.fields["lines"].queryset = lines
        self.fields["lines"].label_from_instance = lambda line: f"{line.description}: {amount(line.net)}"
        left = amount(billing.left_to_credit(self.obj).net)
        self.fields["amount"].help_text = _("At most %(left)s %(currency)s.") % {
            "left": left,
            "currency": self.obj.currency,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        what = data.pop("what", None)
        if what == "lines" and not data.get("lines"):
            raise ValidationError({"lines": _("Choose at least one line.")})
        if what == "amount" and not data.get("amount"):
            raise ValidationError({"amount": _("Write an amount above zero.")})
        if what != "lines":
            data["lines"] = ()
        if what != "amount":
            data["amount"] = None
        return data
