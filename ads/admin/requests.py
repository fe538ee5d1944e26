"""Requests in the admin: the queue with its 48-hour clock, the material, and what can be done with it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.admin.moves import Move, MovesMixin
from articles.uploads import word

from .. import deals, intake, sales
from ..models import AdRequest, Material
from .listing import RequestListMixin

Status = AdRequest.Status


def clock_words(left: timedelta) -> tuple[str, str]:
    """A colour and a sentence for the time that is left: over 24 h green, under amber, under 6 h red."""
    days, hours = abs(left) // timedelta(days=1), abs(left) // timedelta(hours=1)
    minutes = abs(left) % timedelta(hours=1) // timedelta(minutes=1)
    if days >= 3:
        span = ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    elif hours:
        span = ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    else:
        span = ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    if left < timedelta(0):
        return "overdue", _("Overdue by %(span)s") % {"span": span}
    colour = "red" if left < timedelta(hours=6) else "amber" if left < timedelta(hours=24) else "green"
    return colour, _("%(span)s left") % {"span": span}


def clock(ad_request: AdRequest, at: datetime) -> SafeString | str:
    left = ad_request.time_left(at)
    if left is None:
        return _("Answered") if ad_request.answered_at else "–"
    return format_html('<span class="desk-clock desk-clock--{}">{}</span>', *clock_words(left))


def _move(name: str, label, question, verb, targets, done, **options) -> Move:
    return Move(
        name=name,
        label=label,
        question=question,
        verb=verb,
        targets=frozenset(targets),
        permissions=("ads.answer_adrequest",),
        done=done,
        errors=(deals.IllegalMove,),
        **options,
    )


@admin.register(AdRequest)
class AdRequestAdmin(RequestListMixin, MovesMixin, admin.ModelAdmin):
    change_form_template = "admin/ads/adrequest/change_form.html"
    readonly_fields = [
        "reference",
        "state",
        "clock",
        "suspected",
        "name",
        "mail_link",
        "company",
        "website_link",
        "country",
        "days",
        "message",
        "received_at",
        "advertiser",
    ]
    fieldsets = [
        (None, {"fields": ["reference", "state", "clock", "received_at"]}),
        (
            gettext_lazy("Who asks"),
            {"fields": ["name", "mail_link", "company", "website_link", "country", "advertiser"]},
        ),
        (gettext_lazy("What they wrote"), {"fields": ["days", "message"]}),
        (gettext_lazy("Our notes"), {"fields": ["notes"]}),
    ]
    moves = (
        _move(
            "answer",
            gettext_lazy("Mark as answered"),
            gettext_lazy("You wrote to them, and the 48-hour clock may stop?"),
            deals.answer,
            [Status.IN_TALKS],
            gettext_lazy("Answered. The clock has stopped."),
        ),
        _move(
            "decline",
            gettext_lazy("Decline"),
            gettext_lazy("Decline this request? Tell them why by mail."),
            deals.decline,
            [Status.DECLINED],
            gettext_lazy("Declined."),
            is_grave=True,
        ),
        _move(
            "close",
            gettext_lazy("Close"),
            gettext_lazy("Nothing is left to do for this request?"),
            deals.close,
            [Status.CLOSED],
            gettext_lazy("Closed."),
        ),
    )

    def get_queryset(self, request: HttpRequest):
        """Those who wait for an answer first, the longest waiting on top; then the newest."""
        return super().get_queryset(request).order_by(F("answer_due_at").asc(nulls_last=True), "-received_at")

    def get_fieldsets(self, request: HttpRequest, obj: AdRequest | None = None):
        """Why it was held back, only where it was."""
        held = [(_("Held back"), {"fields": ["suspected"]})] if obj and obj.suspected else []
        return [*held, *super().get_fieldsets(request, obj)]

    def has_add_permission(self, request: HttpRequest) -> bool:
        # Requests come from advertisers.
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AdRequest | None = None) -> bool:
        return False

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("material/<int:pk>/", wrap(self.download), name="ads_material_download"),
            path("material/<int:pk>/open/", wrap(self.open_as_draft), name="ads_material_open"),
            path("<int:pk>/release/", wrap(self.release), name="ads_adrequest_release"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context, add=False, change=False, form_url="", obj: AdRequest | None = None
    ):
        context["moves"] = [(move, self.move_url(obj, move.name)) for move in self.open_moves(request, obj)]
        context["items"] = obj and obj.items.select_related("position", "product").prefetch_related("material__article")
        context["bookings"] = obj and obj.bookings.select_related("position", "advertiser")
        context["history"] = obj and obj.moves.select_related("actor")
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _material(self, request: HttpRequest, pk: int, permission: str) -> Material:
        if not request.user.has_perm(permission):
            raise PermissionDenied
        return get_object_or_404(Material.objects.select_related("request", "item__product"), pk=pk)

    def release(self, request: HttpRequest, pk: int) -> HttpResponse:
        """It was no spam: let it go, and send the confirmations that were held back."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("ads.answer_adrequest"):
            raise PermissionDenied
        ad_request = get_object_or_404(AdRequest, pk=pk)
        if sales.release(ad_request, by=request.user, at=timezone.now()):
            messages.success(request, _("Released. They and the desk get their mails now."))
        return redirect("admin:ads_adrequest_change", pk)

    def download(self, request: HttpRequest, pk: int) -> FileResponse:
        """The file as it came, always as a download."""
        material = self._material(request, pk, "ads.view_adrequest")
        try:
            file = material.file.open("rb")
        except OSError:
            raise Http404 from None
        extension = {"DOCX": "docx", "JPEG": "jpg", "GIF": "gif"}[material.format]
        name = f"{material.request.reference}-{material.pk}.{extension}"
        response = FileResponse(file, as_attachment=True, filename=name, content_type="application/octet-stream")
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response

    def open_as_draft(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Turn a Word file into a draft story, and go there."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        material = self._material(request, pk, "ads.change_adrequest")
        if material.kind != Material.Kind.WORD or not request.user.has_perm("articles.handle_sponsored"):
            raise PermissionDenied
        try:
            article, dropped = intake.open_as_draft(material, by=request.user, at=timezone.now())
        except word.WordRefused as refusal:
            messages.error(request, refusal.message)
            return redirect("admin:ads_adrequest_change", material.request_id)
        for sentence in dropped:
            messages.warning(request, sentence)
        messages.success(request, _("Here is the draft. Choose a section, check it, and publish."))
        return redirect("admin:articles_article_change", article.pk)

    @admin.display(description=gettext_lazy("Wants"))
    def wanted(self, obj: AdRequest) -> SafeString:
        return format_html_join(", ", "{}", ((item,) for item in obj.items.all()))

    @admin.display(description=gettext_lazy("Dates"))
    def days(self, obj: AdRequest) -> str:
        days = [date_format(day, "SHORT_DATE_FORMAT") for day in (obj.first_day, obj.last_day) if day]
        return " – ".join(days) or _("open")

    @admin.display(description=gettext_lazy("Status"), ordering="status")
    def state(self, obj: AdRequest) -> SafeString:
        text = _("Held: looks like spam") if obj.suspected else obj.get_status_display()
        return format_html('<span class="desk-state desk-state--{}">{}</span>', obj.status, text)

    @admin.display(description=gettext_lazy("Answer due"), ordering="answer_due_at")
    def clock(self, obj: AdRequest) -> SafeString | str:
        return clock(obj, timezone.now())

    @admin.display(description=gettext_lazy("E-mail"))
    def mail_link(self, obj: AdRequest) -> SafeString:
        return format_html('<a href="mailto:{0}?subject={1}" dir="ltr">{0}</a>', obj.email, obj.reference)

    @admin.display(description=gettext_lazy("Website"))
    def website_link(self, obj: AdRequest) -> SafeString:
        return format_html('<a href="{0}" rel="noopener noreferrer nofollow" dir="ltr">{0}</a>', obj.website)
