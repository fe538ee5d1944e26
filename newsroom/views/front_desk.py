"""The desk of the front page: its screen, what is done on it, the preview, and the versions there were."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from articles.models import Section
from articles.models.article import ArticleQuerySet

from .. import front_desk, front_screen, frontpage
from ..front_desk import FrontPageRefused, MovedOn, Overtaken
from ..front_forms import (
    BlockForm,
    LiveForm,
    PlaceForm,
    RestoreForm,
    SeenForm,
    SettleForm,
    StoryForm,
    TimeField,
    TimesForm,
)
from ..models import FrontEdition

STORIES = 20
VERSIONS = 20
WIDTHS = (360, 768, 1280)
# How many of the newest stories the chooser searches. An older one is found by its address.
SEARCHED = 2000
_ADDRESS = re.compile(r"/(\d{4})/(\d{1,2})/([^/?#]+)/?(?:[?#].*)?$")

may_edit = permission_required("newsroom.edit_front_page", raise_exception=True)


@require_safe
@may_edit
def start(request: HttpRequest) -> HttpResponse:
    """The page of the language in which the desk is read."""
    return redirect("admin:front_desk", get_language() or "en")


@require_http_methods(["GET", "HEAD", "POST"])
@may_edit
def desk(request: HttpRequest, language: str) -> HttpResponse:
    """GET shows the page as one's draft has it; POST does one thing to it."""
    _known_language(language)
    if request.method != "POST":
        return _screen(request, language)
    deed = DEEDS.get(request.POST.get("action", ""))
    if deed is None:
        return _screen(request, language, error=SeenForm({}).sentence(), status=400)
    form = deed.form(request.POST)
    if not form.is_valid():
        return _screen(request, language, error=form.sentence(), status=400)
    try:
        done = deed.do(language, form, by=request.user, at=timezone.now())
    except (MovedOn, Overtaken) as refusal:
        return _screen(request, language, error=str(refusal), status=409)
    except FrontPageRefused as refusal:
        return _screen(request, language, error=str(refusal), status=400)
    messages.success(request, done)
    return redirect(_here(request, language) + f"#{form.cleaned_data.get('place', '')}".rstrip("#"))


def _here(request: HttpRequest, language: str) -> str:
    """The screen with the chooser as it is: what was searched, and for which place."""
    kept = {name: request.GET[name] for name in ("q", "place") if request.GET.get(name)}
    return reverse("admin:front_desk", args=[language]) + (f"?{urlencode(kept)}" if kept else "")


@dataclass(frozen=True)
class Deed:
    """One thing that the desk can do: what it must be told, and the verb. `do` returns what was done, in words."""

    form: type[SeenForm]
    do: Callable[..., str]


def _place(language: str, form: Any, **who: Any) -> str:
    data = form.cleaned_data
    displaced = front_desk.place(language, data["story"], data["place"], seen=form.seen, **who)
    if displaced:
        return _("Pinned. “%(story)s” is not pinned any more.") % {"story": displaced.headline}
    return _("Pinned.")


def _unpin(language: str, form: Any, **who: Any) -> str:
    front_desk.unpin(language, form.cleaned_data["place"], seen=form.seen, **who)
    return _("Unpinned. The rule fills this place.")


def _hold(language: str, form: Any, **who: Any) -> str:
    data = form.cleaned_data
    front_desk.hold(language, data["place"], since=data["since"], until=data["until"], seen=form.seen, **who)
    return _("The time of the pin is set.")


def _moving(steps: int) -> Callable[..., str]:
    def do(language: str, form: Any, **who: Any) -> str:
        front_desk.move_block(language, form.cleaned_data["section"], steps, seen=form.seen, **who)
        return _("The block is moved.")

    return do


def _showing(is_shown: bool) -> Callable[..., str]:
    def do(language: str, form: Any, **who: Any) -> str:
        front_desk.show_block(language, form.cleaned_data["section"], is_shown, seen=form.seen, **who)
        return _("The block is on the page.") if is_shown else _("The block is hidden.")

    return do


