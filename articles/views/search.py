"""The search page, and what it proposes while somebody types."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse, translate_url
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import search as searching
from .. import search_extracts, search_misses, search_query, search_spelling, search_suggest
from ..models import Article, Author, Section
from ..public_forms import over_limit
from ..search import Filters, Found
from ..signals import searched_in_vain

PER_PAGE = 20
NEWEST = 5
# Of one network, which may be a whole mobile operator's.
SEARCHES_A_MINUTE = 120
SUGGESTIONS_A_MINUTE = 600


@dataclass
class Asked:
    """What the address says, as far as it can be understood. `notes` says in sentences what could not."""

    q: str = ""
    section: Section | None = None
    author: Author | None = None
    since: date | None = None
    until: date | None = None
    sections: list[Section] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def filters(self) -> Filters:
        return Filters(
            section_id=self.section.pk if self.section else None,
            author_id=self.author.pk if self.author else None,
            since=self.since,
            until=self.until,
        )

    @property
    def is_narrowed(self) -> bool:
        return self.filters != Filters()

    def address(self, *, q: str | None = None, has_filters: bool = True, page: int = 1) -> str:
        """The address of the same search, with other words, without filters or of another page."""
        said = {"q": self.q if q is None else q}
        if has_filters:
            said |= {
                "section": self.section.slug if self.section else "",
                "author": self.author.slug if self.author else "",
                "from": self.since.isoformat() if self.since else "",
                "to": self.until.isoformat() if self.until else "",
            }
        if page > 1:
            said["page"] = str(page)
        return f"{reverse('articles:search')}?{urlencode({name: value for name, value in said.items() if value})}"


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    at, language = timezone.now(), get_language() or "en"
    asked = read(request.GET, language)
    if asked.q and over_limit("search", request, limit=SEARCHES_A_MINUTE, seconds=60):
        asked.notes = [_("Too many searches came from your network. Please wait a minute, then search again.")]
        return answer(request, asked, {"is_halted": True}, status=429)
    question = searching.read(asked.q)
    found = searching.find(question, language=language, at=at, filters=asked.filters)
    page = Paginator(found.numbers, PER_PAGE).get_page(request.GET.get("page"))
    results = [(story, *search_extracts.shown(story, question.stems)) for story in searching.stories(list(page), at=at)]
    context = {"found": found, "page": page, "results": results, **pages(asked, page), **instead(asked, found, at)}
    if question.terms and not found.numbers and not asked.is_narrowed:
        words = search_misses.words_of(question, asked.q)
        agent = request.META.get("HTTP_USER_AGENT", "")
        searched_in_vain.send(search, words=words, language=language, agent=agent, at=at)
    return answer(request, asked, context)


def read(said: QueryDict, language: str) -> Asked:
    asked = Asked(sections=list(Section.objects.filter(language=language, is_active=True).order_by("order", "name")))
    typed = " ".join(said.get("q", "").split())
    asked.q = typed[: search_query.LONGEST].strip()
    if len(typed) > search_query.LONGEST:
        asked.notes.append(
            _("Your search was longer than %(most)d characters. Its beginning was searched for.")
            % {"most": search_query.LONGEST}
        )
    asked.section = next((one for one in asked.sections if one.slug == said.get("section")), None)
    if slug := said.get("author"):
        asked.author = Author.objects.filter(slug=slug[:120]).first()
    asked.since, asked.until = (_day(said.get(name, ""), asked.notes) for name in ("from", "to"))
    if asked.since and asked.until and asked.since > asked.until:
        asked.since, asked.until = asked.until, asked.since
        asked.notes.append(_("The first day was later than the last. They were exchanged."))
    return asked


def _day(text: str, notes: list[str]) -> date | None:
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        notes.append(_("“%(text)s” is not a day of the calendar. It was left out.") % {"text": text[:20]})
    return day


def pages(asked: Asked, page: Page) -> dict[str, str]:
    return {
        "before": asked.address(page=page.number - 1) if page.has_previous() else "",
        "after": asked.address(page=page.number + 1) if page.has_next() else "",
    }


def instead(asked: Asked, found: Found, at: datetime) -> dict:
    """What is offered where nothing was found, or nothing was asked for."""
    if found.numbers:
        return {}
    language = get_language() or "en"
    newest = Article.objects.live(at).news().in_language(language).for_cards().newest_first()[:NEWEST]
    meant = search_spelling.meant(asked.q, language=language, at=at) if asked.q else ""
    return {
        "newest": list(newest),
        "meant": meant,
        "meant_address": meant and asked.address(q=meant, has_filters=False),
    }


def answer(request: HttpRequest, asked: Asked, context: dict, *, status: int = 200) -> HttpResponse:
    alternates = {code: translate_url(reverse("articles:search"), code) for code, _name in settings.LANGUAGES}
    fixed = {"asked": asked, "alternates": alternates, "everything": asked.address(has_filters=False)}
    response = render(request, "articles/search.html", fixed | context, status=status)
    # A story that is withdrawn is gone with the next request.
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    found: list[search_suggest.Suggestion] = []
    if not over_limit("suggest", request, limit=SUGGESTIONS_A_MINUTE, seconds=60):
        found = search_suggest.suggest(request.GET.get("q", ""), language=get_language() or "en", at=timezone.now())
    headers = {"Cache-Control": "no-cache", "X-Robots-Tag": "noindex"}
    return JsonResponse({"suggestions": [asdict(one) for one in found]}, headers=headers)
