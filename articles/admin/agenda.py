"""The agenda in the admin: what is due when, what failed and why; called off or tried again by a move."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import agenda
from ..models import DueAction
from ..models.due import LATE
from ..refusals import WorkflowError
from ..zoned_times import in_words
from .counting import CappedPaginator
from .moves import Move, MovesMixin

State = DueAction.State
EDITORS = ("articles.publish_article", "articles.handle_sponsored")


class StateFilter(admin.SimpleListFilter):
    """What an editor comes for, before everything that was ever done."""

    title = gettext_lazy("state")
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin):
        return [("late", _("Late or failed")), ("done", _("Done")), ("cancelled", _("Called off")), ("all", _("All"))]

    def queryset(self, request: HttpRequest, queryset):
        if self.value() == "all":
            return queryset
        if self.value() == "late":
            late = Q(state__in=State.unfinished(), due_at__lt=timezone.now() - LATE)
            return queryset.filter(late | Q(state=State.FAILED))
        states = {"done": [State.DONE], "cancelled": [State.CANCELLED]}
        return queryset.filter(state__in=states.get(self.value(), agenda.OPEN))

    def choices(self, changelist):
        [_every, *rest] = super().choices(changelist)
        is_open = self.value() is None
        link = changelist.get_query_string(remove=[self.parameter_name])
        return [{"selected": is_open, "query_string": link, "display": _("To do")}, *rest]


@admin.register(DueAction)
class AgendaAdmin(MovesMixin, admin.ModelAdmin):
    if_empty = gettext_lazy("Nothing is due. Stories with a time to come out, to end or to change stand here.")
    list_display = ["what_is_due", "story", "when", "standing", "to_do", "attempts", "error"]
    list_display_links = None
    list_filter = [StateFilter, "kind"]
    list_per_page = 50
    search_fields = ["article__headline"]
    show_full_result_count = False
    paginator = CappedPaginator
    fields = readonly_fields = ("what_is_due", "story", "when", "standing", "attempts", "last_error", "asked_by")
    moves = (
        Move(
            name="again",
            label=gettext_lazy("Try again"),
            question=gettext_lazy("Try this once more, at once?"),
            verb=agenda.try_again,
            targets=frozenset([State.WAITING]),
            permissions=EDITORS,
            done=gettext_lazy("It is tried again within seconds."),
            errors=(WorkflowError,),
        ),
        Move(
            name="cancel",
            label=gettext_lazy("Call off"),
            question=gettext_lazy("Call this change off? Readers keep the text they have; the draft stays as it is."),
            verb=agenda.call_off,
            targets=frozenset([State.CANCELLED]),
            permissions=EDITORS,
            done=gettext_lazy("Called off. Readers keep the text they have."),
            errors=(WorkflowError,),
            is_grave=True,
        ),
    )

    # Who sees and does what.

    def get_queryset(self, request: HttpRequest):
        actions = super().get_queryset(request).visible_to(request.user)
        return actions.select_related("article", "revision", "asked_by").defer("revision__content", "article__body")

    def get_ordering(self, request: HttpRequest):
        """What is to be done in the order of its time, so late first; what is over newest first."""
        is_over = request.GET.get("now") in ("done", "cancelled", "all")
        return ["-due_at", "-pk"] if is_over else ["due_at", "pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: DueAction | None = None) -> bool:
        return False  # only moves change it

    def has_delete_permission(self, request: HttpRequest, obj: DueAction | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Agenda"), **(extra_context or {})})

    def may_move(self, request: HttpRequest, obj: DueAction) -> bool:
        return self.has_view_permission(request, obj)

    def reachable(self, obj: DueAction) -> set[str]:
        is_change = obj.kind == DueAction.Kind.CHANGE
        again = {State.WAITING} if obj.state == State.FAILED else set()
        return again | ({State.CANCELLED} if is_change and obj.state in agenda.OPEN else set())

    def may_make(self, request: HttpRequest, obj: DueAction, move: Move) -> bool:
        user = request.user
        return user.has_perm("articles.publish_article") or (
            user.has_perm("articles.handle_sponsored") and obj.article.is_sponsored
        )

    def status_of(self, obj: DueAction) -> str:
        return obj.get_state_display()

    def back_from(self, obj: DueAction) -> str:
        return reverse("admin:articles_article_change", args=[obj.article_id])

    def consequences(self, request: HttpRequest, obj: DueAction, move: Move) -> list[str]:
        said = [_("%(what)s, due %(time)s") % {"what": self.what_is_due(obj), "time": in_words(obj.due_at)}]
        return [*said, _("Last error: %(error)s") % {"error": obj.last_error}] if obj.last_error else said

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts, object_id: str) -> HttpResponse:
        raise Http404

    # What stands in the list.

    @admin.display(description=gettext_lazy("What"))
    def what_is_due(self, obj: DueAction) -> str:
        what = obj.what()
        return what[:1].upper() + what[1:]

    @admin.display(description=gettext_lazy("Story"))
    def story(self, obj: DueAction) -> SafeString:
        return format_html('<a href="{}" dir="auto">{}</a>', self.back_from(obj), obj.article.headline)

    @admin.display(description=gettext_lazy("When"), ordering="due_at")
    def when(self, obj: DueAction) -> SafeString:
        return format_html('<time datetime="{}">{}</time>', obj.due_at.isoformat(), in_words(obj.due_at))

    @admin.display(description=gettext_lazy("State"))
    def standing(self, obj: DueAction) -> SafeString:
        is_late = obj.is_overdue(timezone.now())
        name, words = ("overdue", _("overdue")) if is_late else (obj.state, obj.get_state_display())
        return format_html('<span class="desk-state desk-due--{}">{}</span>', name, words)

    @admin.display(description=gettext_lazy("Last error"))
    def error(self, obj: DueAction) -> SafeString | str:
        return obj.last_error and format_html('<span class="desk-due__error" dir="auto">{}</span>', obj.last_error)

    @admin.display(description=gettext_lazy("To do"))
    def to_do(self, obj: DueAction) -> SafeString:
        again = self.move_link(obj, "again") if obj.state == State.FAILED else ""
        off = self.move_link(obj, "cancel") if State.CANCELLED in self.reachable(obj) else ""
        return format_html("{} {}", again, off)

    def move_link(self, obj: DueAction, name: str) -> SafeString:
        label = next(move.label for move in self.moves if move.name == name)
        return format_html('<a class="desk-due__move" href="{}">{}…</a>', self.move_url(obj, name), label)
