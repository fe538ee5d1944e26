"""Addresses that are never written to, as hashes: an address can be looked up here, not read."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from articles.admin.counting import CappedPaginator

from .. import subscribing, suppressing
from ..models import Suppression


@admin.register(Suppression)
class SuppressionAdmin(admin.ModelAdmin):
    if_empty = gettext_lazy("No address is suppressed. Bounces, complaints and readers who were forgotten come here.")
    list_display = ["reason", "at", "note", "fingerprint"]
    list_filter = ["reason", "at"]
    search_fields = ["address_hash"]
    search_help_text = gettext_lazy("Look up a whole e-mail address")
    show_full_result_count = False
    paginator = CappedPaginator
    fields = readonly_fields = ("reason", "at", "note", "fingerprint")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Suppression | None = None) -> bool:
        return False

    def get_search_results(self, request: HttpRequest, queryset, search_term: str):
        if not search_term.strip():
            return queryset, False
        return queryset.filter(address_hash__in=suppressing.hashes(search_term)), False

    def delete_model(self, request: HttpRequest, obj: Suppression) -> None:
        """Whoever is still on file may ask for mail again."""
        subscriber = suppressing.subscriber_of(obj)
        super().delete_model(request, obj)
        if subscriber:
            subscribing.release(subscriber, by=request.user, at=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset) -> None:
        for one in queryset:
            self.delete_model(request, one)

    @admin.display(description=gettext_lazy("Fingerprint"))
    def fingerprint(self, obj: Suppression) -> str:
        return obj.address_hash[:12]
