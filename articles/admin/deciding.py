"""What people decide with a button beside a story's form: about words that were not saved, and about the lock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import autosave, drafting, locking, merging
from ..content import Content, head
from ..drafting import clock, who
from ..html import HtmlRefused
from ..models import Article, Autosave
from ..refusals import WorkflowError


class LockForm(forms.Form):
    """How long somebody wants a story alone, and why."""

    until = forms.ChoiceField(label=gettext_lazy("How long"), choices=locking.Until.choices)
    reason = forms.CharField(
        label=gettext_lazy("Reason (optional; others read it)"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"dir": "auto"}),
    )


class DecidingMixin:
    """For the ModelAdmin of stories: the address of those buttons."""

    def words_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        article = self._story(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        deed: dict[str, Callable[[HttpRequest, Any, datetime], str | None]] = {
            "bring_back": self._bring_back,
            "throw_away": self._throw_away,
        }
        if article:
            deed |= {
                "put_aside": self._put_aside,
                "lock": self._lock,
                "release": self._release,
                "take_over": self._take_over,
            }
        chosen = deed.get(request.POST.get("do", ""))
        if chosen is None:
            sentence = _("Use one of the buttons on the story's page.")
            return HttpResponse(sentence, status=400, content_type="text/plain; charset=utf-8")
        try:
            return redirect(chosen(request, article, timezone.now()) or self.form_url(article))
        except WorkflowError as refusal:
            messages.error(request, str(refusal))
            return redirect(self.form_url(article))

    def _bring_back(self, request: HttpRequest, article: Article | None, at: datetime) -> str | None:
        key = autosave.adopt(article, version=request.POST.get("version", ""), by=request.user)
        if key is None:
            messages.warning(request, _("That text has changed or is gone since. What there is now is shown here."))
            return None
        messages.success(request, _("Your text is back in the form. It is not saved yet."))
        return self.form_url(article, window=key)

    def _throw_away(self, request: HttpRequest, article: Article | None, at: datetime) -> None:
        if autosave.throw_away(article, version=request.POST.get("version", ""), by=request.user):
            messages.success(request, _("Thrown away."))
        else:
            messages.warning(request, _("That text has changed or is gone since. What there is now is shown here."))

    def _put_aside(self, request: HttpRequest, article: Article, at: datetime) -> None:
        number = request.POST.get("number", "")
        if number.isdecimal() and len(number) < 10 and drafting.settle(article, int(number), by=request.user, at=at):
            messages.success(request, _("Put aside. Its words stay in the history."))

    def _lock_form(self, request: HttpRequest) -> dict[str, str]:
        form = LockForm(request.POST)
        if not form.is_valid():
            raise WorkflowError(_("Say how long, and give a reason of at most 200 characters."))
        return form.cleaned_data

    def _lock(self, request: HttpRequest, article: Article, at: datetime) -> None:
        said = self._lock_form(request)
        until = locking.Until(said["until"]).after(at)
        locking.lock(article, until=until, reason=said["reason"], by=request.user, at=at)
        messages.success(request, _("You have this story alone until %(time)s.") % {"time": clock(until)})
        self.log_change(request, article, _("Locked the story."))

    def _release(self, request: HttpRequest, article: Article, at: datetime) -> None:
        locking.release(article, by=request.user, at=at)
        messages.success(request, _("Others can save this story again."))

    def _take_over(self, request: HttpRequest, article: Article, at: datetime) -> None:
        held = locking.current(article, at=at)
        found = autosave.buffer(article, of=held.owner) if held else None
        typed = self._unsaved_of(request, article, found) if found else None
        until = locking.Until.HALF_AN_HOUR.after(at)
        kept = locking.take_over(article, until=until, typed=typed, by=request.user, at=at)
        messages.success(request, _("You have this story alone until %(time)s.") % {"time": clock(until)})
        if kept:
            said = {"who": who(kept.author), "number": kept.number}
            messages.info(request, _("What %(who)s had not saved is kept as revision %(number)d.") % said)
        self.log_change(request, article, _("Took the story over."))

    def _unsaved_of(self, request: HttpRequest, article: Article, found: Autosave) -> Content | None:
        """What somebody has typed beside the newest draft; None also for a text too long to be a revision, which
        stays where it is."""
        try:
            typed = drafting.tidied(self.typed(request, article, found.payload))
        except HtmlRefused:
            return None
        return typed if merging.adds_to(head(article), drafting.base_of(article, found.base_number), typed) else None
