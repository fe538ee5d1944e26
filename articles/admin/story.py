"""The story in the admin: a form over the newest draft, whose every save is a verb of `articles.workflow`."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.db import models
from django.db.models import Case, Prefetch, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from .. import comparing, reviewing, workflow
from ..content import ROW_FIELDS, TIMES, Content, head
from ..editor import NoncedMediaMixin
from ..models import Article, Author, Byline, MediaAsset, Section, Series
from ..readiness import clashes_of_time, objections
from ..zoned_times import ZonedSplitDateTimeField
from .coverage import CoverageMixin
from .history import HistoryMixin
from .listing import StoryListMixin
from .moves import Move, MovesMixin, ReasonForm
from .notes import NotesMixin
from .previews import PreviewsMixin
from .publishing import PublishForm, publish_or_schedule
from .screen import ScreenMixin
from .sharing import SharingMixin
from .story_form import BylineInline, StoryForm, content_of, may_edit_all
from .together import TogetherMixin
from .words import WordsMixin

Status = Article.Status


def _move(name: str, label, question, verb, targets, permissions, done, **options) -> Move:
    return Move(
        name=name,
        label=label,
        question=question,
        verb=verb,
        targets=frozenset(targets),
        permissions=permissions,
        done=done,
        errors=(workflow.WorkflowError,),
        **options,
    )


# Moves that concern one revision, the one that was read.
READ_FIRST = {"approve", "publish"}
EDITORS = ("articles.publish_article", "articles.handle_sponsored")
WRITERS = ("articles.write_article", "articles.handle_sponsored")


def own_language_first(request: HttpRequest) -> Case:
    """Sorts what stands in the story's language, or in that of the desk for a new one, above the rest."""
    language = getattr(request, "story_language", None) or get_language() or "en"
    return Case(When(language=language, then=0), default=1)


