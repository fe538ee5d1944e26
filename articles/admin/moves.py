"""Moves in the admin: a page that says what will happen, and a POST that calls the verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class MoveForm(forms.Form):
    """What a person says with a move. The cleaned values are the keyword arguments of the verb; a subclass adds more.

    `obj` is what is moved, `user` who moves it. What depends on them, or on what was typed, a subclass says itself:
    `button` and, once the form is valid, `done`, in the place of the move's own words; `review`, a template that stands
    above the form; `script`, a module for the page.
    """

    button: str | Promise = ""
    done: str | Promise = ""
    review = ""
    script = ""
    # Whether what was typed is drawn again with the reason: for entries that somebody would have to look up anew.
    is_kept_when_refused = False

    note = forms.CharField(
        label=gettext_lazy("Note for the history (optional)"),
        max_length=300,
        required=False,
        widget=forms.TextInput({"class": "vTextField", "dir": "auto"}),
    )

    def __init__(self, *args, obj, user, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.obj, self.user = obj, user


class ReasonForm(MoveForm):
    """For moves that owe somebody a reason."""

    note = forms.CharField(
        label=gettext_lazy("What should change? The writer gets this by mail."),
        max_length=300,
        widget=forms.Textarea({"class": "vLargeTextField", "rows": 4, "dir": "auto"}),
    )


@dataclass(frozen=True, kw_only=True)
class Move:
    """One verb as the admin offers it. `targets` are the statuses it leads to; `errors` what the verb may raise."""

    name: str
    label: str | Promise
    question: str | Promise
    verb: Callable[..., Any]
    targets: frozenset[str]
    permissions: tuple[str, ...]
    done: str | Promise
    errors: tuple[type[Exception], ...]
    is_grave: bool = False
    form: type[MoveForm] = MoveForm


class MovesMixin:
    """For a ModelAdmin whose objects have a status: `moves`, their pages, and which of them are open to whom."""

    moves: tuple[Move, ...] = ()
    move_template = "admin/confirm_move.html"

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_move"
        address = path("<path:object_id>/move/<slug:move>/", self.admin_site.admin_view(self.move_view), name=name)
        return [address, *super().get_urls()]

    def open_moves(self, request: HttpRequest, obj) -> list[Move]:
        """The moves that the object's status and the person's permissions allow."""
        if obj is None or not self.may_move(request, obj):
            return []
        reachable = self.reachable(obj)
        return [move for move in self.moves if move.targets & reachable and self.may_make(request, obj, move)]

    def may_move(self, request: HttpRequest, obj) -> bool:
        """Whether moves concern this person at all."""
        return self.has_change_permission(request, obj)

    def status_of(self, obj) -> str:
        """Where the object stands, in words."""
        return obj.get_status_display()

    def back_from(self, obj) -> str:
        """Where a person goes after a move, or without one."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])

    def reachable(self, obj) -> set[str]:
        """The statuses that a move may lead to from here."""
        return obj.MOVES[obj.status]

    def may_make(self, request: HttpRequest, obj, move: Move) -> bool:
        """Whether the person may make this move with this object, whatever its status."""
        return any(request.user.has_perm(permission) for permission in move.permissions)

    def confirmed(self, request: HttpRequest, obj, move: Move) -> dict[str, Any]:
        """What the verb must know of the page that the person confirmed."""
        return {}

    def move_url(self, obj, name: str) -> str:
        info = self.opts.app_label, self.opts.model_name
        return reverse("admin:{}_{}_move".format(*info), args=[obj.pk, name])

    def problems(self, request: HttpRequest, obj, move: Move) -> list[str]:
        """What stands in the way, shown before anybody confirms."""
        return []

    def consequences(self, request: HttpRequest, obj, move: Move) -> list[str]:
        """What the move will do, in words."""
        return []

    def more(self, request: HttpRequest, obj, move: Move) -> dict[str, Any]:
        """What else the page shows, for a template of one's own."""
        return {}

    def move_view(self, request: HttpRequest, object_id: str, move: str) -> HttpResponse:
        """GET asks, POST does."""
        obj = self.get_object(request, object_id)
        if obj is None or move not in {m.name for m in self.moves}:
            raise Http404
        chosen = next(m for m in self.moves if m.name == move)
        if not self.may_move(request, obj) or not self.may_make(request, obj, chosen):
            raise PermissionDenied
        back = self.back_from(obj)
        form = chosen.form(request.POST if request.method == "POST" else None, obj=obj, user=request.user)
        if form.is_valid():
            said = form.cleaned_data | self.confirmed(request, obj, chosen)
            try:
                chosen.verb(obj, by=request.user, at=timezone.now(), **said)
            except chosen.errors as error:
                if form.is_kept_when_refused and chosen in self.open_moves(request, obj):
                    form.add_error(None, str(error))
                else:
                    messages.error(request, str(error))
                    return redirect(back)
            else:
                messages.success(request, form.done or chosen.done)
                return redirect(back)
        if chosen not in self.open_moves(request, obj):
            messages.error(
                request,
                _("It is “%(status)s” now, so this cannot be done.") % {"status": self.status_of(obj)},
            )
            return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "title": chosen.label,
            "move": chosen,
            "form": form,
            "problems": self.problems(request, obj, chosen),
            "consequences": self.consequences(request, obj, chosen),
            "back": back,
            **self.more(request, obj, chosen),
        }
        return TemplateResponse(request, self.move_template, context)
