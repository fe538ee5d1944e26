"""The list of deals: what a row says, the filters a person needs, and what can be done with several at once."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.admin.counting import CappedPaginator, PagedChangeList
from articles.admin.listing import Choice, HeldFilter
from articles.models import User

from .. import desk_search, records, sales
from ..models import AdRequest, Quote
from .exports import ExportMixin

Status = AdRequest.Status

# So many names a menu of owners holds.
OWNERS = 50

GROUPS = {
    "to-answer": Q(answer_due_at__isnull=False, suspected=""),
    "in-talks": Q(status__in=Status.talking()),
    "agreed": Q(status__in=Status.agreed()),
    "running": Q(status=Status.LIVE),
    "over": Q(status__in=[*Status.over(), Status.EXPIRED]),
}


class StateFilter(Choice):
    title = gettext_lazy("Status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin):
        groups = [
            ("to-answer", _("To answer")),
            ("in-talks", _("Nothing agreed yet")),
            ("agreed", _("Agreed")),
            ("running", _("Running")),
            ("over", _("Over")),
        ]
        return [*groups, *((f"is-{value}", f"– {label}") for value, label in Status.choices)]

    def choose(self, request: HttpRequest, queryset, chosen: str):
        if chosen in GROUPS:
            return queryset.filter(GROUPS[chosen])
        return queryset.filter(status=chosen.removeprefix("is-"))


class OwnerFilter(Choice):
    title = gettext_lazy("Owner")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin):
        owners = User.objects.filter(pk__in=AdRequest.objects.order_by().values("owner")).exclude(pk=request.user.pk)
        names = [(user.pk, records.name_of(user)) for user in owners.order_by("username")[:OWNERS]]
        return [("me", _("Me")), ("none", _("Nobody")), *names]

    def choose(self, request: HttpRequest, queryset, chosen: str):
        if chosen == "none":
            return queryset.filter(owner=None)
        return queryset.filter(owner=request.user.pk if chosen == "me" else int(chosen))


class SourceFilter(Choice):
    title = gettext_lazy("Came by")
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin):
        return AdRequest.Source.choices


class DealChangeList(PagedChangeList):
    def prepare(self, deals: list[AdRequest]) -> None:
        """What is wanted and what was offered, in four queries for all rows."""
        offers = Quote.objects.filter(
            status__in=[Quote.Status.DRAFT, Quote.Status.SENT, Quote.Status.ACCEPTED]
        ).prefetch_related("lines")
        prefetch_related_objects(
            deals, "items__position", "items__product", Prefetch("quotes", queryset=offers, to_attr="offers")
        )


class RequestListMixin(ExportMixin):
    """For the ModelAdmin of requests."""

    change_list_template = "admin/ads/adrequest/change_list.html"
    list_display = ["deal", "wanted", "days", "worth", "clock", "state", "looked_after"]
    list_display_links = None  # the reference is the link
    list_filter = [StateFilter, OwnerFilter, SourceFilter, HeldFilter]
    list_select_related = ["owner"]
    list_per_page = 50
    list_max_show_all = 50
    sortable_by: list[str] = []
    search_fields = ["reference"]
    show_full_result_count = False
    paginator = CappedPaginator
    actions = [*ExportMixin.actions, "assign_to_me", "put_on_file"]

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[PagedChangeList]:
        return DealChangeList

    def get_search_results(self, request: HttpRequest, queryset, search_term: str):
        return (desk_search.of_deals(queryset, search_term) if search_term.strip() else queryset), False

    @admin.action(description=gettext_lazy("Assign to me"), permissions=["change"])
    def assign_to_me(self, request: HttpRequest, queryset) -> None:
        count = records.assign(queryset, to=request.user)
        said = ngettext("%(count)d request is yours now.", "%(count)d requests are yours now.", count)
        messages.success(request, said % {"count": count})

    @admin.action(description=gettext_lazy("Put on file as advertisers"), permissions=["change"])
    def put_on_file(self, request: HttpRequest, queryset) -> None:
        requests = list(queryset.filter(advertiser=None, suspected="")[: self.list_per_page])
        for ad_request in requests:
            sales.advertiser_of(ad_request)
        count = len(requests)
        said = ngettext("%(count)d request is on file now.", "%(count)d requests are on file now.", count)
        messages.success(request, said % {"count": count})

    @admin.display(description=gettext_lazy("Request"))
    def deal(self, obj: AdRequest) -> SafeString:
        return format_html(
            '<a class="deal-link" href="{}/change/"><bdi>{}</bdi> <span dir="auto">{}</span></a>',
            obj.pk,
            obj.reference,
            obj.company,
        )

    @admin.display(description=gettext_lazy("Value"))
    def worth(self, obj: AdRequest) -> SafeString | str:
        """What was agreed, else what is offered, else what is being written."""
        order = [Quote.Status.ACCEPTED, Quote.Status.SENT, Quote.Status.DRAFT]
        offer = min(obj.offers, key=lambda quote: order.index(quote.status), default=None)
        if offer is None:
            return "–"
        said = "" if offer.status == Quote.Status.ACCEPTED else f" ({offer.get_status_display()})"
        return format_html("<bdi>{} {}</bdi>{}", offer.totals().total, offer.currency, said)

    @admin.display(description=gettext_lazy("Owner"))
    def looked_after(self, obj: AdRequest) -> SafeString | str:
        return format_html("<bdi>{}</bdi>", records.name_of(obj.owner)) if obj.owner else _("nobody")
