"""The waiting list of days that are taken: the first in line is told once, by mail, when they are free.

Being told holds nothing, and so the mail says. Who is next is told two days later if the days are free still.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from articles import mail
from articles.models import Brand, User

from . import availability, letters
from .models import AdRequest, Position, WaitingEntry

# The first in line has so long for themselves before the next one is told.
NEXT_AFTER = timedelta(hours=48)
# Of one address. A list of everything helps nobody.
MOST_OPEN = 30

signer = signing.Signer(salt="ads.waiting")


class Refused(Exception):
    """Raised when somebody cannot wait for days; its text is a sentence for the person who tried."""


def join(
    position: Position,
    first_day: date,
    last_day: date,
    *,
    name: str,
    email: str,
    by: User | None,
    at: datetime,
    company: str = "",
    language: str = "en",
    suspicion: str = "",
    deal: AdRequest | None = None,
) -> WaitingEntry:
    """Put somebody in line and confirm it by mail. The same address and days twice are one entry. Raises Refused."""
    open_entries = WaitingEntry.objects.filter(email__iexact=email, told_at=None, left_at=None)
    same = {"position": position, "first_day": first_day, "last_day": last_day}
    if first := open_entries.filter(**same).first():
        return first
    check(position, first_day, last_day, email, at=at)
    try:
        with transaction.atomic():
            entry = WaitingEntry.objects.create(
                **same,
                name=name,
                email=email,
                company=company,
                language=language,
                suspected=suspicion,
                deal=deal,
                added_by=by,
                asked_at=at,
            )
            if not suspicion:
                _confirm(entry, at=at)
    except IntegrityError:
        if first := open_entries.filter(**same).first():
            return first
        raise  # not a second click
    return entry


def check(position: Position, first_day: date, last_day: date, email: str, *, at: datetime) -> None:
    """Whether there is something to wait for. Raises Refused."""
    today = timezone.localdate(at)
    if last_day < today:
        raise Refused(_("These days are over. Choose days to come."))
    if availability.free_share(position, max(first_day, today), last_day, at=at):
        raise Refused(_("These days are not sold out. Request them now instead."))
    if WaitingEntry.objects.filter(email__iexact=email, told_at=None, left_at=None).count() >= MOST_OPEN:
        raise Refused(_("This address waits for many weeks already. Write to us instead."))


def release(entry: WaitingEntry, *, by: User | None, at: datetime, note: str = "") -> bool:
    """What was held back was no spam: it waits, and is confirmed. False when it was released already."""
    with transaction.atomic():
        released = WaitingEntry.objects.filter(pk=entry.pk).exclude(suspected="").update(suspected="")
        if released:
            entry.suspected = ""
            _confirm(entry, at=at)
    return bool(released)


def leave(entry: WaitingEntry, *, by: User | None, at: datetime, note: str = "") -> bool:
    """Take somebody out of line. False when they were told or had left already."""
    left = WaitingEntry.objects.filter(pk=entry.pk, told_at=None, left_at=None).update(left_at=at)
    entry.refresh_from_db()
    return bool(left)


def leave_everything(entry: WaitingEntry, *, at: datetime) -> int:
    """Take the address of an entry out of every line. Returns out of how many."""
    return WaitingEntry.objects.filter(email__iexact=entry.email, told_at=None, left_at=None).update(left_at=at)


def tell_due(at: datetime) -> int:
    """Tell the first in line of what is free by now. Returns how many were told; again at once, it is nobody."""
    in_line = WaitingEntry.objects.filter(
        told_at=None, left_at=None, suspected="", last_day__gte=timezone.localdate(at)
    )
    positions = Position.objects.filter(is_active=True, pk__in=in_line.order_by().values("position")).order_by("pk")
    return sum(_tell_of(position, at=at) for position in positions)


def token(entry: WaitingEntry) -> str:
    """What opens the page on which somebody leaves the list."""
    return signer.sign(str(entry.pk))


def find(token: str) -> WaitingEntry | None:
    """The entry of a token; None when the seal is broken."""
    try:
        return WaitingEntry.objects.select_related("position").filter(pk=int(signer.unsign(token))).first()
    except (signing.BadSignature, ValueError):
        return None


def _tell_of(position: Position, *, at: datetime) -> int:
    told = 0
    today = timezone.localdate(at)
    with transaction.atomic():
        rows = position.waiting.filter(last_day__gte=today, suspected="")
        # The line is for one worker at a time; the position's own row is left to who sells it.
        line = list(
            rows.filter(told_at=None, left_at=None).select_for_update(of=("self",)).select_related("deal", "position")
        )
        lately = list(rows.filter(told_at__gt=at - NEXT_AFTER))
        if not line:
            return 0
        outlook = availability.outlook(position, today, max(entry.last_day for entry in line), at=at)
        for entry in line:
            if any(_overlap(entry, other) for other in lately):
                continue
            share = outlook.free_share(max(entry.first_day, today), entry.last_day)
            if share and WaitingEntry.objects.filter(pk=entry.pk, told_at=None, left_at=None).update(told_at=at):
                _tell(entry, share, at=at)
                lately.append(entry)
                told += 1
    return told


def _overlap(one: WaitingEntry, other: WaitingEntry) -> bool:
    return one.first_day <= other.last_day and other.first_day <= one.last_day


def _confirm(entry: WaitingEntry, *, at: datetime) -> None:
    _mail(entry, gettext_lazy("You are on the waiting list"), "waiting_confirmed", {}, at=at)


def _tell(entry: WaitingEntry, share: int, *, at: datetime) -> None:
    _mail(entry, gettext_lazy("Free again: what you wait for"), "waiting_free", {"share": share}, at=at)


def _mail(entry: WaitingEntry, subject: Promise, template: str, context: dict[str, Any], *, at: datetime) -> None:
    """Once, in their language; with the private link of their deal where they have one."""
    key = f"{template}:{entry.pk}"
    with translation.override(entry.deal.language if entry.deal else entry.language):
        first_day = max(entry.first_day, timezone.localdate(at))
        wanted = urlencode({"want": entry.position.code, "from": first_day, "until": entry.last_day})
        context |= {
            "entry": entry,
            "site_name": Brand.current().said("name", get_language() or "en"),
            "ask": f"{settings.SITE_URL}{reverse('ads:request')}?{wanted}",
            "leave": f"{settings.SITE_URL}{reverse('ads:wait_leave', args=[token(entry)])}",
        }
        if entry.deal:
            letters.to_advertiser(entry.deal, subject, template, context, at=at, key=key)
            return
        mail.post(
            subject=str(subject),
            body=render_to_string(f"ads/mail/{template}.txt", context),
            to=[entry.email],
            reply_to=settings.ADVERTISING_EMAIL,
            key=key,
        )
