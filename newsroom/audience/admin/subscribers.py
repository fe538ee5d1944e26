"""Readers of newsletters: who they are, what they said and when, and what the newsroom may do about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from articles.admin.counting import CappedPaginator
from articles.admin.listing import Choice, HeldFilter
from articles.admin.moves import Move, MovesMixin
from articles.models import User

from .. import subscribing
from ..models import Consent, Newsletter, Subscriber
from .subscriber_files import FilesMixin

State = Subscriber.State

# Which moves a state leaves open, by their names.
OPEN: dict[str, set[str]] = {
    State.PENDING: {"again", "leave", "suppress", "erase"},
    State.CONFIRMED: {"leave", "suppress", "erase"},
    State.UNSUBSCRIBED: {"suppress", "erase"},
    State.SUPPRESSED: {"release", "erase"},
}


def _leave(subscriber: Subscriber, *, by: User, at: datetime, note: str = "") -> None:
    subscribing.leave(subscriber, where=subscribing.Where(note or "newsroom"), by=by, at=at)


def _move(name: str, label, question, verb, done, *, is_grave: bool = False, permission: str = "change") -> Move:
    return Move(
        name=name,
        label=label,
        question=question,
        verb=verb,
        targets=frozenset([name]),
        permissions=(f"audience.{permission}_subscriber",),
        done=done,
        errors=(subscribing.Refused,),
        is_grave=is_grave,
    )


class StateFilter(Choice):
    title = gettext_lazy("State")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin):
        return State.choices


class LetterFilter(Choice):
    title = gettext_lazy("Newsletter")
    parameter_name = "newsletter"

    def lookups(self, request: HttpRequest, model_admin):
        return list(Newsletter.objects.values_list("pk", "name"))

    def choose(self, request: HttpRequest, queryset, chosen: str):
        return queryset.filter(newsletters=int(chosen))


class ConsentInline(admin.TabularInline):
    """What happened, the newest first. Nobody writes here."""

    model = Consent
    verbose_name_plural = gettext_lazy("What they said, and when")
    fields = readonly_fields = ("at", "kind", "said", "source", "by")
    extra = max_num = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).select_related("by")

    def has_add_permission(self, request: HttpRequest, obj=None) -> bool:
        return False


@admin.register(Subscriber)
class SubscriberAdmin(FilesMixin, MovesMixin, admin.ModelAdmin):
    if_empty = gettext_lazy("Nobody has subscribed yet. Readers do it under /newsletter/, or you bring a list.")
    change_form_template = "admin/audience/subscriber/change_form.html"
    change_list_template = "admin/audience/subscriber/change_list.html"
    list_display = ["address", "name", "chip", "language", "letters", "created_at"]
    list_filter = [StateFilter, LetterFilter, "language", HeldFilter, "created_at"]
    search_fields = ["email"]
    search_help_text = gettext_lazy("Search by e-mail address or name")
    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    paginator = CappedPaginator
    inlines = [ConsentInline]
    actions = None
    fields = readonly_fields = (
        "chip",
        "held",
        "address",
        "name",
        "language",
        "letters",
        "most_often",
        "created_at",
        "confirmed_at",
        "left_at",
        "new_email",
    )
    moves = (
        _move(
            "again",
            gettext_lazy("Ask to confirm again"),
            gettext_lazy("Mail them the link that asks for their yes once more?"),
            subscribing.ask_again,
            gettext_lazy("The mail is on its way."),
        ),
        _move(
            "leave",
            gettext_lazy("Unsubscribe"),
            gettext_lazy("End their subscription? They can subscribe again at any time."),
            _leave,
            gettext_lazy("Unsubscribed."),
        ),
        _move(
            "suppress",
            gettext_lazy("Never write to them again"),
            gettext_lazy("Suppress this address? No mail and no import reaches it until you take it back."),
            subscribing.suppress,
            gettext_lazy("Suppressed."),
            is_grave=True,
        ),
        _move(
            "release",
            gettext_lazy("Let them subscribe again"),
            gettext_lazy("Take the address off the list of those who are never written to? Nothing goes out by it."),
            subscribing.release,
            gettext_lazy("They can subscribe again."),
        ),
        _move(
            "erase",
            gettext_lazy("Forget them"),
            gettext_lazy("Delete all that is on file about this reader? Only a hash of the address stays."),
            subscribing.erase,
            gettext_lazy("Forgotten."),
            is_grave=True,
            permission="delete",
        ),
    )

    # Who sees and does what.

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # readers add themselves, or come by an import with proof

    def has_change_permission(self, request: HttpRequest, obj: Subscriber | None = None) -> bool:
        return False  # only moves change them

    def has_delete_permission(self, request: HttpRequest, obj: Subscriber | None = None) -> bool:
        return False  # "Forget them" does it, and leaves the hash

    def may_move(self, request: HttpRequest, obj: Subscriber) -> bool:
        return request.user.has_perm("audience.change_subscriber")

    def reachable(self, obj: Subscriber) -> set[str]:
        return OPEN[obj.state]

    def status_of(self, obj: Subscriber) -> str:
        return obj.get_state_display()

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).prefetch_related("newsletters")

    def get_search_results(self, request: HttpRequest, queryset, search_term: str):
        """A whole address by its index; a part of one among all."""
        term = search_term.strip()
        if not term:
            return queryset, False
        exact = Subscriber.objects.of(term)
        if "@" in term and exact.exists():
            return queryset.filter(pk__in=exact.values("pk")), False
        found = queryset.filter(email__icontains=term) | queryset.filter(name__icontains=term)
        return found, False

    def move_view(self, request: HttpRequest, object_id: str, move: str) -> HttpResponse:
        response = super().move_view(request, object_id, move)
        if request.method == "POST" and response.status_code == 302 and move == "erase":
            return redirect("admin:audience_subscriber_changelist")
        return response

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["moves"] = [(move, self.move_url(obj, move.name)) for move in self.open_moves(request, obj)]
        return super().render_change_form(request, context, add, change, form_url, obj)

    # What it shows.

    def get_fields(self, request: HttpRequest, obj: Subscriber | None = None) -> list[str]:
        """What is empty for most stands only where it is not."""
        rare: dict[str, Any] = {"held": obj and obj.suspected, "new_email": obj and obj.new_email}
        rare |= {"left_at": obj and obj.left_at, "confirmed_at": obj and obj.confirmed_at}
        return [name for name in self.fields if rare.get(name, True)]

    @admin.display(description=gettext_lazy("E-mail"), ordering="email")
    def address(self, obj: Subscriber) -> SafeString:
        return format_html('<bdi dir="ltr">{}</bdi>', obj.email)

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def chip(self, obj: Subscriber) -> SafeString:
        looks = {State.PENDING: "scheduled", State.CONFIRMED: "live", State.SUPPRESSED: "cancelled"}
        look = looks.get(State(obj.state), "closed")
        return format_html('<span class="desk-state desk-state--{}">{}</span>', look, obj.get_state_display())

    @admin.display(description=gettext_lazy("Newsletters"))
    def letters(self, obj: Subscriber) -> str:
        return ", ".join(one.name for one in obj.newsletters.all()) or "–"

    @admin.display(description=gettext_lazy("Held back because"))
    def held(self, obj: Subscriber) -> str:
        return obj.suspected
