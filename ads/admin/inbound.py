"""The mailbox in the admin: what came, what became of it, and what a person makes of the rest."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.counting import CappedPaginator
from articles.admin.moves import Move, MoveForm, MovesMixin

from .. import mail_filing
from ..models import AdRequest, InboundMail

Status = InboundMail.Status


class AttachForm(MoveForm):
    """To which deal."""

    request = forms.CharField(
        label=gettext_lazy("Reference of the deal"),
        max_length=16,
        widget=forms.TextInput({"class": "vTextField", "dir": "ltr", "autocomplete": "off"}),
        help_text=gettext_lazy("Such as R-2A3B4C5. It stands on the page of the request."),
    )
    field_order = ["request", "note"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.obj.request:
            self.initial["request"] = self.obj.request.reference

    def clean_request(self) -> AdRequest:
        reference = self.cleaned_data["request"].strip().upper()
        deal = AdRequest.objects.filter(reference=reference).first()
        if deal is None:
            raise forms.ValidationError(_("No deal has this reference. Copy it from the page of the request."))
        return deal


def _move(name: str, label, question, verb, target: str, done, **options) -> Move:
    return Move(
        name=name,
        label=label,
        question=question,
        verb=verb,
        targets=frozenset([target]),
        permissions=("ads.change_inboundmail",),
        done=done,
        errors=(mail_filing.NotFiled,),
        **options,
    )


@admin.register(InboundMail)
class InboundMailAdmin(MovesMixin, admin.ModelAdmin):
    change_form_template = "admin/ads/inboundmail/change_form.html"

    @property
    def if_empty(self) -> str:
        if settings.MAILBOX_URL:
            return _("No mail has come yet. The mailbox is read by itself.")
        return _("No mailbox is set up. The operator names one as MAILBOX_URL, and mails become requests here.")

    list_display = ["mail", "state", "deal", "arrived_at"]
    list_filter = ["status", "arrived_at"]
    list_select_related = ["request"]
    search_fields = ["sender", "subject", "request__reference"]
    list_per_page = 50
    show_full_result_count = False
    paginator = CappedPaginator
    fields = readonly_fields = (
        "state",
        "note",
        "deal",
        "sender_link",
        "subject",
        "arrived_at",
        "authentication",
        "as_it_came",
        "whole_text",
    )
    moves = (
        _move(
            "attach",
            gettext_lazy("Attach to a deal"),
            gettext_lazy("It becomes a message of this deal, and the 48-hour clock runs from now."),
            mail_filing.attach,
            Status.MESSAGE,
            gettext_lazy("Attached. They wait for your answer."),
            form=AttachForm,
        ),
        _move(
            "request",
            gettext_lazy("Make a request of it"),
            gettext_lazy("It becomes a request with 48 hours from now. No confirmation goes out; write to them."),
            mail_filing.make_request,
            Status.REQUEST,
            gettext_lazy("It is a request now."),
        ),
        _move(
            "aside",
            gettext_lazy("Not ours"),
            gettext_lazy("Put this mail aside? It is kept, and can be made a request later."),
            mail_filing.set_aside,
            Status.NOT_OURS,
            gettext_lazy("Put aside."),
        ),
        _move(
            "again",
            gettext_lazy("Read it again"),
            gettext_lazy("Have this mail read once more?"),
            mail_filing.try_again,
            Status.NEW,
            gettext_lazy("It is read again within a minute."),
        ),
    )

    # Who sees and does what.

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: InboundMail | None = None) -> bool:
        return False  # only moves change it

    def has_delete_permission(self, request: HttpRequest, obj: InboundMail | None = None) -> bool:
        return False

    def may_move(self, request: HttpRequest, obj: InboundMail) -> bool:
        return request.user.has_perm("ads.change_inboundmail")

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).select_related("request")

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [path("<int:pk>/raw/", wrap(self.download), name="ads_inboundmail_raw"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None):
        return super().changelist_view(request, {"title": _("Mailbox"), **(extra_context or {})})

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["moves"] = [(move, self.move_url(obj, move.name)) for move in self.open_moves(request, obj)]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def download(self, request: HttpRequest, pk: int) -> FileResponse:
        """The mail as it came, always as a download: it holds what a stranger wrote."""
        if not request.user.has_perm("ads.view_inboundmail"):
            raise PermissionDenied
        mail = get_object_or_404(InboundMail, pk=pk)
        try:
            file = mail.raw.open("rb")
        except OSError:
            raise Http404 from None
        response = FileResponse(
            file, as_attachment=True, filename=f"mail-{mail.pk}.eml", content_type="application/octet-stream"
        )
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response

    # What it shows.

    @admin.display(description=gettext_lazy("Mail"))
    def mail(self, obj: InboundMail) -> SafeString:
        return format_html(
            '<bdi class="desk-mail__from">{}</bdi> <span class="desk-mail__subject" dir="auto">{}</span>',
            obj.sender_name or obj.sender or _("No sender"),
            obj.subject or _("No subject"),
        )

    @admin.display(description=gettext_lazy("Status"), ordering="status")
    def state(self, obj: InboundMail) -> SafeString:
        return format_html(
            '<span class="desk-state desk-mail desk-mail--{}">{}</span>', obj.status, obj.get_status_display()
        )

    @admin.display(description=gettext_lazy("Deal"))
    def deal(self, obj: InboundMail) -> SafeString | str:
        if obj.request is None:
            return "–"
        address = reverse("admin:ads_adrequest_change", args=[obj.request.pk])
        return format_html('<a href="{}"><bdi>{}</bdi> {}</a>', address, obj.request.reference, obj.request.company)

    @admin.display(description=gettext_lazy("From"))
    def sender_link(self, obj: InboundMail) -> SafeString | str:
        return format_html('<bdi>{}</bdi> <bdi dir="ltr">{}</bdi>', obj.sender_name, obj.sender) if obj.sender else "–"

    @admin.display(description=gettext_lazy("As it came"))
    def as_it_came(self, obj: InboundMail) -> SafeString:
        address = reverse("admin:ads_inboundmail_raw", args=[obj.pk])
        label = _("Download the mail, %(size)s") % {"size": filesizeformat(obj.raw.size if obj.raw else 0)}
        return format_html('<a class="button desk-quiet" href="{}">{}</a>', address, label)

    @admin.display(description=gettext_lazy("Text"))
    def whole_text(self, obj: InboundMail) -> SafeString:
        return format_html('<div class="desk-mail__text" dir="auto">{}</div>', obj.text[:50_000] or "–")
