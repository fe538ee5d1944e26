"""The picture beside a link to a story, drawn on the server."""

from __future__ import annotations

import logging
import re

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from .. import lettering, share_pictures
from ..models import Article
from .media import A_DAY

logger = logging.getLogger(__name__)

# What is not at its own address, and what stands in for a picture that cannot be drawn just now.
A_MINUTE = "public, max-age=60"
_NAME = re.compile(r"(?:(?P<number>[1-9]\d{0,17})|site-(?P<language>[a-z]{2}))-(?P<version>[0-9a-f]{12})", re.ASCII)


@require_safe
def share_picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """The picture of a story that readers have now, or of the site. An older version leads to the newest, as links in
    posts elsewhere do not change."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise Http404
    if found["number"]:
        stories = Article.objects.live(timezone.now()).select_related("section", "hero").defer("body")
        story = stories.filter(pk=int(found["number"])).first()
        if story is None:
            raise Http404
        return _answer(request, share_pictures.card_of(story), str(story.pk), found["version"], story)
    if found["language"] not in share_pictures.languages():
        raise Http404
    card = share_pictures.card_of_site(found["language"])
    return _answer(request, card, f"site-{found['language']}", found["version"], None)


def _answer(
    request: HttpRequest, card: share_pictures.Card, shelf: str, version: str, story: Article | None
) -> HttpResponseBase:
    if card.version != version:
        newest = share_pictures.address(story) if story else share_pictures.site_address(card.language)
        return _leading_to(newest)
    headers = {"ETag": quote_etag(version), "Cache-Control": A_DAY, "Cross-Origin-Resource-Policy": "cross-origin"}
    if get_conditional_response(request, etag=headers["ETag"]):
        return HttpResponse(status=304, headers=headers)
    try:
        data = share_pictures.picture(card, shelf)
    except (lettering.Undrawable, share_pictures.TooMany):
        return _instead(story)
    except Exception:
        # Whatever a picture or a typeface holds, a link to a story must not show an error beside it.
        logger.exception("The share picture %s could not be drawn.", shelf)
        return _instead(story)
    return HttpResponse(data, content_type="image/jpeg", headers=headers)


def _instead(story: Article | None) -> HttpResponse:
    """The picture that a story leads with. Not for a paid one: that would go out without its label."""
    return _leading_to(story.hero.url("3x2", 1200) if story and story.hero and not story.is_sponsored else "")


def _leading_to(address: str) -> HttpResponse:
    if not address:
        raise Http404
    response = redirect(address)
    response.headers["Cache-Control"] = A_MINUTE
    return response
