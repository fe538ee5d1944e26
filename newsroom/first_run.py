"""The first steps of a newsroom, told from facts: what is done, what is not yet, why it matters, where it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Exists
from django.urls import reverse
from django.utils.translation import gettext as _

from ads.models import Position
from articles.models import Article, Brand, Section, User

from .models import FirstRunDone

# Backends that send nothing to anybody.
MUTE = ("console", "dummy", "filebased")
HIRING = "articles.add_user"


@dataclass(frozen=True, kw_only=True)
class Step:
    """`where` is an address, or empty where it is done outside of the admin, and `why` says how."""

    name: str
    what: str
    why: str
    where: str
    is_done: bool


def steps(user, *, at: datetime) -> list[Step]:
    """The steps, open ones first; none for others than who hires, once all are done, or once put away. One query."""
    if not user.has_perm(HIRING):
        return []
    others = User.objects.filter(is_active=True, is_staff=True).exclude(pk=user.pk)
    facts = User.objects.filter(pk=user.pk).values(
        put_away=Exists(FirstRunDone.objects.all()),
        examples=Exists(Position.objects.filter(is_active=True, is_example_price=True)),
        colleague=Exists(others),
        section=Exists(Section.objects.filter(is_active=True)),
        story=Exists(Article.objects.live(at)),
    )
    known = facts.get()
    if known["put_away"]:
        return []
    found = [
        Step(
            name="name",
            what=_("Give the newsroom its name"),
            why=_("It stands on every page, mail and invoice, with the logo and the colour that you choose."),
            where=reverse("admin:articles_brand_changelist"),
            is_done=Brand.current().is_set,
        ),
        Step(
            name="section",
            what=_("Make the first section"),
            why=_("Every story stands in one, and sections are the menu of the site."),
            where=reverse("admin:articles_section_add"),
            is_done=known["section"],
        ),
        Step(
            name="colleague",
            what=_("Give a colleague an account"),
            why=_("A second pair of eyes approves what the first one wrote, and somebody can let you in again."),
            where=reverse("admin:articles_user_add"),
            is_done=known["colleague"],
        ),
        Step(
            name="story",
            what=_("Publish the first story"),
            why=_("Until then readers see a page without news."),
            where=reverse("admin:articles_article_add"),
            is_done=known["story"],
        ),
        Step(
            name="prices",
            what=_("Set your own prices"),
            why=_("The rate card still shows example prices, and says so."),
            where=reverse("admin:ads_position_changelist"),
            is_done=not known["examples"],
        ),
        Step(
            name="bank",
            what=_("Say where advertisers pay"),
            why=_("Invoices name the seller and the bank account. Set SELLER_ADDRESS and BANK_DETAILS at the server."),
            where="",
            is_done=bool(settings.BANK_DETAILS and settings.SELLER_ADDRESS),
        ),
        Step(
            name="mail",
            what=_("Connect a mail server"),
            why=_("Advertisers get quotes and links by mail, writers their answers. Set EMAIL_URL at the server."),
            where="",
            is_done=not any(word in settings.EMAIL_BACKEND for word in MUTE),
        ),
    ]
    if all(step.is_done for step in found):
        return []
    return sorted(found, key=lambda step: step.is_done)


def put_away(*, by, at: datetime) -> None:
    """Take the list from Today, for everybody and for good. Twice is once."""
    FirstRunDone.objects.get_or_create(id=FirstRunDone.ONLY, defaults={"by": by, "at": at})
