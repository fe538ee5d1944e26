"""The channels of a story: a checklist beside it, a page with the texts, and one POST for what a person does."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import share_list, share_text, sharing
from ..models import Article, Channel, Share


class SharingMixin:
    """For the ModelAdmin of stories."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:number>/channels/", view(self.channels_view), name="articles_article_channels"),
            path("<int:number>/channels/<int:channel>/", view(self.share_view), name="articles_article_share"),
            *super().get_urls(),
        ]

    def sharing_context(self, request: HttpRequest, obj: Article) -> dict[str, Any]:
        """For the story screen: its channels in short."""
        if not request.user.has_perm("articles.view_share"):
            return {}
        return {"channel_entries": share_list.entries(obj, at=timezone.now())}

    def channels_view(self, request: HttpRequest, number: int) -> HttpResponse:
        article = self._shared_story(request, number)
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        return self._channels_page(request, article)

    def share_view(self, request: HttpRequest, number: int, channel: int) -> HttpResponse:
        """What a person does with one channel: `do` is decide, send, leave or prove."""
        article = self._shared_story(request, number)
        if not request.user.has_perm("articles.change_share"):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        known = Channel.objects.networks()
        mine = Share.objects.filter(channel=OuterRef("pk"), article=article)
        found = get_object_or_404(known.filter(Q(is_active=True) | Exists(mine)), pk=channel)
        try:
            said = self._done(request, article, found)
        except sharing.ShareRefused as refusal:
            # With what was typed, so that nobody types it twice.
            typed = {
                "channel": found.pk,
                "wording": request.POST.get("wording", ""),
                "link": request.POST.get("link", ""),
            }
            return self._channels_page(request, article, refused=typed | {"why": str(refusal)}, status=400)
        self.log_change(request, article, f"{found}: {said}")
        messages.success(request, said)
        return redirect(f"{reverse('admin:articles_article_channels', args=[article.pk])}#channel-{found.pk}")

    def _done(self, request: HttpRequest, article: Article, channel: Channel) -> str:
        common: dict[str, Any] = {"by": request.user, "at": timezone.now()}
        what = request.POST.get("do", "")
        if what == "decide":
            is_wanted = bool(request.POST.get("is_wanted"))
            sharing.decide(article, channel, is_wanted=is_wanted, wording=self._wording(request, channel), **common)
            return _("Saved.")
        if what == "send":
            if "wording" in request.POST:
                wording = self._wording(request, channel)
                sharing.decide(article, channel, is_wanted=True, wording=wording, **common)
            sharing.share_now(article, channel, **common)
            return _("It is on its way.")
        if what == "leave":
            share = get_object_or_404(Share, article=article, channel=channel)
            sharing.leave_out(share, **common)
            return _("It does not go there.")
        if what == "prove":
            sharing.prove(article, channel, request.POST.get("link", ""), **common)
            return _("The link is kept as the proof.")
        raise sharing.ShareRefused(_("Choose what to do by one of the buttons."))

    def _wording(self, request: HttpRequest, channel: Channel) -> str:
        """What is typed; empty where it is the channel's own, which may change meanwhile."""
        typed = request.POST.get("wording", "").replace("\r\n", "\n").strip()
        longest = Share._meta.get_field("wording").max_length or 0
        if len(typed) > longest:
            raise sharing.ShareRefused(_("This text is too long to be kept: %(most)d characters.") % {"most": longest})
        return "" if typed == share_list.wording_of(channel).strip() else typed

    def _shared_story(self, request: HttpRequest, number: int) -> Article:
        article = self._story(request, str(number))
        if not request.user.has_perm("articles.view_share"):
            raise PermissionDenied
        return article

    def _channels_page(
        self, request: HttpRequest, article: Article, *, refused: dict[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": article,
            "title": _("Channels"),
            "back": reverse("admin:articles_article_change", args=[article.pk]),
            "entries": share_list.written(article, article.draft, at=timezone.now()),
            "refused": refused or {},
            "places": [f"{{{place}}}" for place in share_text.PLACES],
            "may_share": request.user.has_perm("articles.change_share"),
        }
        return TemplateResponse(request, "admin/articles/article/channels.html", context, status=status)
