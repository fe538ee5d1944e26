"""A request that is written in steps: begun, kept, come back to, sent. It lies behind a private address, as deals do
(`ads.links`), until it becomes a request or nobody touched it for thirty days."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from articles import mail
from articles.public_forms import SHORTEST_TIME

from . import asking, duties, sales, spam
from .asking import STEPS, Asked
from .models import AdRequest, QuoteLine, RequestDraft
from .step_forms import Line

# How a mail that waits in the queue names a draft: the token is put in when it leaves.
PLACE = "request-draft"
# Links that one draft, and one address, may be sent in a day.
MOST_MAILS = 5
# One mail for two clicks.
ONE_IN = timedelta(minutes=2)


class NotReady(Exception):
    """Raised when a draft cannot be sent; `step` is the first that is not in order."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


def begin(
    answers: Mapping[str, Mapping[str, str]],
    *,
    form_key: str,
    language: str,
    at: datetime,
    suspicion: str = "",
    renews: AdRequest | None = None,
) -> tuple[RequestDraft, str]:
    """A draft with what was typed first, and its token. The same form again is the same draft."""
    key = secrets.token_urlsafe(32)
    fresh = {
        "key": key,
        "token_hash": _hash(_token(key)),
        "language": language,
        "answers": dict(answers),
        "suspected": suspicion,
        "renews": renews,
        "created_at": at,
        "changed_at": at,
        "expires_at": at + RequestDraft.LASTS,
    }
    try:
        with transaction.atomic():
            draft, is_new = RequestDraft.objects.get_or_create(form_key=form_key, defaults=fresh)
    except IntegrityError:  # the other of two clicks was faster
        draft, is_new = RequestDraft.objects.get(form_key=form_key), False
    if not is_new:
        for step, typed in answers.items():
            keep(draft, step, typed, at=at)
    return draft, _token(draft.key)


def begin_again(deal: AdRequest, *, language: str, days: tuple[date | None, date | None], at: datetime) -> str:
    """A draft with what a deal bought, or asked for where nothing was, to be changed and sent. Returns its token."""
    bought = QuoteLine.objects.filter(quote__request=deal, quote__status="accepted")
    things: list[Any] = [*bought.select_related("position", "product")] or [
        *deal.items.select_related("position", "product")
    ]
    lines: dict[str, Line] = {}
    for thing in things:
        named = thing.position or thing.product
        if named and named.is_active:
            share = thing.share if thing.share in (25, 50) else 100
            line = Line(
                position=thing.position,
                product=thing.product,
                written_by=thing.written_by,
                share=None if thing.impressions else share,
                impressions=thing.impressions,
            )
            lines.setdefault(line.code, line)
    who = {name: str(getattr(deal, name)) for name in ("name", "email", "company", "website", "country")}
    answers = asking.answers_like(list(lines.values()), days=days, **who)
    key = f"again-{secrets.token_urlsafe(18)}"
    _draft, token = begin(answers, form_key=key, language=language, renews=deal, at=at)
    return token


def find(token: str, *, at: datetime) -> RequestDraft | None:
    """The draft of a token; None when it is unknown or over."""
    if len(token) > 100 or not token.isascii():
        return None
    draft = RequestDraft.objects.select_related("request").filter(token_hash=_hash(token)).first()
    return draft if draft and draft.is_open(at) else None


def keep(draft: RequestDraft, step: str, typed: Mapping[str, str], *, at: datetime) -> None:
    """Keep what was typed in a step, right or wrong, and the draft for thirty days from now."""
    with transaction.atomic():
        held = RequestDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
        if held.request_id is None:
            held.answers[step] = dict(typed)
            held.changed_at, held.expires_at = at, at + RequestDraft.LASTS
            held.save(update_fields=["answers", "changed_at", "expires_at"])
    draft.answers = held.answers
    draft.request_id = held.request_id


def reach(draft: RequestDraft, step: str) -> None:
    """Note that the steps before this one are done, so that coming back leads there."""
    if STEPS.index(step) > STEPS.index(draft.step):
        RequestDraft.objects.filter(pk=draft.pk).update(step=step)
        draft.step = step


