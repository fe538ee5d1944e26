"""The verbs of a subscription: asked for, confirmed, changed, left, suppressed, forgotten. Each leaves a `Consent`.

What a stranger types into a form changes nothing that anybody gets: it makes one mail a day at most, to the address
itself. What comes with a reader's own link (`links.find`) is the reader's word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from articles import mail
from articles.models import User

from . import letters, suppressing
from .models import Consent, Newsletter, Subscriber, Suppression

State, Kind, Reason = Subscriber.State, Consent.Kind, Suppression.Reason

# A link that asks for the yes is good for so long, and who never says it is forgotten after so long.
CONFIRM_WITHIN = timedelta(days=7)
FORGET_AFTER = timedelta(days=30)
# What a reader may take back by themselves; what the newsroom decided, the newsroom takes back.
OWN_TO_LIFT = (Reason.BOUNCE, Reason.COMPLAINT)


class Refused(Exception):
    """Raised when a change cannot be made; its text is a sentence for the person who tried."""


class TooLate(Refused):
    """Raised when the link that asks for the yes is older than a week."""


@dataclass(frozen=True)
class Where:
    """Where something was said: the page or file, and the network, hashed (`articles.public_forms.network`)."""

    source: str = ""
    network: str = ""


@dataclass(frozen=True)
class Wish:
    """What a reader wants."""

    newsletters: tuple[Newsletter, ...] = ()
    language: str = "en"
    name: str = ""
    most_often: str = Subscriber.MostOften.EACH


# Strangers and readers.


def sign_up(email: str, wish: Wish, *, said: str, where: Where, by: User | None, at: datetime, suspicion: str = ""):
    """Have an address asked whether it wants mail. Whoever it is, nothing that they get changes, and nothing says what
    was known of it: who is new or has left is asked to confirm, who is subscribed gets their link, and who is not to
    be written to gets nothing."""
    email = suppressing.normalised(email)
    with transaction.atomic():
        if suppressing.of(email):
            return
        subscriber, is_new = _one_of(email, at=at)
        if subscriber.state == State.SUPPRESSED or (suspicion and not is_new):
            return
        if subscriber.state == State.CONFIRMED:
            letters.send_link(subscriber, at=at)
            return
        _set(subscriber, wish)
        Subscriber.objects.filter(pk=subscriber.pk).update(suspected=suspicion)
        if suspicion:
            _note(subscriber, Kind.ASKED, where, said=said, by=by, at=at)
            return
        _ask(subscriber, where, said=said, by=by, at=at)


def ask_again(subscriber: Subscriber, *, by: User | None, at: datetime, note: str = "") -> None:
    """Mail the link that asks for the yes once more. Raises Refused."""
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
        if subscriber.state != State.PENDING:
            raise Refused(_("Only who asked and has not confirmed can be asked again."))
        Subscriber.objects.filter(pk=subscriber.pk).update(suspected="")
        if not _ask(subscriber, Where(_("newsroom") if by else ""), said=note, by=by, at=at):
            raise Refused(_("This address had its mail of the day. Try again tomorrow."))


def send_link(email: str, *, at: datetime) -> None:
    """Mail a reader their own link, or the one that asks for the yes. To who is not on file, nothing."""
    subscriber = Subscriber.objects.of(email).exclude(state=State.SUPPRESSED).filter(suspected="").first()
    if subscriber is None or suppressing.of(email):
        return
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
        if subscriber.state == State.PENDING:
            _ask(subscriber, Where(), said="", by=None, at=at)
        else:
            letters.send_link(subscriber, at=at)


def confirm(subscriber: Subscriber, *, said: str, where: Where, by: User | None, at: datetime) -> None:
    """The yes. Once more, it changes nothing. Raises TooLate, or Refused where there is nothing to confirm."""
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
        if subscriber.state == State.CONFIRMED:
            return
        if subscriber.state != State.PENDING:
            raise Refused(_("There is nothing to confirm: you have unsubscribed since. Sign up again if you like."))
        if not is_open(subscriber, at=at):
            raise TooLate(_("This link was good for seven days."))
        if _move(subscriber, State.CONFIRMED, confirmed_at=at, left_at=None, suspected=""):
            _note(subscriber, Kind.CONFIRMED, where, said=said, by=by, at=at)


def is_open(subscriber: Subscriber, *, at: datetime) -> bool:
    """Whether the link that asks for their yes is still good."""
    return subscriber.asked_at is not None and at <= subscriber.asked_at + CONFIRM_WITHIN


def choose(subscriber: Subscriber, wish: Wish, *, said: str, where: Where, by: User | None, at: datetime) -> bool:
    """Get these newsletters from now on, this often; none of them is to leave. Who had left, or whose mail came back,
    is subscribed again. Returns whether anything changed. Raises Refused."""
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
        if not wish.newsletters:
            return leave(subscriber, where=where, by=by, at=at)
        before = _get(subscriber)
        if subscriber.state != State.CONFIRMED:
            _come_back(subscriber, at=at)
            _set(subscriber, wish)
            _note(subscriber, Kind.CONFIRMED, where, said=said, by=by, at=at)
            return True
        _set(subscriber, wish)
        if before == wish:
            return False
        _note(subscriber, Kind.CHANGED, where, said=said, by=by, at=at)
        return True


def leave(
    subscriber: Subscriber, newsletter: Newsletter | None = None, *, where: Where, by: User | None, at: datetime
) -> bool:
    """Get this newsletter no more, or none at all. Twice is once. Returns whether anything changed."""
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
        has = list(subscriber.newsletters.all())
        gone = [one for one in has if newsletter is None or one == newsletter]
        subscriber.newsletters.remove(*gone)
        is_last = len(gone) == len(has) and (bool(gone) or newsletter is None)
        left = is_last and subscriber.state != State.SUPPRESSED and _move(subscriber, State.UNSUBSCRIBED, left_at=at)
        if gone or left:
            said = ", ".join(one.name for one in gone)
            _note(subscriber, Kind.LEFT, where, said=said, by=by, at=at)
        return bool(gone or left)


def ask_new_address(subscriber: Subscriber, email: str, *, where: Where, at: datetime) -> None:
    """Have a new address asked whether it is this reader's. One that somebody else has, or that is not to be written
    to, gets nothing, and nobody learns why: all else is as if it had. Raises Refused where it is the address they have,
    and for a second one in a day."""
    email = suppressing.normalised(email)
    if email.lower() == subscriber.email.lower():
        raise Refused(_("This is the address that you have now."))
    if subscriber.state != State.CONFIRMED:
        raise Refused(_("Choose your newsletters first."))
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
        if subscriber.new_email_at and subscriber.new_email_at > at - letters.ONE_IN:
            raise Refused(_("You asked for another address today already. Please try again tomorrow."))
        Subscriber.objects.filter(pk=subscriber.pk).update(new_email=email, new_email_at=at)
        subscriber.refresh_from_db()
        if not suppressing.of(email) and not Subscriber.objects.of(email).exists():
            letters.ask_new_address(subscriber, at=at)
        _note(subscriber, Kind.CHANGED, where, said=_("Asked for another address."), by=None, at=at)


def take_new_address(subscriber: Subscriber, *, where: Where, at: datetime) -> None:
    """The new address said that it is theirs. Their old links go on working. Raises Refused or TooLate."""
    if subscriber.new_email_at is None or subscriber.new_email_at + CONFIRM_WITHIN < at:
        raise TooLate(_("This link was good for seven days."))
    try:
        with transaction.atomic():
            changed = Subscriber.objects.filter(pk=subscriber.pk, new_email=subscriber.new_email).update(
                email=subscriber.new_email, new_email="", new_email_at=None
            )
            if changed:
                _note(subscriber, Kind.CHANGED, where, said=_("Confirmed another address."), by=None, at=at)
    except IntegrityError:
        raise Refused(_("Somebody is subscribed with this address already.")) from None
    subscriber.refresh_from_db()


# Providers and the newsroom.


def suppress(
    subscriber: Subscriber, *, reason: str = Reason.STAFF, by: User | None, at: datetime, note: str = ""
) -> bool:
    """Never write to this reader again. False when that was settled already."""
    kinds: dict[str, Consent.Kind] = {Reason.BOUNCE: Kind.BOUNCED, Reason.COMPLAINT: Kind.COMPLAINED}
    with transaction.atomic():
        suppressing.put(subscriber.email, reason=reason, at=at, note=note)
        if not _move(subscriber, State.SUPPRESSED):
            return False
        _note(subscriber, kinds.get(reason, Kind.SUPPRESSED), Where(), said=note, by=by, at=at)
    return True


def release(subscriber: Subscriber, *, by: User | None, at: datetime, note: str = "") -> bool:
    """They may be written to again, once they ask for it: until then they count as unsubscribed."""
    with transaction.atomic():
        suppressing.lift(subscriber.email)
        if subscriber.state != State.SUPPRESSED or not _move(subscriber, State.UNSUBSCRIBED, left_at=at):
            return False
        _note(subscriber, Kind.CHANGED, Where(), said=note or _("May be written to again."), by=by, at=at)
    return True


def erase(subscriber: Subscriber, *, by: User | None, at: datetime, note: str = "") -> None:
    """Forget a reader: all that is on file of them, but for the hash that keeps them from being written to again.
    Counts of what was sent stay, of nobody."""
    with transaction.atomic():
        suppressing.put(subscriber.email, reason=Reason.ERASED, at=at)
        kind = ContentType.objects.get_for_model(Subscriber)
        LogEntry.objects.filter(content_type=kind, object_id=str(subscriber.pk)).update(object_repr=_("forgotten"))
        # What a mail server said of them, which names them as a rule.
        subscriber.deliveries.exclude(error="").update(error="")
        for address in filter(None, (subscriber.email, subscriber.new_email)):
            mail.forget(address)
        Subscriber.objects.filter(pk=subscriber.pk).delete()


def forget_unconfirmed(at: datetime) -> int:
    """Who asked and never confirmed is on file no longer than a month; who was subscribed before is so no more."""
    old = Subscriber.objects.filter(state=State.PENDING, created_at__lt=at - FORGET_AFTER)
    old = old.exclude(asked_at__gte=at - FORGET_AFTER)
    gone, _rows = old.filter(confirmed_at=None).delete()
    for subscriber in old:
        _move(subscriber, State.UNSUBSCRIBED)
    return gone


# The parts.


def _one_of(email: str, *, at: datetime) -> tuple[Subscriber, bool]:
    """The subscriber of an address, locked, and whether they are new."""
    locked = Subscriber.objects.select_for_update()
    if known := locked.of(email).first():
        return known, False
    try:
        with transaction.atomic():
            return Subscriber.objects.create(email=email, created_at=at), True
    except IntegrityError:  # somebody asked at the same moment
        return locked.of(email).get(), False


def _ask(subscriber: Subscriber, where: Where, *, said: str, by: User | None, at: datetime) -> bool:
    if subscriber.state == State.UNSUBSCRIBED:
        if not letters.may_write(subscriber.email, at=at):
            return False
        _move(subscriber, State.PENDING)
    if not letters.ask_to_confirm(subscriber, at=at):
        return False
    Subscriber.objects.filter(pk=subscriber.pk).update(asked_at=at)
    _note(subscriber, Kind.ASKED, where, said=said, by=by, at=at)
    return True


def _come_back(subscriber: Subscriber, *, at: datetime) -> None:
    if subscriber.state == State.SUPPRESSED:
        known = suppressing.of(subscriber.email)
        if known and known.reason not in OWN_TO_LIFT:
            raise Refused(_("The newsroom does not write to this address. Use the contact form to ask why."))
        suppressing.lift(subscriber.email)
    _move(subscriber, State.CONFIRMED, confirmed_at=at, left_at=None, suspected="")


def _move(subscriber: Subscriber, to: str, **fields: Any) -> bool:
    """One conditional UPDATE over the table of moves. False where there is no such move from where they stand."""
    sources = [state for state, targets in Subscriber.MOVES.items() if to in targets]
    moved = Subscriber.objects.filter(pk=subscriber.pk, state__in=sources).update(state=to, **fields)
    subscriber.refresh_from_db()
    return bool(moved)


def _get(subscriber: Subscriber) -> Wish:
    has = tuple(sorted(subscriber.newsletters.all(), key=lambda one: one.pk))
    return Wish(has, subscriber.language, subscriber.name, subscriber.most_often)


def _set(subscriber: Subscriber, wish: Wish) -> None:
    Subscriber.objects.filter(pk=subscriber.pk).update(
        language=wish.language, name=wish.name, most_often=wish.most_often
    )
    subscriber.refresh_from_db()
    subscriber.newsletters.set(wish.newsletters)


def wish_for(newsletters: Iterable[Newsletter], **more: Any) -> Wish:
    """With the newsletters in one order, so that two wishes for the same are equal."""
    return Wish(tuple(sorted(newsletters, key=lambda one: one.pk)), **more)


def _note(subscriber: Subscriber, kind: str, where: Where, *, said: str, by: User | None, at: datetime) -> None:
    Consent.objects.create(
        subscriber=subscriber,
        kind=kind,
        at=at,
        by=by,
        said=said,
        source=where.source[:120],
        network=where.network[:16],
    )
