"""What readers type about their newsletters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from articles.public_forms import PublicForm

from .letter import BadAddress, ascii_address
from .models import Newsletter, Subscriber
from .subscribing import Wish, wish_for


def _email(label, **attributes: str) -> forms.EmailField:
    return forms.EmailField(
        label=label,
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "dir": "ltr"} | attributes),
        validators=[_can_be_written_to],
    )


def _can_be_written_to(address: str) -> None:
    """Django takes letters beyond ASCII for those that they look like in capitals; databases do not."""
    try:
        ascii_address(address)
    except BadAddress:
        raise ValidationError(_("No mail can be written to this address.")) from None


def _how_often() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("How often"), choices=Subscriber.MostOften.choices, initial=Subscriber.MostOften.EACH
    )


class _Choosing(forms.Form):
    """Newsletters as boxes, those of the page's language first. None is ticked for anybody: a yes is given, not left
    standing."""

    # Where the summary of errors leads for what concerns no single field.
    errors_at = "newsletters"

    def offer(self, newsletters: list[Newsletter], ticked: set[int]) -> None:
        self.offered = newsletters
        field = forms.MultipleChoiceField(
            label=gettext_lazy("Newsletters"), choices=[(one.slug, one.name) for one in newsletters], required=False
        )
        self.fields["newsletters"] = field
        self.initial["newsletters"] = [one.slug for one in newsletters if one.pk in ticked]

    def groups(self) -> list[dict[str, Any]]:
        """The boxes by language."""
        bound = self["newsletters"].value() or []
        names = dict(settings.LANGUAGES)
        found: dict[str, dict[str, Any]] = {}
        for one in self.offered:
            group = found.setdefault(one.language, {"code": one.language, "name": names[one.language], "rows": []})
            group["rows"].append((one, one.slug in bound))
        return sorted(found.values(), key=lambda group: group["code"] != get_language())

    def chosen(self) -> list[Newsletter]:
        slugs = set(self.cleaned_data.get("newsletters", []))
        return [one for one in self.offered if one.slug in slugs]


class SignUpForm(_Choosing, PublicForm):
    email = _email(gettext_lazy("E-mail"))
    name = forms.CharField(
        label=gettext_lazy("Your name (optional)"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "name", "dir": "auto"}),
    )
    most_often = _how_often()

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.offer(list(Newsletter.objects.on_offer().prefetch_related("sections")), set())

    def clean(self) -> dict[str, Any]:
        if self.offered and not self.cleaned_data.get("newsletters") and "newsletters" not in self.errors:
            self.add_error(None, _("Tick the newsletters that you want."))
        return self.cleaned_data

    def wish(self) -> Wish:
        said = self.cleaned_data
        language = get_language() or "en"
        return wish_for(self.chosen(), language=language, name=said["name"], most_often=said["most_often"])


class PreferencesForm(_Choosing):
    """A reader's own choice; no box ticked is a way to leave."""

    name = forms.CharField(
        label=gettext_lazy("Your name (optional)"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "name", "dir": "auto"}),
    )
    most_often = _how_often()
    language = forms.ChoiceField(label=gettext_lazy("Language of our mails to you"), choices=settings.LANGUAGES)

    def __init__(self, *args, subscriber: Subscriber, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        has = {one.pk for one in subscriber.newsletters.all()}
        self.offer(list(Newsletter.objects.filter(Q(is_open=True) | Q(pk__in=has)).prefetch_related("sections")), has)
        self.initial["name"] = subscriber.name
        self.initial["most_often"] = subscriber.most_often
        self.initial["language"] = subscriber.language

    def wish(self) -> Wish:
        said = self.cleaned_data
        return wish_for(self.chosen(), language=said["language"], name=said["name"], most_often=said["most_often"])


class NewAddressForm(forms.Form):
    email = _email(gettext_lazy("New e-mail address"))


class LinkForm(PublicForm):
    email = _email(gettext_lazy("The address that gets our mails"))
