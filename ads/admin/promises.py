"""The checklist of what was promised beside the pages, with proof."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.core.validators import URLValidator
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.admin.moves import Move, MoveForm, MovesMixin

from .. import click_address, mail_links, promises
from ..models import Promise, TrackedLink


class KeepForm(MoveForm):
    """Where it was done, and what proves it."""

    channel = forms.CharField(
        label=gettext_lazy("Where"),
        max_length=80,
        help_text=gettext_lazy("The channel: the Friday newsletter, Facebook, X."),
        widget=forms.TextInput({"class": "vTextField", "dir": "auto"}),
    )
    link = forms.URLField(
        label=gettext_lazy("Link"),
        max_length=500,
        required=False,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        widget=forms.TextInput({"class": "vTextField", "dir": "ltr", "inputmode": "url"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Or what proves it otherwise"),
        max_length=300,
        required=False,
        widget=forms.TextInput({"class": "vTextField", "dir": "auto"}),
    )
    field_order = ["channel", "link", "note"]

    def clean(self):
        data = super().clean()
        if not self.errors and not (data.get("link") or data.get("note")):
            raise forms.ValidationError(_("Say where, and give the link or a note, so that the advertiser sees it."))
        return data


class BackForm(MoveForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["note"]


class LinkForm(MoveForm):
    """Where the mention leads."""

    url = forms.CharField(
        label=gettext_lazy("Leads to"),
        max_length=600,
        help_text=gettext_lazy("The advertiser's page, as their browser shows it, such as https://www.example.org/."),
        widget=forms.TextInput({"class": "vTextField", "dir": "ltr", "inputmode": "url"}),
    )
    label = forms.CharField(
        label=gettext_lazy("Label (optional)"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("To tell several links of one mention apart: the picture, the last line."),
        widget=forms.TextInput({"class": "vTextField", "dir": "auto"}),
    )
    field_order = ["url", "label"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["note"]

    def clean_url(self) -> str:
        return click_address.normalise(self.cleaned_data["url"])


def _track(promise: Promise, *, url: str, label: str, by, at) -> None:
    mail_links.track(promise=promise, url=url, label=label, by=by, at=at)


class OpenOnes(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("open", _("Open")), ("late", _("Overdue")), ("done", _("Done"))]

    def queryset(self, request, queryset):
        if self.value() == "done":
            return queryset.exclude(done_at=None)
        if self.value() == "late":
            return queryset.filter(done_at=None, due__lt=timezone.localdate())
        return queryset.filter(done_at=None) if self.value() == "open" else queryset


@admin.register(Promise)
class PromiseAdmin(MovesMixin, admin.ModelAdmin):
    if_empty = gettext_lazy(
        "Nothing is promised yet. Posts and mentions of accepted quotes are listed here with their proof."
    )
    change_form_template = "admin/ads/promise/change_form.html"
    list_display = ["what", "client", "line", "due", "state", "proof"]
    list_filter = [OpenOnes, "kind"]
    search_fields = ["line__quote__request__company", "line__quote__request__reference", "channel", "note"]
    show_full_result_count = False
    fields = ["what", "client", "line", "due", "state", "channel", "proof", "note", "done_by", "counted"]
    readonly_fields = ["what", "client", "line", "due", "state", "channel", "proof", "note", "done_by", "counted"]
    moves = (
        Move(
            name="keep",
            label=gettext_lazy("Tick off"),
            question=gettext_lazy("It was done? The advertiser sees on their page where."),
            verb=promises.keep,
            targets=frozenset(["done"]),
            permissions=("ads.keep_promise",),
            done=gettext_lazy("Ticked off."),
            errors=(promises.PromiseRefused,),
            form=KeepForm,
        ),
        Move(
            name="take-back",
            label=gettext_lazy("Not done after all"),
            question=gettext_lazy("Take the tick and its proof back?"),
            verb=promises.take_back,
            targets=frozenset(["open"]),
            permissions=("ads.keep_promise",),
            done=gettext_lazy("Open again."),
            errors=(promises.PromiseRefused,),
            form=BackForm,
            is_grave=True,
        ),
        Move(
            name="link",
            label=gettext_lazy("Make a counted address"),
            question=gettext_lazy(
                "Where does the mention lead? You get an address of ours for it, and clicks on that are counted."
            ),
            verb=_track,
            targets=frozenset(["linked"]),
            permissions=("ads.add_trackedlink",),
            done=gettext_lazy("Here is the address. Paste it into the newsletter."),
            errors=(mail_links.LinkRefused,),
            form=LinkForm,
        ),
    )

    def may_move(self, request: HttpRequest, obj) -> bool:
        return self.has_view_permission(request, obj)

    def reachable(self, obj: Promise) -> set[str]:
        tick = {"open"} if obj.done_at else {"done"}
        return tick | {"linked"} if obj.kind == Promise.Kind.NEWSLETTER else tick

    def status_of(self, obj: Promise) -> str:
        return _("Done") if obj.done_at else _("Open")

    def get_queryset(self, request: HttpRequest):
        promised = super().get_queryset(request)
        return promised.select_related("line__quote__request", "line__product", "line__position", "done_by").order_by(
            "done_at", "due", "pk"
        )

    def consequences(self, request: HttpRequest, obj: Promise, move: Move) -> list[str]:
        """Before somebody ticks it off: what the counted addresses say of it."""
        if move.name != "keep":
            return []
        return [
            ngettext(
                "%(number)d click so far on the counted address to %(url)s.",
                "%(number)d clicks so far on the counted address to %(url)s.",
                number,
            )
            % {"number": number, "url": link.url}
            for link, number in self._links(obj)
        ]

    def _links(self, obj: Promise) -> list[tuple[TrackedLink, int]]:
        links = list(obj.links.order_by("pk"))
        clicks = mail_links.clicks(links)
        return [(link, clicks.get(link.pk, 0)) for link in links]

    def get_fields(self, request: HttpRequest, obj: Promise | None = None):
        fields = super().get_fields(request, obj)
        has_links = obj is not None and obj.kind == Promise.Kind.NEWSLETTER
        return [name for name in fields if name != "counted" or has_links]

    @admin.display(description=gettext_lazy("Counted addresses"))
    def counted(self, obj: Promise) -> SafeString | str:
        """Addresses for the newsletter, to be copied, each with where it leads and how often it was followed."""
        links = [(mail_links.address(link), link, number) for link, number in self._links(obj)]
        return render_to_string("admin/ads/promise/_links.html", {"links": links}) if links else "–"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # an order makes them

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return False  # ticked off by a move, with proof

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["moves"] = [(move, self.move_url(obj, move.name)) for move in self.open_moves(request, obj)]
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=gettext_lazy("What"), ordering="kind")
    def what(self, obj: Promise) -> str:
        return obj.get_kind_display()

    @admin.display(description=gettext_lazy("Client"))
    def client(self, obj: Promise) -> SafeString:
        deal = obj.line.quote.request
        address = reverse("admin:ads_adrequest_change", args=[deal.pk])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', address, deal.company)

    @admin.display(description=gettext_lazy("State"), ordering="done_at")
    def state(self, obj: Promise) -> SafeString:
        if obj.done_at:
            done = date_format(timezone.localtime(obj.done_at), "SHORT_DATE_FORMAT")
            return format_html(
                '<span class="desk-state desk-state--live">{}</span>', _("Done on %(day)s") % {"day": done}
            )
        if obj.due and obj.due < timezone.localdate():
            return format_html('<span class="desk-state desk-state--overdue">{}</span>', _("Overdue"))
        return format_html('<span class="desk-state">{}</span>', _("Open"))

    @admin.display(description=gettext_lazy("Proof"))
    def proof(self, obj: Promise) -> SafeString | str:
        if obj.link:
            return format_html('<a href="{0}" rel="noopener noreferrer nofollow" dir="ltr">{0}</a>', obj.link)
        return obj.note or "–"
