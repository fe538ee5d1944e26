"""Quotes in the admin: written from the request they answer, sent and withdrawn through their moves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.moves import Move, MoveForm, MovesMixin

from .. import deals, ledger, quote_changes, quoting, room
from ..models import AdRequest, Quote, QuoteLine
from ..money import Totals
from ..quote_forms import LineForm, LineFormSet, QuoteForm, Shelf, give_discount
from ..views import deal_quote

Status = Quote.Status
# The colours of the desk's states (static/desk/desk.css).
COLOURS = {
    Status.DRAFT: "draft",
    Status.SENT: "received",
    Status.ACCEPTED: "live",
    Status.SUPERSEDED: "closed",
    Status.EXPIRED: "withdrawn",
    Status.WITHDRAWN: "withdrawn",
}


def money(amount, currency: str) -> str:
    return f"{number_format(amount, decimal_pos=2, force_grouping=True)} {currency}"


class SendForm(MoveForm):
    """Sends what was looked at: a save by somebody else in the meantime is noticed."""

    note = None  # type: ignore[assignment]  # nothing to say with it
    edits = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, obj: Quote, **kwargs) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        self.initial["edits"] = obj.edits


class WithdrawForm(MoveForm):
    note = forms.CharField(
        label=gettext_lazy("Why? They get this by mail."),
        max_length=250,
        widget=forms.TextInput({"class": "vTextField", "dir": "auto"}),
    )


class DiscardForm(MoveForm):
    note = None  # type: ignore[assignment]  # nothing to say with it


def _move(name: str, label, question, verb, target: str, done, form: type[MoveForm], **options) -> Move:
    return Move(
        name=name,
        label=label,
        question=question,
        verb=verb,
        targets=frozenset([target]),
        permissions=("ads.send_quote",),
        done=done,
        errors=(quoting.QuoteRefused, ledger.SoldOut, deals.IllegalMove),
        form=form,
        **options,
    )


@admin.register(Quote)
class QuoteAdmin(MovesMixin, admin.ModelAdmin):
    if_empty = gettext_lazy("No quote was written yet. Open a request and write one there.")
    move_template = "admin/ads/quote/move.html"
    list_display = ["number", "deal", "state", "total", "until", "changed"]
    list_filter = ["status", "currency", "valid_until", "language"]
    list_select_related = ["request", "created_by", "changed_by"]
    search_fields = ["request__reference", "request__company", "request__name"]
    search_help_text = gettext_lazy("Reference, company or name")
    ordering = ["-created_at"]
    show_full_result_count = False
    actions = None
    moves = (
        _move(
            "send",
            gettext_lazy("Send"),
            gettext_lazy("Send this quote to the advertiser?"),
            quoting.send,
            Status.SENT,
            gettext_lazy("Sent. What it offers is held for them, and a mail is on its way."),
            SendForm,
        ),
        _move(
            "withdraw",
            gettext_lazy("Withdraw"),
            gettext_lazy("Take this offer back? What it holds is free at once, and they are told."),
            quoting.withdraw,
            Status.WITHDRAWN,
            gettext_lazy("Withdrawn. What it held is free again."),
            WithdrawForm,
            is_grave=True,
        ),
        _move(
            "discard",
            gettext_lazy("Throw the draft away"),
            gettext_lazy("Throw this draft away? The advertiser never saw it."),
            quoting.discard,
            Status.WITHDRAWN,
            gettext_lazy("The draft is gone."),
            DiscardForm,
            is_grave=True,
        ),
    )

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).prefetch_related("lines")

    def has_add_permission(self, request: HttpRequest) -> bool:
        # A quote answers a request, and is begun there.
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Quote | None = None) -> bool:
        return False

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("begin/<int:request_pk>/", wrap(self.begin), name="ads_quote_begin"),
            path("<int:pk>/preview/", wrap(self.preview), name="ads_quote_preview"),
            *super().get_urls(),
        ]

    def open_moves(self, request: HttpRequest, obj: Quote | None) -> list[Move]:
        """A draft is thrown away; only what was sent is withdrawn."""
        unfit = "withdraw" if obj and obj.status == Status.DRAFT else "discard"
        return [move for move in super().open_moves(request, obj) if move.name != unfit]

    def problems(self, request: HttpRequest, obj: Quote, move: Move) -> list[str]:
        if move.name != "send":
            return []
        return quoting.problems(obj, list(obj.lines.select_related("position", "product")), at=timezone.now())

    def consequences(self, request: HttpRequest, obj: Quote, move: Move) -> list[str]:
        """What is held and until when, what is replaced, and who gets which mail."""
        if move.name != "send":
            return []
        at = timezone.now()
        lines = list(obj.lines.select_related("position", "product"))
        until = timezone.localtime(quoting.expiry_of(obj, lines, at=at))
        words = {"until": f"{date_format(until, 'l j F Y, H:i')} {until:%Z}", "number": obj.number}
        said = [_("It is valid until %(until)s.") % words]
        for line, found in zip(lines, room.beside(lines, quote=obj, at=at), strict=True):
            if found:
                said.append(
                    _("Held until then: %(line)s, %(terms)s. Now: %(room)s")
                    % {"line": line, "terms": line.terms(), "room": found}
                )
        for older in obj.request.quotes.filter(status=Status.SENT):
            said.append(
                _("%(older)s is replaced; what it holds is given back and taken anew.") % {"older": older.number}
            )
        said.append(
            _(
                "%(name)s <%(email)s> gets a mail in %(language)s: the lines, the total of %(total)s, "
                "and the private page where they accept or ask."
            )
            % {
                "name": obj.request.name,
                "email": obj.request.email,
                "language": obj.request.get_language_display(),
                "total": money(obj.totals().total, obj.currency),
            }
        )
        return said

    def more(self, request: HttpRequest, obj: Quote, move: Move) -> dict[str, Any]:
        return {"back_label": _("Back to the quote")}

    def begin(self, request: HttpRequest, request_pk: int) -> HttpResponse:
        """Write a quote for a request: go to the draft of its next version."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("ads.add_quote"):
            raise PermissionDenied
        ad_request = get_object_or_404(AdRequest, pk=request_pk)
        try:
            quote = quoting.begin(ad_request, by=request.user, at=timezone.now())
        except quoting.QuoteRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:ads_adrequest_change", request_pk)
        return redirect("admin:ads_quote_change", quote.pk)

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """As the advertiser will see it, in their language; nothing on it can be sent."""
        found = Quote.objects.select_related("request").prefetch_related(deal_quote.WITH_LINES)
        quote = get_object_or_404(found, pk=pk)
        if not self.has_view_permission(request, quote):
            raise PermissionDenied
        with translation.override(quote.request.language):
            part = deal_quote.preview(quote, at=timezone.now())
            page = render_to_string(
                "ads/deal/quote_preview.html", {"part": part, "deal": quote.request, "quote": quote}, request
            )
        return HttpResponse(page)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        if obj.status == Status.DRAFT and self.has_change_permission(request, obj):
            return self._write(request, obj)
        if request.method == "POST":
            messages.error(request, _("This quote was sent or withdrawn meanwhile. Nothing was changed."))
            return redirect("admin:ads_quote_change", obj.pk)
        return self._show(request, obj)

    def _write(self, request: HttpRequest, obj: Quote) -> HttpResponse:
        """The draft as a form. Prices and room are worked out by the server; saving keeps them."""
        at = timezone.now()
        shelf = Shelf(day=timezone.localdate(at))
        if request.method != "POST":
            stored = [shelf.attach(line) for line in obj.lines.all()]
            initial = [LineForm.initial_of(line, shelf) for line in stored]
            if obj.version == 1 and not obj.edits:
                initial += [{"kind": "weeks", "position": p.pk, "share": 100} for p in quoting.undated(obj.request)]
            form = QuoteForm(instance=obj, shelf=shelf)
            formset = LineFormSet(initial=initial, prefix="lines", form_kwargs={"shelf": shelf})
            return self._page(request, obj, form, formset, stored, at=at)
        form = QuoteForm(request.POST, instance=obj, shelf=shelf)
        formset = LineFormSet(request.POST, prefix="lines", form_kwargs={"shelf": shelf})
        is_valid = all([form.is_valid(), formset.is_valid()])
        lines = formset.lines()
        if form.is_valid():
            give_discount(lines, form.cleaned_data["discount_for_all"], form.cleaned_data["reason_for_all"])
        if "_work_out" in request.POST or not is_valid:
            status = 200 if is_valid else 400
            return self._page(request, obj, form, formset, lines, at=at, status=status)
        try:
            quoting.save(
                Quote.objects.select_related("request").get(pk=obj.pk),
                form.fields_of_quote(),
                lines,
                based_on=form.cleaned_data["edits"],
                by=request.user,
                at=at,
            )
        except quoting.StaleDraft as stale:
            return self._stale(request, obj, shelf, str(stale))
        except quoting.QuoteRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:ads_quote_change", obj.pk)
        self.log_change(request, obj, _("Saved."))
        if "_send" in request.POST:
            return redirect(self.move_url(obj, "send"))
        if "_preview" in request.POST:
            return redirect("admin:ads_quote_preview", obj.pk)
        messages.success(request, _("Saved. Nothing is held and nobody was mailed yet."))
        return redirect("admin:ads_quote_change", obj.pk)

    def _stale(self, request: HttpRequest, obj: Quote, shelf: Shelf, sentence: str) -> HttpResponse:
        """What they typed once more, with what somebody else saved above it. Saving again is then a choice."""
        theirs = Quote.objects.select_related("request").get(pk=obj.pk)
        data = request.POST.copy()
        data["edits"] = str(theirs.edits)
        form = QuoteForm(data, instance=obj, shelf=shelf)
        formset = LineFormSet(data, prefix="lines", form_kwargs={"shelf": shelf})
        formset.is_valid()
        messages.error(request, sentence)
        more = {"theirs": [shelf.attach(line) for line in theirs.lines.all()]}
        return self._page(request, obj, form, formset, formset.lines(), at=timezone.now(), status=409, more=more)

    def _page(
        self,
        request: HttpRequest,
        obj: Quote,
        form: QuoteForm,
        formset,
        lines: list[QuoteLine],
        *,
        at,
        status: int = 200,
        more: dict[str, Any] | None = None,
    ) -> HttpResponse:
        shelf = formset.form_kwargs["shelf"]
        changes = quote_changes.since(quote_changes.version_before(obj), lines)
        beside = {
            id(line): (words, said)
            for line, words, said in zip(lines, room.beside(lines, quote=obj, at=at), changes.of_lines, strict=True)
        }
        stored = iter([] if formset.is_bound else lines)
        rows = []
        for line_form in formset.forms:
            line = line_form.line if formset.is_bound else next(stored, None)
            words, said = beside.get(id(line), ("", []))
            card = shelf.price(line) if line else None
            if card is not None:
                line_form.fields["own_price"].widget.attrs["placeholder"] = str(card)
            rows.append({"form": line_form, "line": line, "card": card, "room": words, "changes": said})
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "title": _("Quote %(number)s for %(company)s") % {"number": obj.number, "company": obj.request.company},
            "form": form,
            "formset": formset,
            "rows": rows,
            "currency": obj.currency,
            "totals": Totals.of([line.net for line in lines], tax_rate=obj.tax_rate or 0),
            "hindrances": quoting.problems(obj, lines, at=at) if not form.errors else [],
            "expiry": quoting.expiry_of(obj, lines, at=at),
            "changes": changes,
            "moves": [(m, self.move_url(obj, m.name)) for m in self.open_moves(request, obj) if m.name != "send"],
            "may_send": request.user.has_perm("ads.send_quote"),
            **(more or {}),
        }
        return TemplateResponse(request, "admin/ads/quote/draft.html", context, status=status)

    def _show(self, request: HttpRequest, obj: Quote) -> HttpResponse:
        """A version that was sent, or a draft for who may not write."""
        lines = list(obj.lines.select_related("position", "product"))
        changes = quote_changes.since(quote_changes.version_before(obj), lines)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "title": _("Quote %(number)s for %(company)s") % {"number": obj.number, "company": obj.request.company},
            "rows": [{"line": line, "changes": said} for line, said in zip(lines, changes.of_lines, strict=True)],
            "changes": changes,
            "totals": obj.totals(),
            "state": self.state(obj),
            "moves": [(move, self.move_url(obj, move.name)) for move in self.open_moves(request, obj)],
            "may_begin": request.user.has_perm("ads.add_quote") and obj.request.status in AdRequest.Status.talking(),
        }
        return TemplateResponse(request, "admin/ads/quote/sent.html", context)

    @admin.display(description=gettext_lazy("Deal"), ordering="request__company")
    def deal(self, obj: Quote) -> SafeString:
        address = reverse("admin:ads_adrequest_change", args=[obj.request_id])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', address, obj.request.company)

    @admin.display(description=gettext_lazy("Status"), ordering="status")
    def state(self, obj: Quote) -> SafeString:
        return format_html(
            '<span class="desk-state desk-state--{}">{}</span>', COLOURS[Status(obj.status)], obj.get_status_display()
        )

    @admin.display(description=gettext_lazy("Total"))
    def total(self, obj: Quote) -> SafeString:
        return format_html("<bdi>{}</bdi>", money(obj.totals().total, obj.currency))

    @admin.display(description=gettext_lazy("Valid until"), ordering="valid_until")
    def until(self, obj: Quote) -> str:
        return date_format(timezone.localtime(obj.valid_until), "DATETIME_FORMAT") if obj.valid_until else "–"

    @admin.display(description=gettext_lazy("Written by"))
    def changed(self, obj: Quote) -> str:
        return str(obj.changed_by or obj.created_by or "–")
