"""The page on which an issue is composed, and what it will look like."""

from __future__ import annotations

import re

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from articles.zoned_times import in_words

from .. import composing, links, promised, readiness, rehearsing, rendering
from ..models import Issue
from .composition import Composition, choosable, rows_for_preview

# Stories that the chooser shows.
SHOWN = 12
_BUTTON = re.compile(r"(up|down|remove|story|promise)-(\d{1,9})")
_SCHEME = re.compile(r"@media \(prefers-color-scheme: ?dark\)")


class ComposerMixin:
    """For the ModelAdmin of issues: its change form and its preview."""

    def get_urls(self):
        preview = self.admin_site.admin_view(self.preview_view)
        return [
            path("<int:object_id>/preview/", preview, name="audience_issue_preview"),
            *super().get_urls(),
        ]

    def changeform_view(self, request: HttpRequest, object_id=None, form_url="", extra_context=None) -> HttpResponse:
        if object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        issue = self._issue(request, object_id)
        if request.method != "POST":
            return self._page(request, issue, Composition.of(issue))
        if not self.has_change_permission(request, issue):
            raise PermissionDenied
        return self._take(request, issue, request.POST.get("do", "save"))

    def _issue(self, request: HttpRequest, object_id) -> Issue:
        issue = self.get_object(request, str(object_id))
        if issue is None:
            raise Http404
        if not self.has_view_permission(request, issue):
            raise PermissionDenied
        return issue

    def _take(self, request: HttpRequest, issue: Issue, do: str) -> HttpResponse:
        """What one of the buttons says. All but one leave the issue as it is, and draw the page with the change."""
        composition = Composition.typed(request.POST, is_checked=do == "save")
        if do == "save":
            return self._save(request, issue, composition)
        if found := _BUTTON.fullmatch(do):
            deed, number = found[1], int(found[2])
            if deed in ("up", "down"):
                composition.move(number, -1 if deed == "up" else 1)
            elif deed == "remove":
                composition.remove(number)
            elif deed == "story":
                at = timezone.now()
                if chosen := choosable(issue, request.user, "", at=at, besides=set()).filter(pk=number).first():
                    # Wherever it was chosen: what was promised of it is kept by this.
                    offers = promised.offered(issue, at=at) if chosen.is_sponsored else []
                    if own := next((promise for promise in offers if promise.story == chosen), None):
                        composition.add_mention(own)
                    else:
                        composition.add_story(chosen)
            elif promise := next((p for p in promised.offered(issue, at=timezone.now()) if p.pk == number), None):
                composition.add_mention(promise)
        elif do in ("heading", "text", "notice"):
            composition.add(do)
        return self._page(request, issue, composition)

    def _save(self, request: HttpRequest, issue: Issue, composition: Composition) -> HttpResponse:
        composition.prepare(issue, request.user, at=timezone.now())
        if not composition.is_valid:
            return self._page(request, issue, composition, status=400)
        version = composition.words.cleaned_data["version"]
        try:
            composing.save(
                issue,
                composition.words.words(),
                composition.composed(),
                version=version,
                by=request.user,
                at=timezone.now(),
            )
        except composing.ChangedMeanwhile as elsewhere:
            # Saving again is then a decision: theirs stands beside it.
            composition.values["version"] = elsewhere.theirs.version
            composition.is_checked = False
            return self._page(request, issue, composition, refusal=str(elsewhere), theirs=elsewhere.theirs, status=409)
        except composing.IssueRefused as refusal:
            return self._page(request, issue, composition, refusal=str(refusal), status=400)
        messages.success(request, _("Saved."))
        return redirect("admin:audience_issue_change", issue.pk)

    def _page(
        self,
        request: HttpRequest,
        issue: Issue,
        composition: Composition,
        *,
        refusal: str = "",
        theirs: Issue | None = None,
        status: int = 200,
    ) -> HttpResponse:
        at = timezone.now()
        composition.prepare(issue, request.user, at=at)
        may_edit = self.has_change_permission(request, issue) and issue.state in Issue.State.open()
        words = request.POST.get("q", "")
        besides = composition.has("article")
        taken = composition.has("promise")
        moves = [(move, self.move_url(issue, move.name)) for move in self.open_moves(request, issue)]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": issue,
            "title": issue.subject,
            "composition": composition,
            "may_edit": may_edit,
            "refusal": refusal,
            "theirs": theirs,
            "their_blocks": list(theirs.blocks.select_related("article")) if theirs else [],
            "is_unsaved": may_edit and not composition.is_as_saved(issue),
            "q": words,
            "stories": list(choosable(issue, request.user, words, at=at, besides=besides)[:SHOWN]) if may_edit else [],
            "offered": [p for p in promised.offered(issue, at=at) if p.pk not in taken] if may_edit else [],
            "today": timezone.localdate(at),
            "problems": readiness.problems(issue, at=rehearsing.rehearsal_moment(issue, at=at)) if may_edit else [],
            "recipients": composing.recipients_in_words(composing.recipients(issue.newsletter)) if may_edit else "",
            "chip": chip(issue),
            "moves": moves,
            "send_words": in_words(issue.send_at) if issue.send_at else "",
            "preview_url": reverse("admin:audience_issue_preview", args=[issue.pk]),
            "web_url": rendering.web_address(issue) if issue.state in Issue.State.gone_out() else "",
            "subject_shown": readiness.SUBJECT_SHOWN,
        }
        return TemplateResponse(request, "admin/audience/issue/composer.html", context, status=status)

    # What it will look like.

    def preview_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The mail in a frame: as it was saved, as it is typed (by POST, which saves nothing), or as it went out. By
        day or by night, or its text."""
        issue = self._issue(request, object_id)
        said = request.POST if request.method == "POST" else request.GET
        if issue.sent_as:
            html, text = issue.sent_as.get("html", ""), issue.sent_as.get("text", "")
        else:
            made = self._rehearsed(issue, request)
            html, text = made.html, made.text
        if said.get("part") == "text":
            html = render_to_string("admin/audience/issue/text.html", {"text": text, "issue": issue})
        return _framed(html, is_dark=said.get("scheme") == "dark")

    def _rehearsed(self, issue: Issue, request: HttpRequest) -> rendering.Rendered:
        at = now = timezone.now()
        may_edit = self.has_change_permission(request, issue)
        if may_edit:
            # Who only looks sees what readers have: stories that wait for their hour are not for everybody here.
            at = rehearsing.rehearsal_moment(issue, at=now)
        if request.method != "POST" or not may_edit:
            return rendering.render(issue, at=at, is_counted=False)
        composition = Composition.typed(request.POST, is_checked=True)
        composition.prepare(issue, request.user, at=now)
        if composition.words.is_valid():
            typed = composition.words.words()
            issue.subject, issue.preheader, issue.introduction = typed.subject, typed.preheader, typed.introduction
        return rendering.render(issue, at=at, blocks=rows_for_preview(issue, composition), is_counted=False)


def _framed(html: str, *, is_dark: bool) -> HttpResponse:
    """A mail for a frame of ours: its styles let in and nothing else, its links in another window."""
    html = _SCHEME.sub("@media all" if is_dark else "@media not all", html)
    html = html.replace(
        'name="color-scheme" content="light dark"', f'name="color-scheme" content="{"dark" if is_dark else "light"}"'
    )
    html = html.replace(f'src="{settings.SITE_URL}/', 'src="/').replace("<head>", '<head><base target="_blank">', 1)
    for place in (links.PREFERENCES, links.UNSUBSCRIBE):
        html = html.replace(f'href="{place}"', "")
    policy = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; form-action 'none'"
    return HttpResponse(html, headers={"Content-Security-Policy": policy, "X-Frame-Options": "SAMEORIGIN"})


TONES = {
    Issue.State.SCHEDULED: "scheduled",
    Issue.State.SENDING: "live",
    Issue.State.SENT: "approved",
    Issue.State.PAUSED: "withdrawn",
    Issue.State.CANCELLED: "cancelled",
}


def chip(issue: Issue) -> SafeString:
    tone = TONES.get(Issue.State(issue.state), "draft")
    return format_html('<span class="desk-state desk-state--{}">{}</span>', tone, issue.get_state_display())
