from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from .byline import Byline
from .correction import Correction
from .coverage import LiveEntry
from .media_use import MediaUse


def this_month() -> date:
    return timezone.localdate().replace(day=1)


# The newest draft is not what readers have. Word for word the condition of the index `article_changed_behind`, and
# without values, so that SQLite sees that the index will do.
CHANGED_BEHIND = ~Q(live_number=F("head_number"))
# Readers got another text since it came out. Word for word the condition of the index `article_newest_changed`.
CHANGED_SINCE = Q(updated_at__gt=F("publish_at"))
# So many bylines are few enough to be listed; who has more is looked for story by story.
FEW_BYLINES = 5000


class ArticleQuerySet(models.QuerySet["Article"]):
    def live(self, at: datetime | None = None) -> ArticleQuerySet:
        """What the public may see at a moment (now, by default). The only gate: no view repeats this filter."""
        at = at or timezone.now()
        return self.released().filter(publish_at__lte=at).unexpired(at)

    def released(self) -> ArticleQuerySet:
        """Published, or approved for a time that may still lie ahead."""
        # The other statuses are left out, instead of these being asked for: nearly all stories are released, and
        # SQLite, which does not know that, would read them all by an index of the status and leave the better one.
        others = [status for status in Article.Status if status not in Article.Status.released()]
        return self.exclude(status__in=others)

    def unexpired(self, at: datetime) -> ArticleQuerySet:
        return self.filter(Q(expire_at=None) | Q(expire_at__gt=at))

    def newest_first(self) -> ArticleQuerySet:
        return self.order_by("-publish_at", "-pk")

    def in_language(self, language: str) -> ArticleQuerySet:
        return self.filter(language=language)

    def awaiting_review(self) -> ArticleQuerySet:
        """Handed to the editors and not answered: drafts, and changes to stories that readers have already."""
        unanswered = Q(approved_number=None) | ~Q(approved_number=F("head_number"))
        changed = self.with_unpublished_changes().filter(unanswered, submitted_number=F("head_number"))
        drafts = self.filter(status=Article.Status.IN_REVIEW)
        # By two indexes: one OR over both would look at every story.
        either = drafts.order_by().values("pk").union(changed.order_by().values("pk"), all=True)
        return self.filter(pk__in=either)

    def with_unpublished_changes(self) -> ArticleQuerySet:
        """Released, with a newer draft behind what readers see."""
        return self.filter(CHANGED_BEHIND).released()

    def showing(self, asset) -> ArticleQuerySet:
        """Those that lead with a picture or have it in their text or live blog, as readers have it or would."""
        uses = MediaUse.objects.filter(asset=asset, version=MediaUse.Version.ROW)
        return self.filter(pk__in=uses.values("article"))

    def news(self) -> ArticleQuerySet:
        """What the newsroom itself decided to write: everything that nobody paid for."""
        # What was paid for is left out, for the reason that stands at `released`: nearly all stories are news.
        return self.exclude(kind__in=Article.Kind.sponsored())

    def sponsored(self) -> ArticleQuerySet:
        return self.filter(kind__in=Article.Kind.sponsored())

    def of(self, user) -> ArticleQuerySet:
        """What somebody began or signs."""
        return self.filter(pk__in=_numbers_of(user))

    def signed_by(self, author: int) -> ArticleQuerySet:
        """Those with an author's name above them. Asks first whether they are few: what is quick for a hundred
        stories is slow for half a million, and the other way round."""
        signed = Byline.objects.filter(author=author).order_by()
        if signed[:FEW_BYLINES].count() < FEW_BYLINES:
            return self.filter(pk__in=signed.values("article"))
        return self.filter(models.Exists(signed.filter(article=models.OuterRef("pk"))))

    def visible_to(self, user) -> ArticleQuerySet:
        """What a member of staff may open in the admin: editors everything, the ad desk what was paid for,
        reporters what they began or sign."""
        return self._visible_to(user, own=Q(pk__in=_numbers_of(user), kind=Article.Kind.STORY))

    def each_visible_to(self, user) -> ArticleQuerySet:
        """As `visible_to`, asked story by story: for a few days of the calendar that is quicker than a list of all
        that somebody may see."""
        signed = Byline.objects.filter(author__user=user, article=models.OuterRef("pk"))
        own = (Q(created_by=user) | Q(models.Exists(signed))) & ~Q(kind__in=Article.Kind.sponsored())
        return self._visible_to(user, own=own)

    def _visible_to(self, user, *, own: Q) -> ArticleQuerySet:
        if not user.is_active:
            return self.none()
        if user.has_perm("articles.publish_article"):
            return self
        seen = Q()
        if user.has_perm("articles.handle_sponsored"):
            seen |= Q(kind__in=Article.Kind.sponsored())
        if user.has_perm("articles.write_article"):
            seen |= own
        return self.filter(seen) if seen else self.none()

    def with_what_is_owed(self, at: datetime) -> ArticleQuerySet:
        """Each with `has_corrections`, and `coverage_version`, the newest of its live entries or None: whether it is
        worth asking for them."""
        corrections = Correction.objects.filter(article=OuterRef("pk"), at__lte=at)
        entries = LiveEntry.objects.filter(article=OuterRef("pk")).order_by("-version")
        return self.annotate(
            has_corrections=Exists(corrections), coverage_version=Subquery(entries.values("version")[:1])
        )

    def for_cards(self) -> ArticleQuerySet:
        """With all that a card draws, in two queries whatever the number of stories; without the bodies."""
        return (
            self.select_related("section", "hero")
            .prefetch_related(
                models.Prefetch("bylines", queryset=Byline.objects.select_related("author").order_by("order"))
            )
            .defer("body")
        )


