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
    # Story by story, of the few names that begin so: a list of all live ones is long.
    live = Article.objects.live(at).in_language(language).filter(pk=OuterRef("article"))
    begins = Q(name__istartswith=typed) | Q(name__icontains=f" {typed}")
    tagged = Article.tags.through.objects.filter(Exists(live), tag=OuterRef("pk"))
    tags = Tag.objects.filter(begins, Exists(tagged), language=language).order_by("name")[:OF_A_KIND]
    begins |= Q(name_ar__istartswith=typed) | Q(name_ar__icontains=f" {typed}")
    signed = Byline.objects.filter(Exists(live), author=OuterRef("pk"))
    authors = Author.objects.filter(begins, Exists(signed)).order_by("name")[:OF_A_KIND]
    found = [Suggestion(tag.name, _("Topic"), tag.get_absolute_url()) for tag in tags]
    found += [Suggestion(author.display_name, _("Author"), author.get_absolute_url()) for author in authors]
    headed = headlines.headed(Article.objects.all(), typed).live(at).newest_first()
    stories = headed.only("headline", "language", "month", "slug", "kind", "sponsor_name")
    # Of the language are those that are looked at here: SQLite would go through all the stories it has.
    for story in [story for story in stories if story.language == language][: MOST - len(found)]:
        kind = _("Paid for by %(sponsor)s") % {"sponsor": story.sponsor_name} if story.is_sponsored else _("Story")
        found.append(Suggestion(story.headline, kind, story.get_absolute_url()))
    return found
