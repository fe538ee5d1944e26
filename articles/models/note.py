from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .article import Article


class NoteQuerySet(models.QuerySet["Note"]):
    def threads(self) -> NoteQuerySet:
        """Without the replies, which lie under what they answer."""
        return self.filter(reply_to=None)

    def open(self) -> NoteQuerySet:
        """What nobody resolved yet; replies are open as long as what they answer."""
        return self.filter(Q(reply_to=None, resolved_at=None) | Q(reply_to__isnull=False, reply_to__resolved_at=None))

    def mentioning(self, user) -> NoteQuerySet:
        """In which somebody is called by name, on stories that this person may open."""
        return self.filter(mentioned=user, article__in=Article.objects.visible_to(user))


MAX_LENGTH = 4000


class Note(models.Model):
    """What colleagues say to each other about a story. Never public. Open until somebody resolves it."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reply_to = models.ForeignKey("self", models.CASCADE, null=True, related_name="replies")
    text = models.TextField(_("note"), max_length=MAX_LENGTH)
    mentioned: models.ManyToManyField = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="mentioned_in"
    )
    revision_number = models.PositiveIntegerField(help_text=_("The revision that the writer saw."))
    created_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [
            # Today and the story list: how many open notes a story has.
            models.Index(fields=["article"], condition=models.Q(resolved_at=None), name="note_open_of_a_story"),
        ]

    def __str__(self) -> str:
        return self.text[:60]