def _numbers_of(user) -> models.QuerySet:
    """The numbers of the stories that somebody began or signs: two lists, each with its index. One OR over both would
    look at every story."""
    signed = Byline.objects.filter(author__user=user).order_by().values("article")
    return Article.objects.filter(created_by=user).values("pk").union(signed, all=True)


class Article(models.Model):
    """A story as the public sees it, or will. What is being written lies in its revisions."""

    class Kind(models.TextChoices):
        STORY = "story", _("News story")
        PRESS_RELEASE = "press-release", _("Press release")
        ADVERTORIAL = "advertorial", _("Advertorial")
        VIDEO = "video", _("Video content")
        ARTICLE = "article", _("Sponsored article")
        INTERVIEW = "interview", _("Interview")

        @classmethod
        def sponsored(cls) -> list[Article.Kind]:
            return [kind for kind in cls if kind is not cls.STORY]

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in-review", _("In review")
        APPROVED = "approved", _("Approved")
        SCHEDULED = "scheduled", _("Scheduled")
        LIVE = "live", _("Live")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        SPIKED = "spiked", _("Spiked")

        @classmethod
        def released(cls) -> list[Article.Status]:
            return [cls.SCHEDULED, cls.LIVE]

    # Every move that a story can make; `articles.workflow` makes them, and nothing else does.
    MOVES: dict[str, set[str]] = {
        Status.DRAFT: {Status.IN_REVIEW, Status.SCHEDULED, Status.LIVE, Status.SPIKED},
        Status.IN_REVIEW: {Status.DRAFT, Status.APPROVED, Status.SCHEDULED, Status.LIVE, Status.SPIKED},
        Status.APPROVED: {Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED, Status.LIVE, Status.SPIKED},
        Status.SCHEDULED: {Status.DRAFT, Status.SCHEDULED, Status.LIVE, Status.WITHDRAWN},
        Status.LIVE: {Status.LIVE, Status.SCHEDULED, Status.WITHDRAWN},
        Status.WITHDRAWN: {Status.DRAFT, Status.SCHEDULED, Status.LIVE, Status.SPIKED},
        Status.SPIKED: {Status.DRAFT},
    }

    headline = models.CharField(_("headline"), max_length=250)
    slug = models.SlugField(_("slug"), max_length=100, allow_unicode=True)
    month = models.DateField(_("month in the address"), default=this_month, editable=False)
    standfirst = models.TextField(_("standfirst"), blank=True)
    body = models.TextField(_("body"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    translation_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="translations",
        verbose_name=_("translation of"),
    )
    section = models.ForeignKey(
        "articles.Section", models.PROTECT, null=True, blank=True, related_name="articles", verbose_name=_("section")
    )
    tags = models.ManyToManyField(
        "articles.Tag",
        blank=True,
        related_name="articles",
        verbose_name=_("tags"),
    )
    authors: models.ManyToManyField = models.ManyToManyField(
        "articles.Author", through="Byline", related_name="articles"
    )
    hero = models.ForeignKey(
        "articles.MediaAsset",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hero_of",
        verbose_name=_("lead picture"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.STORY)
    sponsor_name = models.CharField(_("paid for by"), max_length=160, blank=True)
    series = models.ForeignKey(
        "articles.Series",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="articles",
        verbose_name=_("series"),
    )
    series_part = models.PositiveSmallIntegerField(
        _("part"), null=True, blank=True, help_text=_("Its place in the series. Empty: by its date.")
    )
    search_title = models.CharField(_("title for search engines"), max_length=120, blank=True)
    search_description = models.CharField(_("description for search engines"), max_length=300, blank=True)

    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False)
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True)
    expire_at = models.DateTimeField(_("expire at"), null=True, blank=True)
    embargo_until = models.DateTimeField(
        _("embargo until"), null=True, blank=True, help_text=_("Nobody can publish it for an earlier time.")
    )
    live_until = models.DateTimeField(
        null=True, editable=False, help_text=_("Until when it carries the live pill: its live blog is being written.")
    )
    public_since = models.DateTimeField(
        null=True,
        editable=False,
        help_text=_("When readers could first see it. Its address stays what it was then, or leaves a redirect."),
    )
    updated_at = models.DateTimeField(
        _("updated"), null=True, editable=False, help_text=_("When readers last got another text.")
    )
    head_number = models.PositiveIntegerField(default=0, editable=False)
    live_number = models.PositiveIntegerField(null=True, editable=False)
    submitted_number = models.PositiveIntegerField(
        null=True, editable=False, help_text=_("The revision that was handed to the editors.")
    )
    approved_number = models.PositiveIntegerField(
        null=True, editable=False, help_text=_("The revision that an editor approved.")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("begun by"),
    )
    created_at = models.DateTimeField(editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        permissions = [
            ("write_article", "Can write stories of one's own"),
            ("publish_article", "Can open, publish and withdraw any story"),
            ("handle_sponsored", "Can open, publish and withdraw sponsored stories"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="story", sponsor_name="") | (~Q(kind="story") & ~Q(sponsor_name="")),
                name="article_sponsored_means_named",
                violation_error_message=_(
                    "A sponsored story names who paid for it, and a news story has nobody to name."
                ),
            ),
            models.UniqueConstraint(
                fields=["month", "slug"],
                name="article_slug_unique_per_month",
                violation_error_message=_("Another story of this month already has this slug."),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["live", "scheduled"]) | Q(publish_at__isnull=False),
                name="article_released_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(expire_at=None) | Q(publish_at=None) | Q(expire_at__gt=F("publish_at")),
                name="article_expires_after_it_is_published",
                violation_error_message=_("A story can expire only after it is published."),
            ),
            models.CheckConstraint(
                condition=~Q(translation_of=F("id")),
                name="article_not_a_translation_of_itself",
                violation_error_message=_("A story cannot be a translation of itself."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "in-review", "approved", "scheduled", "live", "withdrawn", "spiked"]),
                name="article_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["story", "press-release", "advertorial", "video", "article", "interview"]),
                name="article_kind_is_known",
            ),
        ]
        indexes = [
            # Front page, feeds, previous and next, archive: the newest of a language. With what `live` asks for, so
            # that the archive counts without a look at the rows, which are long.
            models.Index(
                fields=["language", "-publish_at", "-id", "status", "expire_at"], name="article_newest_of_language"
            ),
            # The index of sitemaps, read from here alone: how many stories a month has, and when they changed.
            models.Index(fields=["month", "status", "publish_at", "expire_at", "updated_at"], name="article_month"),
            # Section pages and the blocks of the front page. With what `live` asks for, as above.
            models.Index(
                fields=["section", "-publish_at", "-id", "status", "expire_at"], name="article_newest_in_section"
            ),
            # The sponsored band of the front page; few rows among many.
            models.Index(fields=["kind", "language", "-publish_at"], name="article_newest_of_kind"),
            # The admin's list, newest work first.
            models.Index(fields=["-created_at", "-id"], name="article_newest_made"),
            # A reporter's list.
            models.Index(fields=["created_by", "-created_at"], name="article_newest_of_somebody"),
            # The admin's list by each of its filters, newest work first. What follows the id is there to be filtered
            # further without a look at the rows, which are long.
            models.Index(
                fields=["status", "-created_at", "-id", "section", "kind", "language"], name="article_list_by_status"
            ),
            models.Index(fields=["section", "-created_at", "-id", "status"], name="article_list_by_section"),
            models.Index(fields=["kind", "-created_at", "-id"], name="article_list_by_kind"),
            models.Index(fields=["language", "-created_at", "-id"], name="article_list_by_language"),
            # The admin's list between two days, and the calendar, which reads all of a month and no rows.
            models.Index(
                fields=["-publish_at", "-id", "status", "section", "kind", "language"], name="article_list_by_time"
            ),
            models.Index(fields=["status", "-publish_at", "-id"], name="article_status_by_time"),
            # The calendar and Today: embargoes and expiries, which few stories have.
            models.Index(
                fields=["embargo_until"], condition=Q(embargo_until__isnull=False), name="article_under_embargo"
            ),
            models.Index(fields=["expire_at"], condition=Q(expire_at__isnull=False), name="article_expiring"),
            # Needs review, and the list of what has unpublished changes: few stories among many. With all that these
            # two ask for, or SQLite would rather look at every row.
            models.Index(
                fields=[
                    "-created_at",
                    "-id",
                    "status",
                    "submitted_number",
                    "approved_number",
                    "head_number",
                    "live_number",
                ],
                condition=CHANGED_BEHIND,
                name="article_changed_behind",
            ),
            # The checks of a story: has another the same title for search engines, or as its headline?
            models.Index(fields=["search_title", "headline"], name="article_titles"),
            # The content API by time of the last change: what was changed since it came out, which is a part of all.
            models.Index(
                fields=["language", "-updated_at", "-id"], condition=CHANGED_SINCE, name="article_newest_changed"
            ),
            # Today: what somebody is at.
            models.Index(fields=["created_by", "status", "-created_at"], name="article_somebody_by_status"),
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        with translation.override(self.language):
            return reverse("articles:article", args=[self.month.year, self.month.month, self.slug])

    def get_lite_url(self) -> str:
        with translation.override(self.language):
            return reverse("articles:lite", args=[self.month.year, self.month.month, self.slug])

    @property
    def is_sponsored(self) -> bool:
        return self.kind != self.Kind.STORY

    @property
    def is_released(self) -> bool:
        return self.status in self.Status.released()

    @property
    def has_unpublished_changes(self) -> bool:
        """Whether a newer draft lies behind what readers see, or will see."""
        return self.is_released and self.live_number != self.head_number

    @property
    def is_approved(self) -> bool:
        """Whether an editor said yes to the newest draft. A later save makes it void."""
        return self.approved_number is not None and self.approved_number == self.head_number

    @property
    def is_in_review(self) -> bool:
        """Whether somebody handed the newest draft in, or an editor said yes to it."""
        return self.status == self.Status.IN_REVIEW or self.head_number in (self.submitted_number, self.approved_number)

    def is_covered_live(self, at: datetime) -> bool:
        """Whether it carries the live pill at a moment. What somebody paid for never does."""
        return self.live_until is not None and self.live_until > at and not self.is_sponsored

    def was_public(self, at: datetime) -> bool:
        """Whether readers ever saw it, up to a moment; it may be withdrawn or expired since."""
        return self.public_since is not None and self.public_since <= at
