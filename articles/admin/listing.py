"""The list of stories: what a row says, the filters a person needs, and a search that is fast among a million."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.db.models import Count, F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from .. import headlines
from ..models import Article, Author, EditLock, Note, Revision, Section
from .counting import CappedPaginator, PagedChangeList

Status = Article.Status

# So many names a menu of authors holds; the others are found by their page.
AUTHORS = 500

# So many names of a byline stand in a row.
NAMES = 3


class Choice(admin.SimpleListFilter):
    """One menu of the filter form. An empty value is no filter; one that is not on the menu is refused."""

    is_flag = False

    def value(self) -> str | None:
        return super().value() or None

    def queryset(self, request: HttpRequest, queryset):
        chosen = self.value()
        if chosen is None:
            return queryset
        if chosen not in {str(value) for value, _label in self.lookup_choices}:
            raise IncorrectLookupParameters
        return self.choose(request, queryset, chosen)

    def choose(self, request: HttpRequest, queryset, chosen: str):
        return queryset.filter(**{self.parameter_name: chosen})

    def has_output(self) -> bool:
        return True

    def menu(self) -> list[dict[str, Any]]:
        chosen = self.value()
        return [
            {"value": value, "label": label, "selected": str(value) == chosen} for value, label in self.lookup_choices
        ]


class HeldFilter(Choice):
    """For what strangers sent by a form: what looked like spam is kept, and looked at here."""

    title = gettext_lazy("Held back as spam")
    parameter_name = "held"
    is_flag = True

    def lookups(self, request: HttpRequest, model_admin):
        return [("1", _("Held back as spam"))]

    def choose(self, request: HttpRequest, queryset, chosen: str):
        return queryset.exclude(suspected="")


class StateFilter(Choice):
    title = gettext_lazy("Status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin):
        waiting = [
            ("needs-review", _("Needs review")),
            ("changed", _("With unpublished changes")),
        ]
        return [*waiting, *Status.choices]

    def choose(self, request: HttpRequest, queryset, chosen: str):
        if chosen == "needs-review":
            return queryset.awaiting_review()
        return queryset.with_unpublished_changes() if chosen == "changed" else queryset.filter(status=chosen)


class SectionFilter(Choice):
    title = gettext_lazy("Section")
    parameter_name = "section"

    def lookups(self, request: HttpRequest, model_admin):
        return [(section.pk, section.name) for section in sections_first(get_language() or "en")]


class LanguageFilter(Choice):
    title = gettext_lazy("Language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin):
        return Article._meta.get_field("language").choices


class KindFilter(Choice):
    title = gettext_lazy("Kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin):
        paid = [(kind.value, kind.label) for kind in Article.Kind.sponsored()]
        return [("news", _("News")), ("paid", _("Everything paid for")), *paid]

    def choose(self, request: HttpRequest, queryset, chosen: str):
        if chosen in ("news", "paid"):
            return queryset.news() if chosen == "news" else queryset.sponsored()
        return queryset.filter(kind=chosen)


class AuthorFilter(Choice):
    title = gettext_lazy("Author")
    parameter_name = "author"

    def lookups(self, request: HttpRequest, model_admin):
        authors = list(Author.objects.order_by("name")[:AUTHORS])
        chosen = self.value()
        if chosen and chosen.isdecimal() and len(chosen) < 19 and int(chosen) not in {a.pk for a in authors}:
            authors.extend(Author.objects.filter(pk=chosen))
        return [(author.pk, author.display_name) for author in authors]

    def choose(self, request: HttpRequest, queryset, chosen: str):
        return queryset.signed_by(int(chosen))


class MineFilter(Choice):
    title = gettext_lazy("Only mine")
    parameter_name = "mine"
    is_flag = True

    def lookups(self, request: HttpRequest, model_admin):
        return [("1", _("Only mine"))]

    def choose(self, request: HttpRequest, queryset, chosen: str):
        return queryset.of(request.user)


class Day(admin.ListFilter):
    """A day of the publisher's zone, in a date field of the filter form. With one the list goes by time published."""

    parameter_name = ""
    is_day = True

    def __init__(self, request: HttpRequest, params: dict, model, model_admin) -> None:
        super().__init__(request, params, model, model_admin)
        self.typed = (params.pop(self.parameter_name, None) or [""])[-1].strip()
        self.used_parameters = {self.parameter_name: self.typed}

    def value(self) -> str | None:
        return self.typed or None

    def has_output(self) -> bool:
        return True

    def choices(self, changelist) -> list[dict[str, Any]]:
        return []

    def expected_parameters(self) -> list[str | None]:
        return [self.parameter_name]

    def moment(self, of_day: time) -> datetime | None:
        if not self.typed:
            return None
        try:
            return timezone.make_aware(datetime.combine(date.fromisoformat(self.typed), of_day))
        except (ValueError, OverflowError):
            raise IncorrectLookupParameters from None


class FromFilter(Day):
    title = gettext_lazy("Published from")
    parameter_name = "from"

    def queryset(self, request: HttpRequest, queryset):
        begin = self.moment(time.min)
        return queryset.filter(publish_at__gte=begin) if begin else queryset


class UntilFilter(Day):
    title = gettext_lazy("Published until")
    parameter_name = "until"

    def queryset(self, request: HttpRequest, queryset):
        end = self.moment(time.max)
        return queryset.filter(publish_at__lte=end) if end else queryset