def mail_link(draft: RequestDraft, email: str, *, at: datetime) -> bool:
    """Mail the private address to somebody. False when that was done too often today; the page says the same."""
    day_ago = at - timedelta(days=1)
    with transaction.atomic():
        held = RequestDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
        mails = held.mails if held.mailed_at and held.mailed_at > day_ago else 0
        # By what was queued, which stays when a draft is sent, or its link goes to somebody else.
        of_address = f"kept-request:{hashlib.sha256(email.lower().encode()).hexdigest()[:16]}"
        if mails >= MOST_MAILS or mail.posted(of_address, since=day_ago) >= MOST_MAILS:
            return False
        with translation.override(held.language):
            said = {
                "link": mail.placeholder(PLACE, held.key, to=email),
                "last_day": timezone.localdate(at + RequestDraft.LASTS),
                "days": RequestDraft.LASTS.days,
                "site_url": settings.SITE_URL,
            }
            is_new = mail.post(
                subject=_("Your request is kept"),
                body=render_to_string("ads/mail/request_kept.txt", said),
                to=[email],
                reply_to=settings.ADVERTISING_EMAIL,
                key=f"{of_address}:{held.pk}:{at.timestamp() // ONE_IN.total_seconds():.0f}",
            )
        if is_new:
            held.email, held.mailed_at, held.mails = email, at, mails + 1
            held.expires_at = at + RequestDraft.LASTS
            held.save(update_fields=["email", "mailed_at", "mails", "expires_at"])
    return is_new


def send(draft: RequestDraft, *, at: datetime) -> AdRequest:
    """The request that a draft becomes, once: asked again, by a second click or from another window, it is the same
    one. Its files go over as they lie; what was typed leaves the draft. Raises NotReady."""
    with transaction.atomic():
        # Without the request joined: of two who wait for the row, PostgreSQL would join what was there before the wait.
        held = RequestDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
        if held.request:
            return held.request
        asked = Asked(held.answers)
        for step in STEPS:
            if not asked.form(step).is_valid():
                raise NotReady(step)
        fields = asked.check.fields_of_request() | asking.days_of(asked.read_all())
        suspicion = held.suspected or ("sent within three seconds" if at - held.created_at < SHORTEST_TIME else "")
        if held.renews:
            before = held.renews
            fields |= {
                "source": AdRequest.Source.RENEWAL,
                "renews": before,
                "owner": before.owner,
                "advertiser": before.advertiser,
            }
        else:
            suspicion = suspicion or spam.of_form(fields)
        made = sales.receive(
            fields,
            asking.wishes_of(asked, {kept.slot: kept for kept in held.files.all()}),
            form_key=f"draft:{held.pk}",
            language=held.language,
            suspicion=suspicion,
            at=at,
        )
        held.request, held.answers, held.email = made, {}, ""
        held.save(update_fields=["request", "answers", "email"])
    draft.request = made
    return made


def delete_due(at: datetime) -> int:
    """Drafts whose time is over are deleted with their files; what is left of sent ones too. Returns how many."""
    left_over = RequestDraft.objects.filter(request__isnull=False, files__isnull=False).distinct()
    duties.each(left_over, _delete_files)  # of what was asked for no more when it was sent
    due = RequestDraft.objects.filter(expires_at__lte=at).order_by("pk")
    return duties.each(due, lambda draft: _delete(draft, at=at))


@transaction.atomic
def _delete(draft: RequestDraft, *, at: datetime) -> bool:
    """Unless somebody came back to it, or sent it, at the last moment."""
    held = RequestDraft.objects.select_for_update(of=("self",)).filter(pk=draft.pk, expires_at__lte=at).first()
    if held is None:
        return False
    _delete_files(held)
    return bool(held.delete()[0])


def _delete_files(draft: RequestDraft) -> None:
    """The file first: a row without one is found again in a minute, a file without a row never."""
    for kept in draft.files.all():
        kept.file.storage.delete(kept.file.name)
        kept.delete()


def uploaded(draft: RequestDraft) -> int:
    """Count a file that somebody sends for a draft. Returns how many there were."""
    RequestDraft.objects.filter(pk=draft.pk).update(uploads=F("uploads") + 1)
    return RequestDraft.objects.values_list("uploads", flat=True).get(pk=draft.pk)


def address(key: str) -> str:
    """The full address of the draft with a key, in its language. For the one who sends it, and nobody else."""
    language = RequestDraft.objects.filter(key=key).values_list("language", flat=True).first()
    with translation.override(language or settings.LANGUAGE_CODE):
        return settings.SITE_URL + reverse("ads:request_back", args=[_token(key)])


def _token(key: str) -> str:
    digest = salted_hmac("ads.drafts", key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
