"""What is next: the list, and the small forms on the screens of deals and advertisers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.counting import CappedPaginator, PagedChangeList
from articles.admin.listing import Choice
from articles.models import User

from .. import next_actions, records
from ..desk_words import Found, typed_words
from ..models import AdRequest, Advertiser, NextAction


def colleagues():
    """Who may be given something to do: those who may do it."""
    return User.objects.with_perm(
        "ads.change_nextaction", backend="django.contrib.auth.backends.ModelBackend"
    ).order_by("username")


class NextActionForm(forms.ModelForm):
    """What, by when, and who; the one who writes it, where nobody else is chosen."""

    class Meta:
        model = NextAction
        fields = ["what", "due_on", "owner"]
        widgets = {
            "what": forms.TextInput({"class": "vTextField", "dir": "auto"}),
            "due_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "owner" in self.fields:
            self.fields["owner"].queryset = colleagues()
            self.fields["owner"].empty_label = _("nobody")
            if user:
                self.fields["owner"].initial = user.pk


class TargetForm(forms.Form):
    """For what it is to be done: a deal or an advertiser."""

    request = forms.ModelChoiceField(AdRequest.objects.all(), required=False)
    advertiser = forms.ModelChoiceField(Advertiser.objects.all(), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if bool(data.get("request")) == bool(data.get("advertiser")):
            raise forms.ValidationError(_("Name a request or an advertiser."))
        return data


class DueFilter(Choice):
    title = gettext_lazy("Which")
    parameter_name = "which"

    def lookups(self, request: HttpRequest, model_admin):
        return [("overdue", _("Overdue")), ("week", _("Due within seven days")), ("done", _("Done"))]

    def queryset(self, request: HttpRequest, queryset):
        """Without a choice, all that is open."""
        return super().queryset(request, queryset) if self.value() else queryset.open()

    def choose(self, request: HttpRequest, queryset, chosen: str):
        at = timezone.now()
        if chosen == "done":
            return queryset.filter(done_at__isnull=False)
        if chosen == "overdue":
            return queryset.overdue(at)
        return queryset.open().filter(due_on__lte=timezone.localdate(at) + timedelta(days=7))


class MineFilter(Choice):
    title = gettext_lazy("Only mine")
    parameter_name = "mine"
    is_flag = True

    def lookups(self, request: HttpRequest, model_admin):
        return [("1", _("Only mine"))]

    def choose(self, request: HttpRequest, queryset, chosen: str):
        return queryset.filter(owner=request.user)


@admin.register(NextAction)
class NextActionAdmin(admin.ModelAdmin):
    form = NextActionForm
    change_list_template = "admin/ads/nextaction/change_list.html"
    list_display = ["action", "due", "about", "who"]
    list_display_links = None
    list_filter = [DueFilter, MineFilter]
    list_select_related = ["owner", "request", "advertiser", "done_by"]
    list_per_page = 50
    list_max_show_all = 50
    ordering = ["due_on", "pk"]
    sortable_by: list[str] = []
    search_fields = ["what"]
    show_full_result_count = False
    paginator = CappedPaginator
    actions = ["finish_chosen"]

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[PagedChangeList]:
        return PagedChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("What is next"), **(extra_context or {})})

    def get_search_results(self, request: HttpRequest, queryset, search_term: str):
        """By its own words, and by those of the deal or the firm."""
        if not search_term.strip():
            return queryset, False
        words = typed_words(search_term)
        if not words:
            return queryset.none(), False
        own = Found("pk", words, column="object_id", most=500, kind="action")
        deals = Found("request_id", words, column="object_id", most=500, kind="request")
        firms = Found("advertiser_id", words, column="object_id", most=500, kind="advertiser")
        return queryset.filter(Q(own) | Q(deals) | Q(firms)), False

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("write/", wrap(self.write), name="ads_nextaction_write"),
            path("<int:pk>/finish/", wrap(self.finish), name="ads_nextaction_finish"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        # Written on the screen of what it is for.
        return False

    def has_change_permission(self, request: HttpRequest, obj: NextAction | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.done_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: NextAction | None = None) -> bool:
        return False

    def write(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("ads.add_nextaction"):
            raise PermissionDenied
        target, form = TargetForm(request.POST), NextActionForm(request.POST)
        if not target.is_valid():
            messages.error(request, _("What it is for is not there any more. Nothing was written down."))
            return redirect("admin:ads_nextaction_changelist")
        if form.is_valid():
            next_actions.add(**form.cleaned_data, **target.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("Written down."))
        else:
            for name, errors in form.errors.items():
                label = form.fields[name].label if name in form.fields else ""
                messages.error(request, f"{label}: {' '.join(errors)}")
        return redirect(self._home(target.cleaned_data["request"], target.cleaned_data["advertiser"]))

    def finish(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("ads.change_nextaction"):
            raise PermissionDenied
        action = get_object_or_404(NextAction.objects.select_related("request", "advertiser"), pk=pk)
        if next_actions.finish(action, by=request.user, at=timezone.now()):
            messages.success(request, _("Done: %(what)s") % {"what": action.what})
        else:
            messages.info(request, _("Somebody had done it already."))
        return redirect(self._home(action.request, action.advertiser))

    @admin.action(description=gettext_lazy("Done"), permissions=["change"])
    def finish_chosen(self, request: HttpRequest, queryset) -> None:
        at = timezone.now()
        done = sum(next_actions.finish(action, by=request.user, at=at) for action in queryset[: self.list_per_page])
        messages.success(request, _("Done: %(what)s") % {"what": done})

    def _home(self, deal: AdRequest | None, firm: Advertiser | None) -> str:
        address = (
            reverse("admin:ads_adrequest_change", args=[deal.pk])
            if deal
            else reverse("admin:ads_advertiser_change", args=[firm.pk])
        )
        return f"{address}#next-actions"

    @admin.display(description=gettext_lazy("What is to do"))
    def action(self, obj: NextAction) -> SafeString:
        return format_html('<a class="deal-link" href="{}/change/" dir="auto">{}</a>', obj.pk, obj.what)

    @admin.display(description=gettext_lazy("Due on"))
    def due(self, obj: NextAction) -> SafeString:
        if obj.done_at:
            day = date_format(timezone.localtime(obj.done_at), "SHORT_DATE_FORMAT")
            return format_html('<span class="desk-state">{}</span>', _("Done on %(day)s") % {"day": day})
        return format_html('<span class="desk-clock desk-clock--{}">{}</span>', *due_words(obj, timezone.localdate()))

    @admin.display(description=gettext_lazy("For"))
    def about(self, obj: NextAction) -> SafeString:
        return format_html(
            '<a href="{}" dir="auto">{}</a>', self._home(obj.request, obj.advertiser), obj.request or obj.advertiser
        )

    @admin.display(description=gettext_lazy("Owner"))
    def who(self, obj: NextAction) -> SafeString | str:
        return format_html("<bdi>{}</bdi>", records.name_of(obj.owner)) if obj.owner else _("nobody")


def due_words(action: NextAction, today: date) -> tuple[str, str]:
    """A colour and the day: late ones say so, today's are amber."""
    day = date_format(action.due_on, "SHORT_DATE_FORMAT")
    if action.due_on < today:
        return "overdue", _("Overdue since %(day)s") % {"day": day}
    return ("amber", _("today")) if action.due_on == today else ("green", day)