def sections_first(language: str) -> list[Section]:
    """Every section, those of a language first, as menus show them. One query."""
    return sorted(Section.objects.all(), key=lambda section: section.language != language)


class StoryChangeList(PagedChangeList):
    """A page of stories, with what each row says of its desk in three queries for all of them."""

    def get_ordering_field_columns(self):
        if ORDER_VAR not in self.params and by_time(self.params):
            return {self.list_display.index("published"): "desc"}
        return super().get_ordering_field_columns()

    def get_queryset(self, request: HttpRequest, exclude_parameters=None):
        return super().get_queryset(request, exclude_parameters).select_related("hero")

    def prepare(self, stories: list[Article]) -> None:
        ids = [story.pk for story in stories]
        newest = Revision.objects.filter(article__in=ids, number=F("article__head_number"))
        heads = {head.article_id: head for head in newest.select_related("author").defer("content")}
        held = EditLock.objects.filter(article__in=ids, until__gt=timezone.now()).select_related("owner")
        locks = {lock.article_id: lock for lock in held}
        asked = Note.objects.filter(article__in=ids, resolved_at=None, reply_to=None).order_by()
        notes = dict(asked.values_list("article").annotate(Count("pk")))
        for story in stories:
            story.newest, story.lock, story.open_notes = (
                heads.get(story.pk),
                locks.get(story.pk),
                notes.get(story.pk, 0),
            )


def by_time(params) -> bool:
    return bool(params.get("from") or params.get("until"))


class StoryListMixin:
    """For the ModelAdmin of stories. Only orders and filters that an index serves are offered."""

    change_list_template = "admin/articles/article/change_list.html"
    list_display = ["story", "state", "section", "names", "published", "editor"]
    list_display_links = None  # the headline is the link, so that the label and the lock stand beside it
    list_filter = [
        StateFilter,
        SectionFilter,
        LanguageFilter,
        KindFilter,
        AuthorFilter,
        FromFilter,
        UntilFilter,
        MineFilter,
    ]
    list_per_page = 50
    list_max_show_all = 50
    sortable_by = ["published"]
    search_fields = ["headline"]
    show_full_result_count = False
    paginator = CappedPaginator

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[ChangeList]:
        return StoryChangeList

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return ["-publish_at", "-pk"] if by_time(request.GET) else ["-created_at", "-pk"]

    def get_search_results(self, request: HttpRequest, queryset, search_term: str):
        return (headlines.headed(queryset, search_term) if search_term.strip() else queryset), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Stories"), **(extra_context or {})})

    @admin.display(description=gettext_lazy("Story"))
    def story(self, obj: Article) -> SafeString:
        parts = [format_html('<a class="story-link" href="{}/change/" dir="auto">{}</a>', obj.pk, obj.headline)]
        if obj.hero and (small := obj.hero.url("3x2", 0)):
            # The headline beside it says what it shows.
            parts.insert(
                0, format_html('<img class="story-thumb" src="{}" alt="" width="72" height="48" loading="lazy">', small)
            )
        if obj.is_sponsored:
            label = _("Paid for by %(sponsor)s") % {"sponsor": obj.sponsor_name}
            parts.append(format_html('<span class="desk-label">{}</span>', label))
        if obj.lock:
            until = date_format(timezone.localtime(obj.lock.until), "TIME_FORMAT")
            said = _("Locked by %(who)s until %(time)s") % {"who": name_of(obj.lock.owner), "time": until}
            parts.append(format_html('<span class="story-lock" title="{}">{}</span>', obj.lock.reason, said))
        if obj.open_notes:
            count = obj.open_notes
            said = ngettext("%(count)d open note", "%(count)d open notes", count) % {"count": count}
            parts.append(format_html('<span class="story-notes">{}</span>', said))
        return format_html_join(" ", "{}", ((part,) for part in parts))

    @admin.display(description=gettext_lazy("Status"))
    def state(self, obj: Article) -> SafeString:
        text = obj.get_status_display()
        if obj.has_unpublished_changes:
            text = _("%(status)s, with unpublished changes") % {"status": text}
        return format_html('<span class="desk-state desk-state--{}">{}</span>', obj.status, text)

    @admin.display(description=gettext_lazy("Byline"))
    def names(self, obj: Article) -> str:
        names = [byline.author.display_name for byline in obj.bylines.all()]
        shown = pgettext("between names", ", ").join(names[:NAMES])
        if not (more := len(names) - NAMES) > 0:
            return shown
        return ngettext("%(names)s and %(count)d more", "%(names)s and %(count)d more", more) % {
            "names": shown,
            "count": more,
        }

    @admin.display(description=gettext_lazy("Publish at"), ordering="publish_at")
    def published(self, obj: Article) -> SafeString | str:
        return a_time(obj.publish_at) if obj.publish_at else "–"

    @admin.display(description=gettext_lazy("Last saved"))
    def editor(self, obj: Article) -> SafeString | str:
        if obj.newest is None:
            return "–"
        who = name_of(obj.newest.author)
        return format_html("<bdi>{}</bdi> {}", who, a_time(obj.newest.created_at))


def name_of(user) -> str:
    return (user.get_full_name() or user.username) if user else ""


def a_time(moment: datetime) -> SafeString:
    """A time as short as it is clear: the year only where it is another."""
    local = timezone.localtime(moment)
    words = "j M, H:i" if local.year == timezone.localdate().year else "j M Y, H:i"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), date_format(local, words))