@admin.register(Article)
class StoryAdmin(
    ScreenMixin,
    WordsMixin,
    StoryListMixin,
    TogetherMixin,
    CoverageMixin,
    PreviewsMixin,
    SharingMixin,
    MovesMixin,
    HistoryMixin,
    NotesMixin,
    NoncedMediaMixin,
    admin.ModelAdmin,
):
    form = StoryForm
    inlines = [BylineInline]
    change_form_template = "admin/articles/article/change_form.html"
    autocomplete_fields = ["translation_of", "tags"]
    moves = (
        _move(
            "submit",
            gettext_lazy("Submit for review"),
            gettext_lazy("Hand this story to the editors?"),
            workflow.submit,
            [Status.IN_REVIEW],
            WRITERS,
            gettext_lazy("The editors have it now."),
        ),
        _move(
            "publish",
            gettext_lazy("Publish"),
            gettext_lazy("Give this text to readers?"),
            publish_or_schedule,
            [Status.LIVE, Status.SCHEDULED],
            EDITORS,
            gettext_lazy("Published."),
            form=PublishForm,
        ),
        _move(
            "approve",
            gettext_lazy("Approve"),
            gettext_lazy("Say yes to this text? A later change will need a new approval."),
            workflow.approve,
            [Status.APPROVED],
            EDITORS,
            gettext_lazy("Approved."),
        ),
        _move(
            "changes",
            gettext_lazy("Ask for changes"),
            gettext_lazy("Give this text back to its writers? What readers have stays as it is."),
            workflow.ask_for_changes,
            [Status.DRAFT],
            EDITORS,
            gettext_lazy("Its writers know what should change."),
            form=ReasonForm,
        ),
        _move(
            "return",
            gettext_lazy("Back to draft"),
            gettext_lazy("Make this story a draft again, for its writers to go on with?"),
            workflow.return_to_draft,
            [Status.DRAFT],
            EDITORS,
            gettext_lazy("It is a draft again."),
        ),
        _move(
            "withdraw",
            gettext_lazy("Withdraw"),
            gettext_lazy("Take this story from readers? Its address answers “not found” at once."),
            workflow.withdraw,
            [Status.WITHDRAWN],
            EDITORS,
            gettext_lazy("Withdrawn. Readers no longer find it."),
            is_grave=True,
        ),
        _move(
            "spike",
            gettext_lazy("Spike"),
            gettext_lazy("Drop this story? Its text stays on file."),
            workflow.spike,
            [Status.SPIKED],
            EDITORS,
            gettext_lazy("Spiked."),
            is_grave=True,
        ),
    )

    formfield_overrides = {
        models.DateTimeField: {"form_class": ZonedSplitDateTimeField, "widget": ZonedSplitDateTimeField.widget}
    }
    move_template = "admin/articles/article/confirm_move.html"
    view_on_site = False  # the status bar links to what is public

    # Who sees and does what.

    def get_queryset(self, request: HttpRequest):
        authors = Prefetch("bylines", queryset=Byline.objects.select_related("author").order_by("order"))
        stories = super().get_queryset(request).visible_to(request.user).select_related("section", "created_by", "hero")
        # Without the texts: lists do not show them, and the form shows those of the draft.
        return stories.prefetch_related(authors).defer("body", "standfirst")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Article | None:
        """The story as its newest draft has it, not as readers see it."""
        article = super().get_object(request, object_id, from_field)
        if article:
            article.published, article.draft = copy(article), head(article)
            article.window = self.window_of(request, article)
            shown = article.draft = article.window.content or article.draft
            if article.is_released and article.was_public(timezone.now()) and shown.publish_at is None:
                shown = replace(shown, publish_at=article.publish_at)
            for name in (*ROW_FIELDS, *TIMES):
                setattr(article, name, getattr(shown, name))
        return article

    def reachable(self, obj: Article) -> set[str]:
        """Also for the changed draft of a released story, whose own status stays."""
        pending = {Status.IN_REVIEW, Status.APPROVED, Status.DRAFT} if obj.has_unpublished_changes else set()
        return super().reachable(obj) | pending

    def open_moves(self, request: HttpRequest, obj) -> list[Move]:
        return [move for move in super().open_moves(request, obj) if reviewing.fits(obj, move.name)]

    def may_make(self, request: HttpRequest, obj: Article, move: Move) -> bool:
        """The ad desk moves what is paid for, as readers know it and as it is drafted; it never publishes news."""
        user = request.user
        if user.has_perm("articles.publish_article"):
            return True
        if move.name == "submit" and user.has_perm("articles.write_article"):
            return True
        return user.has_perm("articles.handle_sponsored") and obj.is_sponsored and obj.published.is_sponsored

    def confirmed(self, request: HttpRequest, obj: Article, move: Move) -> dict[str, Any]:
        """The revision that the person read before deciding."""
        number = request.POST.get("revision", "")
        return {"revision": int(number)} if move.name in READ_FIRST and number.isdecimal() else {}

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts, object_id: str) -> HttpResponse:
        """What a person may not open is not there for them."""
        raise Http404

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        # What was public is withdrawn, what never was is spiked; only an operator deletes.
        return request.user.is_superuser

    # The form.

    def get_form(self, request: HttpRequest, obj: Article | None = None, change: bool = False, **kwargs):
        request.story_language = obj.language if obj else None
        form = super().get_form(request, obj, change, **kwargs)
        refusal = getattr(request, "refusal", None)
        return type(form.__name__, (form,), {"refusal": refusal}) if refusal else form

    def formfield_for_choice_field(self, db_field, request: HttpRequest, **kwargs):
        writes_news = may_edit_all(request.user) or request.user.has_perm("articles.write_article")
        if db_field.name == "kind" and not writes_news:
            kwargs["choices"] = [(kind.value, kind.label) for kind in Article.Kind.sponsored()]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field, request: HttpRequest, **kwargs):
        if db_field.name == "section":
            kwargs["queryset"] = Section.objects.order_by(own_language_first(request), "language", "order", "name")
        if db_field.name == "series":
            kwargs["queryset"] = Series.objects.order_by(own_language_first(request), "language", "title")
        if db_field.name == "translation_of":
            kwargs["queryset"] = Article.objects.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        request.window = self.window_of(request, None)
        initial = {"language": get_language() or "en", "session_key": request.window.session_key}
        if content := request.window.content:
            initial |= {name.removesuffix("_id"): value for name, value in vars(content).items()}
            initial["tags"] = content.tag_ids
        return initial

    def get_formset_kwargs(self, request: HttpRequest, obj: Article, inline, prefix: str) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        kwargs["queryset"] = Byline.objects.none()
        if request.method != "POST":
            if obj.pk:
                kwargs["initial"] = [
                    {"author": credit.author_id, "role": credit.role, "order": place}
                    for place, credit in enumerate(obj.draft.bylines, start=1)
                ]
            elif request.window.content:
                kwargs["initial"] = [
                    {"author": credit.author_id, "role": credit.role, "order": place}
                    for place, credit in enumerate(request.window.content.bylines, start=1)
                ]
            elif author := Author.objects.filter(user=request.user).first():
                kwargs["initial"] = [{"author": author.pk, "order": 1}]
        return kwargs

    # Saving: the verb, and what it refused.

    def save_model(self, request: HttpRequest, obj: Article, form, change: bool) -> None:
        """Nothing yet: the byline belongs to the content, so the verb waits for it."""

    def save_related(self, request: HttpRequest, form: StoryForm, formsets, change: bool) -> None:
        content = content_of(form, formsets[0])
        for remark in form.remarks:
            messages.info(request, remark)
        at, key = timezone.now(), form.cleaned_data["session_key"]
        try:
            if change:
                request.saved = workflow.save_draft(
                    form.instance,
                    content,
                    base_revision=form.cleaned_data["base_revision"] or 0,
                    by=request.user,
                    at=at,
                    session_key=key,
                    settles=form.cleaned_data["settles"],
                )
            else:
                article = workflow.create(content, by=request.user, at=at, session_key=key)
                form.instance.pk, form.instance.status = article.pk, article.status
        except workflow.WorkflowError as refusal:
            request.refusal = refusal

    def construct_change_message(self, request: HttpRequest, form, formsets, add: bool = False):
        return _("Saved revision.") if not add else _("Began the story.")

    def log_addition(self, request: HttpRequest, obj: Article, message):
        return None if hasattr(request, "refusal") else super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Article, message):
        return None if hasattr(request, "refusal") else super().log_change(request, obj, message)

    def response_add(self, request: HttpRequest, obj: Article, post_url_continue: str | None = None) -> HttpResponse:
        return self._respond(request, obj, None)

    def response_change(self, request: HttpRequest, obj: Article) -> HttpResponse:
        return self._respond(request, obj, str(obj.pk))

    def _respond(self, request: HttpRequest, obj: Article, object_id: str | None) -> HttpResponse:
        if isinstance(getattr(request, "refusal", None), workflow.StaleRevision):
            messages.warning(request, str(request.refusal))
            return redirect(self.form_url(obj, settle=request.refusal.conflict.number))
        if hasattr(request, "refusal") and not getattr(request, "is_repeated", False):
            # Once more with the same POST: the form now says what was refused, and keeps every word.
            request.is_repeated = True
            response = self.changeform_view(request, object_id)
            response.status_code = 409
            return response
        self.say_what_was_merged(request)
        for move in self.moves:
            if f"_{move.name}" in request.POST:
                return redirect(self.move_url(obj, move.name))
        messages.success(request, _("Saved. Readers see it when it is published."))
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", quote(obj.pk))

    def render_change_form(
        self, request: HttpRequest, context, add=False, change=False, form_url="", obj: Article | None = None
    ):
        context |= self.words_context(request, obj, is_refused=bool(context["errors"]))
        context |= self.screen_context(request, obj, context)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def problems(self, request: HttpRequest, obj: Article, move: Move) -> list[str]:
        if move.name != "publish":
            return []
        at = timezone.now()
        when = workflow.publication_time(obj.published, obj.draft, at=at)
        # A change of a story that readers have may wait for its time: the form says so.
        times = [] if obj.published.was_public(at) and obj.is_released else clashes_of_time(obj.draft, when, at=at)
        against = objections(obj, obj.draft, number=obj.head_number, at=at)
        return [*workflow.obstacles(obj.draft), *against, *times]

    def more(self, request: HttpRequest, obj: Article, move: Move) -> dict[str, Any]:
        """Whoever says yes sees to what: what changed since somebody last did."""
        hero = MediaAsset.objects.filter(pk=obj.hero_id).first()
        known: dict[str, Any] = {"card_picture": hero.url("3x2", 480) if hero else ""}
        if move.name not in READ_FIRST:
            return known
        known["approval"] = reviewing.approval_of(obj)
        if move.name == "publish":
            known |= self.checks_context(obj, obj.draft, timezone.now())
        agreed = reviewing.last_agreed(obj)
        if agreed is None or agreed.number == obj.head_number:
            return known
        return known | {
            "agreed": agreed,
            "comparison": comparing.compare(Content.from_json(agreed.content), obj.draft, by=request.user),
        }
