"""The same thing done to several stories of the list: one page that asks, one verb a story, and a result for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from .. import workflow
from ..content import head
from ..models import Article, Section, Tag
from .listing import sections_first
from .moves import Move, MoveForm

# So many at once: each is a transaction of its own, and somebody waits for them.
MOST = 100

# The moves of the story screen that may be made with several stories.
MOVES = ("submit", "approve", "withdraw", "spike")


class Refused(Exception):
    """Raised for a story that this cannot be done to; its text is a sentence for the person who tried."""


class TagForm(forms.Form):
    """A tag by its name: each story takes the one of its own language."""

    tag = forms.CharField(
        label=gettext_lazy("Tag"),
        max_length=80,
        help_text=gettext_lazy("Its name, as it stands in the list of tags. Each story takes the tag of its language."),
        widget=forms.TextInput({"class": "vTextField", "dir": "auto", "autocomplete": "off"}),
    )

    def __init__(self, *args, obj, user, **kwargs) -> None:
        super().__init__(*args, **kwargs)

    def clean_tag(self) -> dict[str, Tag]:
        found = {tag.language: tag for tag in Tag.objects.filter(name__iexact=self.cleaned_data["tag"].strip())}
        if not found:
            raise forms.ValidationError(_("There is no tag of this name. Make it first, under Tags."))
        return found


class SectionForm(forms.Form):
    section = forms.ModelChoiceField(Section.objects.none(), label=gettext_lazy("Section"))

    def __init__(self, *args, obj, user, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["section"]
        field.queryset = Section.objects.all()
        menu = [(section.pk, section.name) for section in sections_first(get_language() or "en")]
        field.choices = [("", "–"), *menu]


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing that can be done to several stories. `do` raises Refused or WorkflowError."""

    name: str
    label: str | Promise
    question: str | Promise
    form: Callable[..., forms.Form]
    do: Callable[..., None]
    is_grave: bool = False


def add_tag(article: Article, *, tag: dict[str, Tag], by, at) -> None:
    chosen, content = tag.get(article.language), head(article)
    if chosen is None:
        raise Refused(_("There is no such tag in its language."))
    if chosen.pk in content.tag_ids:
        raise Refused(_("It has this tag already."))
    _save(article, replace(content, tag_ids=[*content.tag_ids, chosen.pk]), by=by, at=at)


def set_section(article: Article, *, section: Section, by, at) -> None:
    content = head(article)
    if section.language != article.language:
        raise Refused(_("This section is in another language than the story."))
    if content.section_id == section.pk:
        raise Refused(_("It is in this section already."))
    _save(article, replace(content, section_id=section.pk), by=by, at=at)


def _save(article: Article, content, *, by, at) -> None:
    workflow.save_draft(article, content, base_revision=article.head_number, by=by, at=at)


class TogetherMixin:
    """For the ModelAdmin of stories: the actions of its list."""

    together_template = "admin/articles/article/together.html"

    def get_actions(self, request: HttpRequest) -> dict[str, tuple[Callable, str, str]]:
        """What this person may do with stories at all; each story is asked again. Nobody deletes from the list."""
        if "_popup" in request.GET or not self.has_change_permission(request):
            return {}
        return {task.name: (self._action(task), task.name, task.label) for task in self._tasks(request)}

    def _tasks(self, request: HttpRequest) -> list[Task]:
        moves = {move.name: move for move in self.moves}
        offered = [
            move
            for move in (moves[name] for name in MOVES)
            if any(request.user.has_perm(permission) for permission in move.permissions)
        ]
        tasks = [
            Task(
                name=move.name,
                label=move.label,
                question=move.question,
                form=MoveForm,
                do=self._mover(request, move),
                is_grave=move.is_grave,
            )
            for move in offered
        ]
        drafted = _("Stories that readers have already get a new draft; they see it when it is published.")
        tasks.insert(2, Task(name="tag", label=_("Add a tag"), question=drafted, form=TagForm, do=add_tag))
        tasks.insert(
            3, Task(name="section", label=_("Set the section"), question=drafted, form=SectionForm, do=set_section)
        )
        return tasks

    def _mover(self, request: HttpRequest, move: Move) -> Callable[..., None]:
        def do(article: Article, *, by, at, **said: Any) -> None:
            if not self.may_make(request, article, move):
                raise Refused(_("Your login may not do this with it."))
            if move not in self.open_moves(request, article):
                status = article.get_status_display()
                raise Refused(_("It is “%(status)s” now, so this cannot be done.") % {"status": status})
            move.verb(article, by=by, at=at, **said)

        return do

    def _action(self, task: Task) -> Callable:
        def act(modeladmin, request: HttpRequest, queryset) -> HttpResponse | None:
            return self._ask_or_do(request, queryset, task)

        return act

    def _ask_or_do(self, request: HttpRequest, queryset, task: Task) -> HttpResponse | None:
        """First a page that asks; its POST does it, story by story."""
        is_confirmed = "confirmed" in request.POST
        form = task.form(request.POST if is_confirmed else None, obj=None, user=request.user)
        if is_confirmed and form.is_valid():
            numbers = [n for n in request.POST.getlist(ACTION_CHECKBOX_NAME) if n.isdecimal()][:MOST]
            self._do(request, task, numbers, form.cleaned_data)
            return None
        stories = list(queryset[: MOST + 1])
        if len(stories) > MOST:
            said = _("At most %(count)d stories at once. Choose fewer, page by page.") % {"count": MOST}
            self.message_user(request, said, messages.ERROR)
            return None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": task.label,
            "task": task,
            "form": form,
            "stories": stories,
            "checkbox": ACTION_CHECKBOX_NAME,
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, self.together_template, context, status=400 if form.errors else 200)

    def _do(self, request: HttpRequest, task: Task, numbers: list[str], said: dict[str, Any]) -> None:
        at = timezone.now()
        done, refused = 0, defaultdict(list)
        for number in numbers:
            article = self.get_object(request, number)
            if article is None or not self.has_change_permission(request, article):
                refused[_("It is not there any more, or not yours to open.")].append(f"#{number}")
                continue
            try:
                if request.POST.get(f"revision-{number}") != str(article.head_number):
                    raise Refused(_("Somebody saved it after you opened the page."))
                task.do(article, by=request.user, at=at, **said)
            except (Refused, workflow.WorkflowError) as refusal:
                refused[str(refusal)].append(article.headline)
            else:
                done += 1
        if done:
            words = ngettext("%(what)s: %(count)d story done.", "%(what)s: %(count)d stories done.", done)
            self.message_user(request, words % {"what": task.label, "count": done}, messages.SUCCESS)
        for reason, headlines in refused.items():
            words = ngettext(
                "%(count)d refused: %(reason)s (%(headlines)s)",
                "%(count)d refused: %(reason)s (%(headlines)s)",
                len(headlines),
            )
            named = pgettext("between headlines", "; ").join(headlines[:10])
            named += " …" if len(headlines) > 10 else ""
            values = {"count": len(headlines), "reason": reason, "headlines": named}
            self.message_user(request, words % values, messages.WARNING)
