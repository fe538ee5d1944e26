"""Invoices in the admin: the list, one of them with its payments, months, and tables to take away."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from articles.admin.moves import Move, MovesMixin

from .. import bookkeeping, paper, spreadsheet
from ..models import Invoice, Quote
from ..models.invoice import HAIR
from ..paper.wording import amount
from ..views.deal_papers import as_download
from . import invoice_moves

# A colour of `desk.css` for each state.
TONES = {
    "open": "scheduled",
    "overdue": "withdrawn",
    "paid": "live",
    "credited": "closed",
    "refund": "received",
    "credit": "closed",
}


def words_of(invoice: Invoice) -> str:
    """Where an invoice stands."""
    today = timezone.localdate()
    state = invoice.state(today)
    if state == "overdue" and invoice.due_on:
        days = (today - invoice.due_on).days
        return ngettext("%(days)d day overdue", "%(days)d days overdue", days) % {"days": days}
    return {
        "open": _("Open"),
        "paid": _("Paid"),
        "credited": _("Credited"),
        "refund": _("To be paid back"),
        "credit": _("Credit note"),
    }[state]


def state_words(invoice: Invoice) -> SafeString:
    """The same with a colour."""
    state, words = invoice.state(timezone.localdate()), words_of(invoice)
    return format_html('<span class="desk-state desk-state--{}">{}</span>', TONES[state], words)


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin):
        return [
            ("open", _("To be paid")),
            ("overdue", _("Overdue")),
            ("paid", _("Paid")),
            ("credited", _("Credited")),
            ("refund", _("To be paid back")),
            ("credit", _("Credit notes")),
        ]

    def queryset(self, request: HttpRequest, queryset):
        invoices = Q(kind=Invoice.Kind.INVOICE)
        nothing_left = invoices & Q(balance_sum__lt=HAIR, balance_sum__gt=-HAIR)
        rules = {
            "open": invoices & Q(balance_sum__gt=HAIR),
            "overdue": invoices & Q(balance_sum__gt=HAIR, due_on__lt=timezone.localdate()),
            "paid": nothing_left & Q(paid_sum__gt=HAIR),
            "credited": invoices & Q(credited_sum__gt=HAIR),
            "refund": invoices & Q(balance_sum__lt=-HAIR),
            "credit": Q(kind=Invoice.Kind.CREDIT),
        }
        rule = rules.get(self.value() or "")
        return queryset if rule is None else queryset.filter(rule)


@admin.register(Invoice)
class InvoiceAdmin(MovesMixin, admin.ModelAdmin):
    """Read only: what was issued never changes. Payments and credit notes are moves."""

    if_empty = gettext_lazy("No invoice was issued yet. Issue one on the request, once its quote is accepted.")
    change_form_template = "admin/ads/invoice/change_form.html"
    change_list_template = "admin/ads/invoice/change_list.html"
    list_display = ["number", "state", "buyer", "total_text", "paid_text", "left_text", "due_on", "issued_on"]
    list_filter = [StateFilter, ("currency", admin.AllValuesFieldListFilter)]
    date_hierarchy = "issued_on"
    search_fields = ["number", "buyer", "request__reference", "request__email"]
    show_full_result_count = False
    list_per_page = 50
    moves = invoice_moves.OF_INVOICES
    fieldsets = [(None, {"fields": ["number", "state", "deal", "buyer", "issued_on", "due_on", "issued_by"]})]
    readonly_fields = ["number", "state", "deal", "buyer", "issued_on", "due_on", "issued_by"]

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).with_sums().select_related("request", "credits", "issued_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        # An invoice is issued from a deal.
        return False

    def has_change_permission(self, request: HttpRequest, obj: Invoice | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Invoice | None = None) -> bool:
        return False

    def may_move(self, request: HttpRequest, obj: Invoice) -> bool:
        return self.has_view_permission(request, obj)

    def reachable(self, obj: Invoice) -> set[str]:
        return invoice_moves.of_invoice(obj)

    def status_of(self, obj: Invoice) -> str:
        return words_of(obj)

    def consequences(self, request: HttpRequest, obj: Invoice, move: Move) -> list[str]:
        return invoice_moves.consequences(obj, move.name)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("months/", wrap(require_safe(self.months)), name="ads_invoice_months"),
            path("invoices.csv", wrap(require_safe(self.invoices_csv)), name="ads_invoice_csv"),
            path("payments.csv", wrap(require_safe(self.payments_csv)), name="ads_payment_csv"),
            path("<int:pk>/paper/", wrap(require_safe(self.paper)), name="ads_invoice_paper"),
            path("quote/<int:pk>/paper/", wrap(require_safe(self.quote_paper)), name="ads_quote_paper"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context, add=False, change=False, form_url="", obj: Invoice | None = None
    ):
        if obj:
            context |= {
                "moves": [(move, self.move_url(obj, move.name)) for move in self.open_moves(request, obj)],
                "lines": obj.lines.all(),
                "payments": obj.payments.select_related("entered_by"),
                "credit_notes": obj.credit_notes.all(),
                "reminders": obj.reminders.all(),
                "left": obj.balance(),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _only_viewers(self, request: HttpRequest) -> None:
        if not request.user.has_perm("ads.view_invoice"):
            raise PermissionDenied

    def months(self, request: HttpRequest) -> TemplateResponse:
        """What was invoiced, credited, paid and is open, by month and currency."""
        self._only_viewers(request)
        months = bookkeeping.by_month()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Months"),
            "months": months,
            "totals": bookkeeping.totals(months),
        }
        return TemplateResponse(request, "admin/ads/invoice/months.html", context)

    def invoices_csv(self, request: HttpRequest) -> StreamingHttpResponse:
        self._only_viewers(request)
        return _as_table(bookkeeping.invoices_csv(), "invoices")

    def payments_csv(self, request: HttpRequest) -> StreamingHttpResponse:
        self._only_viewers(request)
        return _as_table(bookkeeping.payments_csv(), "payments")

    def paper(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same paper that the advertiser gets."""
        self._only_viewers(request)
        invoice = get_object_or_404(Invoice.objects.select_related("quote__request", "credits"), pk=pk)
        return as_download(paper.of_invoice(invoice), invoice.number)

    def quote_paper(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("ads.view_adrequest"):
            raise PermissionDenied
        quote = get_object_or_404(Quote.objects.select_related("request"), pk=pk)
        return as_download(paper.of_quote(quote), quote.number.replace("/", "-"))

    @admin.display(description=gettext_lazy("Total"), ordering="total")
    def total_text(self, obj: Invoice) -> str:
        return f"{'-' if obj.is_credit else ''}{amount(obj.total)} {obj.currency}"

    @admin.display(description=gettext_lazy("Paid"))
    def paid_text(self, obj: Invoice) -> str:
        return "–" if obj.is_credit else amount(obj.paid())

    @admin.display(description=gettext_lazy("Left"), ordering="balance_sum")
    def left_text(self, obj: Invoice) -> str:
        return "–" if obj.is_credit else amount(obj.balance())

    @admin.display(description=gettext_lazy("State"))
    def state(self, obj: Invoice) -> SafeString:
        return state_words(obj)

    @admin.display(description=gettext_lazy("Request"))
    def deal(self, obj: Invoice) -> SafeString:
        url = reverse("admin:ads_adrequest_change", args=[obj.request_id])
        return format_html('<a href="{}">{}</a>', url, obj.request)


def _as_table(lines: Iterator[str], name: str) -> StreamingHttpResponse:
    return spreadsheet.download(lines, f"{name}-{timezone.localdate().isoformat()}")