def _undo(language: str, form: Any, **who: Any) -> str:
    front_desk.undo(language, seen=form.seen, **who)
    return _("Undone.")


def _discard(language: str, form: Any, **who: Any) -> str:
    front_desk.discard(language, seen=form.seen, **who)
    return _("Your changes are off the desk. “Undo” brings them back.")


def _settle(language: str, form: Any, **who: Any) -> str:
    merged = front_desk.desk(language, **who).merge
    head = form.cleaned_data["head"]
    front_desk.settle(language, form.theirs(merged.groups), seen=form.seen, head_number=head, **who)
    return _("Decided. Look at the page, then put it live.")


def _restore(language: str, form: Any, **who: Any) -> str:
    number = form.cleaned_data["number"]
    front_desk.restore(language, number, seen=form.seen, **who)
    return _("Version %(number)d is on your desk. Look at it, then put it live.") % {"number": number}


def _put_live(language: str, form: Any, **who: Any) -> str:
    edition = front_desk.put_draft_live(language, seen=form.seen, note=form.cleaned_data["note"], **who)
    return _("Live: version %(number)d. Readers see it now.") % {"number": edition.number}


DEEDS = {
    "place": Deed(StoryForm, _place),
    "unpin": Deed(PlaceForm, _unpin),
    "times": Deed(TimesForm, _hold),
    "block-up": Deed(BlockForm, _moving(-1)),
    "block-down": Deed(BlockForm, _moving(1)),
    "block-hide": Deed(BlockForm, _showing(False)),
    "block-show": Deed(BlockForm, _showing(True)),
    "undo": Deed(SeenForm, _undo),
    "discard": Deed(SeenForm, _discard),
    "settle": Deed(SettleForm, _settle),
    "restore": Deed(RestoreForm, _restore),
    "live": Deed(LiveForm, _put_live),
}


def _screen(request: HttpRequest, language: str, *, error: str = "", status: int = 200) -> HttpResponse:
    at = timezone.now()
    sections = Section.objects.menu(language)
    mine = front_desk.desk(language, by=request.user, at=at)
    names = front_screen.names_for(sections, mine.base, mine.plan, mine.merge.theirs)
    rows = front_screen.rows(language, mine, names, at=at)
    typed, chosen, picked = request.GET.get("q", "")[:200], request.GET.get("place", ""), request.GET.get("story", "")
    every = [place for row in rows for place in row.places]
    context = {
        **admin.site.each_context(request),
        "title": _("Front page"),
        "page_language": language,
        "languages": settings.LANGUAGES,
        "desk": mine,
        "rows": rows,
        "changes": front_screen.changes(mine.base, mine.plan, names),
        "choices": front_screen.choices(mine.merge, names),
        "live_by": front_screen.who(mine.edition.author) if mine.edition else "",
        "here": _here(request, language),
        "stories": list(_found(request, language, typed, picked, at)),
        "typed": typed,
        "picked": picked,
        "chosen": next((place for place in every if place.name == chosen), every[0]),
        "pinned": {pin.story_id: names.of(place) for place, pin in mine.plan.pins.items()},
        "zone": timezone.get_current_timezone_name(),
        "error": error,
        "refused": request.POST if error else {},
        "at": at,
    }
    return render(request, "admin/front/desk.html", context, status=status)


def _found(request: HttpRequest, language: str, typed: str, picked: str, at: datetime) -> ArticleQuerySet:
    """Stories that may be pinned, newest first: all, those with every typed word in the headline, or the one whose
    address was pasted or number picked."""
    stories = front_desk.pinnable(language, by=request.user, at=at)
    cards = stories.select_related("section", "hero").defer("body", "standfirst").newest_first()
    if picked.isdecimal() and len(picked) < 19:
        return cards.filter(pk=picked)
    if address := _ADDRESS.search(typed.strip()):
        year, month, slug = address.groups()
        try:
            return cards.filter(month=date(int(year), int(month), 1), slug=slug)
        except ValueError:
            return cards.none()
    words = typed.split()[:8]
    if words:
        newest = stories.newest_first().values("pk")[:SEARCHED]
        has_words = Q()
        for word in words:
            has_words &= Q(headline__icontains=word) | Q(sponsor_name__icontains=word)
        cards = cards.filter(has_words, pk__in=newest)
    return cards[:STORIES]


