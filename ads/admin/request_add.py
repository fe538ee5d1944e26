"""A request that came by telephone or across a table, written down by the desk."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.validators import URLValidator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import sales
from ..forms import DaysFromToday
from ..models import AdRequest, AdRequestItem, Position, PostProduct
from ..sales import Wish


class RequestAddForm(DaysFromToday, forms.ModelForm):
    """Who asks, what for, when. `wishes()` after `is_valid()`."""

    # One form, one request, however often its button is pressed.
    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    website = forms.URLField(
        label=gettext_lazy("Website"),
        required=False,
        max_length=200,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
    )
    positions = forms.ModelMultipleChoiceField(
        Position.objects.none(),
        label=gettext_lazy("Positions"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    by_them = forms.ModelMultipleChoiceField(
        PostProduct.objects.none(),
        label=gettext_lazy("Sponsored posts that they write"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    by_us = forms.ModelMultipleChoiceField(
        PostProduct.objects.none(),
        label=gettext_lazy("Sponsored posts that we write"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_confirmed = forms.BooleanField(label=gettext_lazy("Confirm it to them by mail"), required=False, initial=True)

    class Meta:
        model = AdRequest
        fields = [
            "name",
            "email",
            "company",
            "website",
            "country",
            "language",
            "message",
            "first_day",
            "last_day",
            "owner",
            "notes",
        ]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", secrets.token_urlsafe(18))
        self.fields["positions"].queryset = Position.objects.filter(is_active=True)
        for name in ("by_them", "by_us"):
            self.fields[name].queryset = PostProduct.objects.filter(is_active=True)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if twice := set(data.get("by_them", [])) & set(data.get("by_us", [])):
            self.add_error("by_us", _("%(post)s: they write it, or we do.") % {"post": ", ".join(map(str, twice))})
        if not self.errors and not (data["positions"] or data["by_them"] or data["by_us"]):
            self.add_error("positions", _("Choose at least one position or sponsored post."))
        return data

    def wishes(self) -> list[Wish]:
        data, by = self.cleaned_data, AdRequestItem.WrittenBy
        return [
            *(Wish(position=position) for position in data["positions"]),
            *(Wish(product=product, written_by=by.CLIENT) for product in data["by_them"]),
            *(Wish(product=product, written_by=by.NEWSROOM) for product in data["by_us"]),
        ]


class RequestAddMixin(admin.ModelAdmin):
    """For the admin of requests: the form above, and the same verb as behind the public one."""

    add_fieldsets = [
        (gettext_lazy("Who asks"), {"fields": ["key", "name", "email", "company", "website", "country", "language"]}),
        (gettext_lazy("What they want"), {"fields": ["positions", "by_them", "by_us", ("first_day", "last_day")]}),
        (gettext_lazy("What they said"), {"fields": ["message"]}),
        (gettext_lazy("Among us"), {"fields": ["owner", "notes", "is_confirmed"]}),
    ]
    formfield_overrides = {models.DateField: {"widget": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}}

    def get_form(self, request: HttpRequest, obj: AdRequest | None = None, change: bool = False, **kwargs):
        if obj is None:
            kwargs["form"] = RequestAddForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: AdRequest | None = None):
        return self.add_fieldsets if obj is None else super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: AdRequest | None = None):
        return [] if obj is None else super().get_readonly_fields(request, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"language": settings.LANGUAGE_CODE, "owner": request.user.pk} | super().get_changeform_initial_data(
            request
        )

    def save_model(self, request: HttpRequest, obj: AdRequest, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        data = form.cleaned_data
        names = ("name", "email", "company", "website", "country", "message", "first_day", "last_day", "owner", "notes")
        received = sales.receive(
            {name: data[name] for name in names} | {"source": AdRequest.Source.DESK},
            form.wishes(),
            form_key=f"desk-{data['key']}",
            language=data["language"],
            suspicion="",
            at=timezone.now(),
            is_silent=not data["is_confirmed"],
        )
        obj.__dict__.update(received.__dict__)
