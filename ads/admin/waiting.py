"""The waiting list in the admin: who waits for what, in the order of asking."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.moves import Move, MovesMixin

from .. import waiting
from ..forms import DaysFromToday
from ..models import WaitingEntry

Status = WaitingEntry.Status


class StatusFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin):
        return Status.choices

    def queryset(self, request: HttpRequest, queryset):
        is_open = Q(told_at=None, left_at=None)
        wanted: dict[str | None, Q] = {
            Status.HELD_BACK: is_open & ~Q(suspected=""),
            Status.WAITING: is_open & Q(suspected=""),
            Status.TOLD: Q(told_at__isnull=False, left_at=None),
            Status.LEFT: Q(left_at__isnull=False),
        }
        value = self.value()
        return queryset.filter(wanted[value]) if value in wanted else queryset


class WaitingForm(DaysFromToday, forms.ModelForm):
    """Somebody who asked on the telephone, or by mail. Saving is joining: what the verb refuses, the form says."""

    class Meta:
        model = WaitingEntry
        fields = ["position", "first_day", "last_day", "name", "company", "email", "language", "deal"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "deal" in self.fields:
            self.fields["deal"].help_text = _("If they have one: the mail then leads to its private page.")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors and not self.instance.pk:
            try:
                waiting.check(data["position"], data["first_day"], data["last_day"], data["email"], at=timezone.now())
            except waiting.Refused as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return data


@admin.register(WaitingEntry)
class WaitingEntryAdmin(MovesMixin, admin.ModelAdmin):
    if_empty = gettext_lazy("Nobody waits. Readers of the rate card can ask to be told when a sold week is free.")
    form = WaitingForm
    formfield_overrides = {models.DateField: {"widget": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}}
    change_form_template = "admin/ads/waitingentry/change_form.html"
    list_display = ["who", "position", "days", "state", "asked_at", "told_at", "email"]
    list_filter = [StatusFilter, "position", "first_day"]
    list_select_related = ["position"]
    search_fields = ["name", "company", "email", "deal__reference"]
    autocomplete_fields = ["deal"]
    show_full_result_count = False
    moves = (
        Move(
            name="release",
            label=gettext_lazy("Not spam: let them wait"),
            question=gettext_lazy("Put them in line, and confirm it to them by mail?"),
            verb=waiting.release,
            targets=frozenset([Status.WAITING]),
            permissions=("ads.change_waitingentry",),
            done=gettext_lazy("They wait now, and got a mail."),
            errors=(),
        ),
        Move(
            name="leave",
            label=gettext_lazy("Take off the list"),
            question=gettext_lazy("Take them off the list? They are not told when the days are free."),
            verb=waiting.leave,
            targets=frozenset([Status.LEFT]),
            permissions=("ads.change_waitingentry",),
            done=gettext_lazy("Off the list."),
            errors=(),
            is_grave=True,
        ),
    )

    def has_delete_permission(self, request: HttpRequest, obj: WaitingEntry | None = None) -> bool:
        # Somebody leaves the list; that they were on it stays known.
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: WaitingEntry | None = None):
        return self.get_fields(request, obj) if obj else []

    def get_fields(self, request: HttpRequest, obj: WaitingEntry | None = None):
        asked = ["position", "first_day", "last_day", "name", "company", "email", "language", "deal"]
        return ["state", *asked, "suspected", "asked_at", "told_at", "left_at"] if obj else asked

    def save_model(self, request: HttpRequest, obj: WaitingEntry, form: WaitingForm, change: bool) -> None:
        if change:
            return
        entry = waiting.join(**form.cleaned_data, by=request.user, at=timezone.now())
        obj.__dict__.update(entry.__dict__)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["moves"] = [(move, self.move_url(obj, move.name)) for move in self.open_moves(request, obj)]
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=gettext_lazy("Who"), ordering="name")
    def who(self, obj: WaitingEntry) -> str:
        return ", ".join(filter(None, [obj.name, obj.company]))

    @admin.display(description=gettext_lazy("Days"), ordering="first_day")
    def days(self, obj: WaitingEntry) -> str:
        return " – ".join(date_format(day, "SHORT_DATE_FORMAT") for day in (obj.first_day, obj.last_day))

    @admin.display(description=gettext_lazy("State"))
    def state(self, obj: WaitingEntry) -> str:
        return obj.get_status_display()
