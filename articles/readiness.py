"""Is a text ready for readers, and when would they get it?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import html
from .content import Content
from .figures import media_ids
from .models import Article, Author, MediaAsset, Section
from .signals import asking_to_publish


def publication_time(article: Article, content: Content, *, at: datetime) -> datetime:
    """When readers get a draft that is published at a moment: at the time it names, else at once. A story that is
    public already keeps its time."""
    if content.publish_at:
        return content.publish_at
    is_public = article.is_released and article.publish_at is not None and article.publish_at <= at
    return article.publish_at if is_public and article.publish_at else at


def obstacles(content: Content) -> list[str]:
    """What stands between a text and its readers, as sentences; empty when nothing does."""
    return [said for _field, said in missing(content, pictures_of(content))]


def missing(content: Content, pictures: Mapping[int, MediaAsset]) -> list[tuple[str, str]]:
    """The same beside the field of the form where each is mended. `pictures` are those of `pictures_of`."""
    problems = []
    if not Section.objects.filter(pk=content.section_id or 0).exists():
        problems.append(("section", str(_("Choose a section."))))
    if not html.text(content.body).strip():
        problems.append(("body", str(_("The body is empty."))))
    names = {credit.author_id for credit in content.bylines}
    if content.kind == Article.Kind.STORY and not names:
        problems.append(("byline", str(_("Say who wrote it: add at least one author, or the newsroom itself."))))
    if names and Author.objects.filter(pk__in=names).count() != len(names):
        problems.append(("byline", str(_("An author of the byline is gone. Save the byline again."))))
    if content.hero_id and content.hero_id not in pictures:
        problems.append(("hero", str(_("The lead picture is gone from the library. Choose another."))))
    return [*problems, *(("", said) for said in _undescribed(sum(not one.is_described for one in pictures.values())))]


def pictures_of(content: Content) -> dict[int, MediaAsset]:
    """The pictures of a text that the library has, by number. One query, or none."""
    wanted = {*media_ids(content.body), *([content.hero_id] if content.hero_id else [])}
    return MediaAsset.objects.in_bulk(wanted) if wanted else {}


def objections(article: Article | None, content: Content, *, number: int | None, at: datetime) -> list[str]:
    """What the floors above have against giving readers a revision, as sentences: a paid story without an order."""
    answers = asking_to_publish.send(Article, article=article, content=content, number=number, at=at)
    return [str(sentence) for _receiver, sentences in answers for sentence in sentences or ()]


def undescribed(pictures: Collection[int]) -> list[str]:
    """What is missing of pictures that readers who cannot see them would miss, as at most one sentence."""
    return _undescribed(MediaAsset.objects.filter(pk__in=pictures).undescribed().count() if pictures else 0)


def _undescribed(bare: int) -> list[str]:
    if not bare:
        return []
    return [
        ngettext(
            "%(count)d picture has no alternative text. Describe it in the media library, or tick “decorative”.",
            "%(count)d pictures have no alternative text. Describe them in the media library, or tick “decorative”.",
            bare,
        )
        % {"count": bare}
    ]


def clashes_of_time(content: Content, publish_at: datetime, *, at: datetime) -> list[str]:
    """What is wrong with the times of a text that is published at `at` for `publish_at`, as sentences."""
    return [said for _field, said in clashing(content, publish_at, at=at)]


def clashing(content: Content, publish_at: datetime, *, at: datetime) -> list[tuple[str, str]]:
    """The same beside the field of the form where each is mended."""
    problems = []
    if content.expire_at and content.expire_at <= max(at, publish_at):
        said = _("The story would expire before anybody could read it. Change “expire at”.")
        problems.append(("expire_at", said))
    if content.embargo_until and content.embargo_until > max(at, publish_at):
        when = date_format(timezone.localtime(content.embargo_until), "DATETIME_FORMAT")
        said = _("It is under embargo until %(time)s (%(zone)s). Publish it for that time or later.") % {
            "time": when,
            "zone": timezone.get_current_timezone_name(),
        }
        problems.append(("publish_at", said))
    return problems
