"""Who is told by mail what happened to a story: its writers of decisions, colleagues of notes that call them.

Each is queued in the transaction of what it tells, so it goes out once or not at all. Staff have no language of their
own: they are written to in the site's. Nobody is told of what they did themselves, nor of a story they may not open.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import mail
from .models import Article, Brand, Byline, Note, Revision, User

APPROVED = gettext_lazy("Approved: %(headline)s")
CHANGES_ASKED = gettext_lazy("Changes asked for: %(headline)s")
PUBLISHED = gettext_lazy("Published: %(headline)s")


def colleagues(article: Article) -> QuerySet[User]:
    """The staff who may open a story: `Article.objects.visible_to`, read the other way round, in one query."""
    # As the row has it: the admin's own copy of a story says what the draft says.
    kind, begun_by = Article.objects.values_list("kind", "created_by").get(pk=article.pk)
    may_open = _with("articles.publish_article")
    if kind == Article.Kind.STORY:
        signed = Byline.objects.filter(article=article, author__user__isnull=False).values("author__user")
        may_open |= _with("articles.write_article") & (Q(pk=begun_by) | Q(pk__in=signed))
    else:
        may_open |= _with("articles.handle_sponsored")
    return User.objects.filter(may_open, is_active=True, is_staff=True).order_by("username")


def _with(permission: str) -> Q:
    holders = User.objects.with_perm(permission, backend="django.contrib.auth.backends.ModelBackend")
    return Q(pk__in=holders.values("pk"))


def tell_writers(article: Article, subject, *, by: User | None, note: str) -> None:
    """Tell who began a story and who wrote its newest draft. What a command does (`by` None) is told to nobody."""
    if by is None:
        return
    newest = Revision.objects.filter(article=article, number=article.head_number)
    headline, writer = newest.values_list("content__headline", "author").first() or (article.headline, None)
    if writers := {article.created_by_id, writer} - {None, by.pk}:
        people = colleagues(article).filter(pk__in=writers)
        _send(people, subject, "decision", article, headline, {"by": by, "note": note})


def tell_mentioned(note: Note, people: Iterable[User]) -> None:
    """Tell colleagues of a note that calls them, or answers theirs."""
    context = {"by": note.author, "note": note.text, "fragment": f"note-{note.pk}"}
    _send(people, gettext_lazy("A note for you: %(headline)s"), "note", note.article, note.article.headline, context)


def _send(people: Iterable[User], subject, template: str, article: Article, headline: str, context: dict) -> None:
    page = "notes" if template == "note" else "change"
    with translation.override(settings.LANGUAGE_CODE):
        title = str(subject) % {"headline": headline}
        url = settings.SITE_URL + reverse(f"admin:articles_article_{page}", args=[article.pk])
        context = {**context, "title": title, "headline": headline, "article": article, "url": url, "site": _site()}
        for address in sorted({person.email for person in people if person.email}):
            body = render_to_string(f"articles/mail/{template}.txt", context)
            mail.post(subject=title, body=body, to=[address])


def _site() -> str:
    return _("%(site)s, the desk") % {"site": Brand.current().said("name", settings.LANGUAGE_CODE)}
