"""Drafts as pages: for staff in a frame, and for guests by a link that only they have.

What a guest gets is never stored, indexed, counted or filled with advertising, and does not say where it came from.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import get_resolver, reverse
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from .. import previews
from ..content import Content
from ..models import Article, PreviewLink, Revision
from ..public_forms import FILLED_HIDDEN, TRIED_PER_HOUR, PublicForm, over_limit, same_site
from ..rehearsal import pictures_of, rehearse
from .media import FOR_STAFF, send
from .stories import surroundings

PRIVATE = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
}
# Programs that open what somebody sent: they get a page without the draft, and use up no view. "Cubot" is a phone.
PROGRAM = re.compile(
    r"(?<!cu)bot\b|bot/|crawl|spider|preview|externalhit|whatsapp/|embedly|scan|^curl|^wget|^python|^$", re.IGNORECASE
)


# Words shared by staff and guests: the page itself.


def draw(
    request: HttpRequest,
    article: Article,
    content: Content,
    template: str,
    context: dict[str, Any],
    *,
    at: datetime,
) -> str:
    """A content in a public template, as it would be on its page; the chrome is in the language of this moment.

    `context` has `preview`: what the strip above the page says, and the sign for every part to leave out what counts
    or fills.
    """
    shown = rehearse(article, content, at=at)
    return render_to_string(template, surroundings(shown, at) | {"alternates": {}} | context, request)


# For guests.


class CommentForm(PublicForm):
    """What a guest says of a draft."""

    prefix = "comment"
    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name", "dir": "auto"})
    )
    text = forms.CharField(
        label=gettext_lazy("Your comment"), max_length=4000, widget=forms.Textarea({"rows": 5, "dir": "auto"})
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class ApprovalForm(PublicForm):
    """A guest's yes to the revision that they read."""

    prefix = "approve"
    name = forms.CharField(
        label=gettext_lazy("Your full name"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name", "dir": "auto"}),
    )
    agreed = forms.BooleanField(
        label=gettext_lazy("I have read this text and approve it for publication."),
        error_messages={"required": gettext_lazy("Tick the box to approve the text.")},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


def private(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For every address with a token: the same headers and, where there is nothing, the same page as anywhere."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if request.method == "POST" and not same_site(request, has_secret_address=True):
            raise PermissionDenied
        try:
            response = view(request, *args, **kwargs)
        except Http404 as nothing:
            response = get_resolver().resolve_error_handler(404)(request, exception=nothing)  # type: ignore[call-arg]
        for name, value in PRIVATE.items():
            response.headers[name] = value
        return response

    return wrapped


@private
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """The draft of a link. Opening it counts one view, and changes nothing else."""
    at = timezone.now()
    link = _link(token, at)
    if request.method == "POST":
        return _answer(request, link, token, at)
    if link.is_spent:
        raise Http404
    if request.method == "HEAD":
        return HttpResponse()
    if request.headers.get("Sec-Purpose") or request.headers.get("Purpose"):
        return HttpResponse(_("Not ahead of time."), status=403, content_type="text/plain; charset=utf-8")
    if PROGRAM.search(request.headers.get("User-Agent", "")) and "open" not in request.GET:
        return render(request, "articles/preview_closed.html")
    language = _shown(link)[1].language
    if language != get_language():
        with translation.override(language):
            return HttpResponseRedirect(reverse("articles:preview", args=[token]))
    if not previews.open_once(link, at=at):
        raise Http404
    return _page(request, link, token, at=at)


@private
@require_safe
def preview_received(request: HttpRequest, token: str) -> HttpResponse:
    """Says that an answer arrived, and what was signed off."""
    link = _link(token, timezone.now())
    return render(request, "articles/preview_answer.html", _around(link, token))


@private
@require_safe
def preview_picture(request: HttpRequest, token: str, path: str) -> HttpResponseBase:
    """A picture of the draft that a link shows, and no other."""
    link = _link(token, timezone.now())
    if path.partition("/")[0] not in {asset.key.hex for asset in pictures_of(_shown(link)[1])}:
        raise Http404
    return send(request, path, FOR_STAFF)


def _link(token: str, at: datetime) -> PreviewLink:
    link = previews.find(token, at=at)
    if link is None:
        raise Http404
    return link


def _shown(link: PreviewLink) -> tuple[Revision, Content]:
    revision = previews.shown_revision(link)
    if revision is None:
        raise Http404
    return revision, Content.from_json(revision.content)


def _answer(request: HttpRequest, link: PreviewLink, token: str, at: datetime) -> HttpResponse:
    """Take a comment or a sign-off; what cannot be taken stays in its form, above the newest text."""
    approves = request.POST.get("do") == "approve"
    if not (link.can_approve if approves else link.can_comment):
        raise PermissionDenied
    form: PublicForm = ApprovalForm(request.POST) if approves else CommentForm(request.POST)
    if over_limit("preview-tried", request, limit=TRIED_PER_HOUR) or (
        form.is_valid() and over_limit("preview", request)
    ):
        form.add_error(None, _("Many answers came from your network in the last hour. Please try again later."))
        return _page(request, link, token, at=at, refused=form, status=429)
    if not form.is_valid():
        return _page(request, link, token, at=at, refused=form, status=403 if form.is_forged else 400)
    said = {"revision_number": form.cleaned_data["revision"], "name": form.cleaned_data["name"]}
    is_silent = form.suspicion == FILLED_HIDDEN
    try:
        if approves:
            previews.approve(link, at=at, is_silent=is_silent, **said)
        else:
            previews.comment(link, at=at, is_silent=is_silent, text=form.cleaned_data["text"], **said)
    except previews.PreviewRefused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, link, token, at=at, refused=form, status=409)
    return redirect("articles:preview_received", token)


def _page(
    request: HttpRequest,
    link: PreviewLink,
    token: str,
    *,
    at: datetime,
    refused: PublicForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The draft with its forms. After a refusal it is drawn again, where a link without a limit allows that; else the
    form stands alone."""
    revision, content = _shown(link)
    context = _around(link, token)
    first = {"revision": revision.number}
    if link.can_comment:
        context["comment"] = CommentForm(initial=first)
    if link.can_approve:
        context["approve"] = ApprovalForm(initial=first)
    if refused is not None:
        context["approve" if isinstance(refused, ApprovalForm) else "comment"] = _about(refused, revision)
    context["refused"] = refused
    context["approval"] = next((one for one in context["approvals"] if one.revision_number == revision.number), None)
    if refused and link.max_views is not None:
        return render(request, "articles/preview_answer.html", context, status=status)
    context["preview"] |= {"number": revision.number, "saved_at": revision.created_at}
    html = draw(request, link.article, content, "articles/preview.html", context, at=at)
    return HttpResponse(_with_pictures(html, content, token), status=status)


def _about(form: PublicForm, revision: Revision) -> PublicForm:
    """A refused form, to be sent again about the text that stands above it now."""
    number = form.add_prefix("revision")
    if form.data.get(number) != str(revision.number):
        tick = form.add_prefix("agreed")
        form.data = {name: value for name, value in form.data.items() if name != tick} | {number: str(revision.number)}
    return form


def _around(link: PreviewLink, token: str) -> dict[str, Any]:
    return {
        "link": link,
        "address": reverse("articles:preview", args=[token]),
        "comments": link.comments.all(),
        "approvals": link.approvals.all(),
        "preview": {"link": link},
    }


def _with_pictures(html: str, content: Content, token: str) -> str:
    """The page with the addresses of the draft's pictures changed for those that only this link opens."""
    for asset in pictures_of(content):
        public = settings.MEDIA_URL + asset.key.hex
        html = html.replace(public, reverse("articles:preview_picture", args=[token, asset.key.hex]))
    return html
