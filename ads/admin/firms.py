"""The list of advertisers: who they are, what they bought, and the filters a person who sells needs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, prefetch_related_objects
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from articles.admin.counting import CappedPaginator, PagedChangeList
from articles.admin.listing import Choice, a_time

from .. import desk_search, records
from ..models import AdRequest, Advertiser, Booking, Quote
from .exports import ExportMixin

YEAR = timedelta(days=365)
INDUSTRIES = 100


def bought(since=None) -> Q:
    """Who said yes to an offer or has a booking, from a moment on or ever."""
    offers = Quote.objects.filter(request__advertiser=OuterRef("pk"), status=Quote.Status.ACCEPTED)
    bookings = Booking.objects.filter(advertiser=OuterRef("pk"), status=Booking.Status.BOOKED)
    if since:
        offers, bookings = offers.filter(accepted_at__gte=since), bookings.filter(booked_at__gte=since)
    return Q(Exists(offers)) | Q(Exists(bookings))


class OpenFilter(Choice):
    title = gettext_lazy("Deals")
    parameter_name = "deals"

    def lookups(self, request: HttpRequest, model_admin):
        return [("open", _("With an open deal")), ("none", _("Without an open deal"))]

    def choose(self, request: HttpRequest, queryset, chosen: str):
        open_deals = AdRequest.objects.filter(advertiser=OuterRef("pk"), status__in=records.OPEN, suspected="")
        return queryset.filter(Exists(open_deals) if chosen == "open" else ~Exists(open_deals))


class BoughtFilter(Choice):
    title = gettext_lazy("Bought")
    parameter_name = "bought"

    def lookups(self, request: HttpRequest, model_admin):
        return [
            ("year", _("Within twelve months")),
            ("lapsed", _("Not for twelve months")),
            ("never", _("Never")),
        ]

    def choose(self, request: HttpRequest, queryset, chosen: str):
        if chosen == "never":
            return queryset.filter(~bought())
        lately = bought(timezone.now() - YEAR)
        return queryset.filter(lately) if chosen == "year" else queryset.filter(bought(), ~lately)


class CountryFilter(Choice):
    title = gettext_lazy("Country")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin):
        codes = Advertiser.objects.exclude(country="").order_by().values_list("country", flat=True).distinct()
        return sorted(((str(code), countries.name(code)) for code in codes), key=lambda choice: choice[1])


class IndustryFilter(Choice):
    title = gettext_lazy("Industry")
    parameter_name = "industry"

    def lookups(self, request: HttpRequest, model_admin):
        named = Advertiser.objects.exclude(industry="").order_by("industry").values_list("industry", flat=True)
        return [(name, name) for name in named.distinct()[:INDUSTRIES]]


class AdvertiserChangeList(PagedChangeList):
    def prepare(self, firms: list[Advertiser]) -> None:
        prefetch_related_objects(firms, "contacts")
        dealings = records.dealings(firm.pk for firm in firms)
        for firm in firms:
            firm.dealings = dealings[firm.pk]


class AdvertiserListMixin(ExportMixin):
    """For the ModelAdmin of advertisers."""

    change_list_template = "admin/ads/advertiser/change_list.html"
    list_display = ["firm", "person", "land", "open_deals", "last_deal", "worth"]
    list_display_links = None
    list_filter = [OpenFilter, BoughtFilter, CountryFilter, IndustryFilter]
    list_per_page = 50
    list_max_show_all = 50
    ordering = ["company", "pk"]
    sortable_by: list[str] = []
    search_fields = ["company"]
    show_full_result_count = False
    paginator = CappedPaginator

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[PagedChangeList]:
        return AdvertiserChangeList

    def get_search_results(self, request: HttpRequest, queryset, search_term: str):
        """Those that stand for themselves; a merged one is found as what it was merged into."""
        current = queryset.current()
        return (desk_search.of_firms(current, search_term) if search_term.strip() else current), False

    @admin.display(description=gettext_lazy("Advertiser"))
    def firm(self, obj: Advertiser) -> SafeString:
        return format_html('<a class="deal-link" href="{}/change/" dir="auto">{}</a>', obj.pk, obj.company)

    @admin.display(description=gettext_lazy("Contact"))
    def person(self, obj: Advertiser) -> SafeString:
        main = next(iter(obj.contacts.all()), None)  # the main one stands first
        name, email = (main.name, main.email) if main else (obj.contact_name, obj.email)
        return format_html('<bdi>{}</bdi> <a href="mailto:{}" dir="ltr">{}</a>', name, email, email)

    @admin.display(description=gettext_lazy("Country"))
    def land(self, obj: Advertiser) -> str:
        return obj.country.name or "–"

    @admin.display(description=gettext_lazy("Open deals"))
    def open_deals(self, obj: Advertiser) -> str:
        return str(obj.dealings.open or "–")

    @admin.display(description=gettext_lazy("Last request"))
    def last_deal(self, obj: Advertiser) -> SafeString | str:
        return a_time(obj.dealings.last) if obj.dealings.last else "–"

    @admin.display(description=gettext_lazy("Lifetime value"))
    def worth(self, obj: Advertiser) -> SafeString | str:
        return amounts(obj.dealings.value)


def amounts(value: dict[str, Decimal]) -> SafeString | str:
    """Amounts of several currencies, one after another."""
    said = ((amount, currency) for currency, amount in sorted(value.items()) if amount)
    return format_html_join(" · ", "<bdi>{} {}</bdi>", said) or "–"