@require_safe
@may_edit
def preview(request: HttpRequest, language: str) -> HttpResponse:
    """The page on one's desk, or a version of it, in a frame of a phone's, a tablet's or a computer's width."""
    _known_language(language)
    width = next((w for w in WIDTHS if str(w) == request.GET.get("width")), WIDTHS[-1])
    query = request.GET.copy()
    query.pop("width", None)
    context = {
        **admin.site.each_context(request),
        "title": _("Preview of the front page"),
        "page_language": language,
        "width": width,
        "widths": WIDTHS,
        "query": query.urlencode(),
        "version": request.GET.get("version", ""),
        "moment": request.GET.get("at", ""),
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "admin/front/preview.html", context)


@require_safe
@xframe_options_sameorigin
@may_edit
def preview_page(request: HttpRequest, language: str) -> HttpResponse:
    """The real page from one's draft, or from `version`, as it stands now or will `at` a time. Nothing is counted and
    no position is filled."""
    _known_language(language)
    at = now = timezone.now()
    if asked := request.GET.get("at"):
        try:
            at = TimeField().clean(asked) or now
        except ValidationError as error:
            return _refused_frame(" ".join(error.messages))
    number = request.GET.get("version", "")
    try:
        if number:
            if not number.isdecimal() or len(number) > 9:
                raise FrontPageRefused(_("There is no version of this number."))
            plan = front_desk.plan_of(language, int(number), at=at)
        else:
            plan = front_desk.desk(language, by=request.user, at=now).plan
    except FrontPageRefused as refusal:
        return _refused_frame(str(refusal))
    sections = Section.objects.menu(language)
    page = frontpage.compose(language, sections, at=at, plan=plan)
    with translation.override(language):
        context = {"front": page, "menu": sections, "preview": True, "strip": _strip(number, at if at != now else None)}
        response = render(request, "admin/front/preview_page.html", context)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Content-Language"] = language
    return response


def _strip(number: str, at: datetime | None) -> str:
    """What the strip above a preview says."""
    shown = _("version %(number)s") % {"number": number} if number else _("the page on your desk")
    if at is None:
        return _("Preview, not for readers: %(page)s") % {"page": shown}
    return _("Preview, not for readers: %(page)s, as it will stand at %(time)s") % {
        "page": shown,
        "time": front_screen.moment(at),
    }


def _refused_frame(sentence: str) -> HttpResponse:
    return HttpResponse(sentence, status=400, content_type="text/plain; charset=utf-8")


@require_safe
@may_edit
def versions(request: HttpRequest, language: str) -> HttpResponse:
    """Every version that readers had, newest first: who, when, and what it changed."""
    _known_language(language)
    editions = FrontEdition.objects.filter(language=language).select_related("author").order_by("-number")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 10:
        editions = editions.filter(number__lt=int(before))
    # One more than are told, to compare the last one with.
    told = front_screen.versions(list(editions[: VERSIONS + 1]), Section.objects.menu(language))
    mine = front_desk.desk(language, by=request.user, at=timezone.now())
    context = {
        **admin.site.each_context(request),
        "title": _("Versions of the front page"),
        "page_language": language,
        "versions": told,
        "desk": mine,
        "older": told[-1].edition.number if told and told[-1].edition.number > 1 else 0,
    }
    return render(request, "admin/front/versions.html", context)


def _known_language(language: str) -> None:
    if language not in dict(settings.LANGUAGES):
        raise Http404


def desk_urls(site: AdminSite) -> list[URLPattern]:
    """For `get_urls` of the front page's ModelAdmin, before Django's own."""
    return [
        path("page/<slug:language>/", site.admin_view(desk), name="front_desk"),
        path("page/<slug:language>/preview/", site.admin_view(preview), name="front_preview"),
        path("page/<slug:language>/preview/page/", site.admin_view(preview_page), name="front_preview_page"),
        path("page/<slug:language>/versions/", site.admin_view(versions), name="front_versions"),
    ]
