"""The conversation and the private links of a request in the admin."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import conversation, letters, links
from ..models import AdRequest, RequestMove


class WriteForm(forms.Form):
    """What the desk writes to an advertiser."""

    text = forms.CharField(
        label=gettext_lazy("Write to them"),
        max_length=20_000,
        widget=forms.Textarea({"class": "vLargeTextField", "rows": 6, "dir": "auto"}),
        help_text=gettext_lazy("They get it by mail with their private link, and the clock stops."),
        error_messages={"required": gettext_lazy("Write something first.")},
    )


class LinkForm(forms.Form):
    """For whom a new private link is."""

    email = forms.EmailField(
        label=gettext_lazy("For the address"),
        max_length=254,
        widget=forms.EmailInput({"class": "vTextField", "dir": "ltr"}),
    )
    is_mailed = forms.BooleanField(label=gettext_lazy("Mail it there"), required=False, initial=True)


class ConversationMixin(admin.ModelAdmin):
    """For the admin of requests: write to the advertiser, make links and take them back."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/write/", wrap(self.write), name="ads_adrequest_write"),
            path("<int:pk>/links/", wrap(self.make_link), name="ads_adrequest_link"),
            path("<int:pk>/links/<int:link>/revoke/", wrap(self.revoke_link), name="ads_adrequest_revoke"),
            *super().get_urls(),
        ]

    def conversation_of(self, deal: AdRequest, *, at: datetime) -> dict[str, Any]:
        """What the screen of a request shows of it."""
        return {
            "thread": deal.messages.select_related("author").prefetch_related("material"),
            "links": [(link, link.is_open(at)) for link in deal.links.select_related("created_by")],
            "write_form": WriteForm(auto_id="write_%s"),
            "link_form": LinkForm(auto_id="link_%s", initial={"email": deal.email}),
        }

    def _mine(self, request: HttpRequest, pk: int) -> AdRequest:
        if not request.user.has_perm("ads.answer_adrequest"):
            raise PermissionDenied
        return get_object_or_404(AdRequest, pk=pk)

    def write(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        deal = self._mine(request, pk)
        form = WriteForm(request.POST, auto_id="write_%s")
        if not form.is_valid():
            # The words stay on the page; a redirect would lose them.
            response = self.changeform_view(_read_only(request), str(pk), extra_context={"write_form": form})
            response.status_code = 400
            return response
        conversation.write(deal, form.cleaned_data["text"], by=request.user, at=timezone.now())
        messages.success(request, _("Sent. They get it by mail, and it stands on their page."))
        return redirect("admin:ads_adrequest_change", pk)

    def make_link(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A new link. Its address is shown here, once, to be passed on by hand; it is stored nowhere."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        deal, at = self._mine(request, pk), timezone.now()
        form = LinkForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Write the e-mail address of the person whom the link is for."))
            return redirect("admin:ads_adrequest_change", pk)
        link = links.make(deal, by=request.user, at=at, email=form.cleaned_data["email"])
        _note(deal, _("private link for %(email)s") % {"email": link.email}, by=request.user, at=at)
        if form.cleaned_data["is_mailed"]:
            letters.to_advertiser(deal, gettext_lazy("Your private link"), "link", {}, at=at, link=link)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": deal,
            "title": _("Private link"),
            "link": link,
            "address": links.address(link.key),
            "is_mailed": form.cleaned_data["is_mailed"],
        }
        return TemplateResponse(request, "admin/ads/adrequest/link.html", context)

    def revoke_link(self, request: HttpRequest, pk: int, link: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        deal, at = self._mine(request, pk), timezone.now()
        found = get_object_or_404(deal.links, pk=link)
        if links.revoke(found, by=request.user, at=at):
            _note(deal, _("link of %(email)s revoked") % {"email": found.email}, by=request.user, at=at)
        messages.success(request, _("Revoked. The link opens nothing any more."))
        return redirect("admin:ads_adrequest_change", pk)


def _note(deal: AdRequest, note: str, *, by, at: datetime) -> None:
    """A row of the history for what moves nothing."""
    RequestMove.objects.create(
        request=deal, from_status=deal.status, to_status=deal.status, actor=by, note=note[:300], at=at
    )


def _read_only(request: HttpRequest) -> HttpRequest:
    """The same request as if it only looked."""
    request.method = "GET"
    return request
