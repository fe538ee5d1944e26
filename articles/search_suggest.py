"""What fits while somebody types: headlines, subjects and authors, of live stories alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from . import headlines
from .models import Article, Author, Byline, Tag

MOST = 6
OF_A_KIND = 2
SHORTEST = 2


@dataclass(frozen=True)
class Suggestion:
    text: str
    kind: str
    url: str


def suggest(typed: str, *, language: str, at: datetime) -> list[Suggestion]:
    """MOST of them at most, subjects and authors first. Four queries; none for a single letter."""
    typed = " ".join(typed.replace("\0", " ").split())[:80]
    if len(typed) < SHORTEST:
        return []
    live = Article.objects.live(at).in_language(language)
    begins = Q(name__istartswith=typed) | Q(name__icontains=f" {typed}")
    tagged = Article.tags.through.objects.filter(tag=OuterRef("pk"), article__in=live.values("pk"))
    tags = Tag.objects.filter(begins, Exists(tagged), language=language).order_by("name")[:OF_A_KIND]
    begins |= Q(name_ar__istartswith=typed) | Q(name_ar__icontains=f" {typed}")
    signed = Byline.objects.filter(author=OuterRef("pk"), article__in=live.values("pk"))
    authors = Author.objects.filter(begins, Exists(signed)).order_by("name")[:OF_A_KIND]
    found = [Suggestion(tag.name, _("Topic"), tag.get_absolute_url()) for tag in tags]
    found += [Suggestion(author.display_name, _("Author"), author.get_absolute_url()) for author in authors]
    headed = headlines.headed(Article.objects.all(), typed).live(at).in_language(language).newest_first()
    stories = headed.only("headline", "language", "month", "slug", "kind", "sponsor_name")[: MOST - len(found)]
    for story in stories:
        kind = _("Paid for by %(sponsor)s") % {"sponsor": story.sponsor_name} if story.is_sponsored else _("Story")
        found.append(Suggestion(story.headline, kind, story.get_absolute_url()))
    return found
