"""Which deal a mail belongs to, and who its sender is to us."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .mail_reading import REFERENCE, Bounce, Letter
from .models import AdRequest, Advertiser, InboundMail
from .spam import FREE_DOMAINS

# "Ada Example | Firm", "Ada Example (Firm)", "Ada Example at Firm"
WHO_AND_WHERE = re.compile(r"^(.{2,80}?)\s*(?:\||\(|,|–|—| - | at | from | من )\s*(.{2,80}?)\)?$", re.IGNORECASE)
SECOND_LEVELS = frozenset(("co", "com", "org", "net", "gov", "ac", "edu", "or", "ne"))


def deal_of(letter: Letter) -> AdRequest | None:
    """The deal whose reference stands in the subject, or whose mails it answers; the sender's own where it names
    several."""
    found = AdRequest.objects.none()
    if letter.references:
        found |= AdRequest.objects.filter(reference__in=letter.references)
    if letter.answers:
        found |= AdRequest.objects.filter(messages__message_id__in=letter.answers)
        found |= AdRequest.objects.filter(
            mails__message_id__in=letter.answers,
            mails__status__in=[InboundMail.Status.REQUEST, InboundMail.Status.MESSAGE],
        )
    deals = list(found.select_related("advertiser", "owner").distinct().order_by("-received_at")[:20])
    return next((deal for deal in deals if is_party(deal, letter.sender)), deals[0] if deals else None)


def of_bounce(bounce: Bounce) -> AdRequest | None:
    """The deal whose mail did not arrive at the address of who asked; None where the report names another address,
    so that nobody can make us doubt an address they do not know."""
    references = REFERENCE.findall(bounce.subject.upper())
    about = AdRequest.objects.filter(reference__in=references)
    if bounce.message_id:
        about |= AdRequest.objects.filter(messages__message_id=bounce.message_id)
    return about.filter(email__iexact=bounce.recipient).select_related("owner").distinct().first()


def is_party(request: AdRequest, address: str) -> bool:
    """Whether an address is one of the advertiser's that we know."""
    known = {request.email.lower()}
    if request.advertiser:
        known |= {request.advertiser.email.lower(), *map(str.lower, _contacts(request.advertiser))}
    return address.lower() in known


def _contacts(advertiser: Advertiser) -> Iterable[str]:
    return advertiser.contacts.values_list("email", flat=True)


def who(display_name: str, address: str) -> tuple[str, str]:
    """A name and a company, guessed from how a mail is signed and where it comes from."""
    name = " ".join(display_name.strip("'\" ").split())
    if parts := WHO_AND_WHERE.match(name):
        return parts[1][:120], parts[2].strip(" |()")[:160]
    local, _at, domain = address.partition("@")
    name = name or local.replace(".", " ").replace("_", " ").title()
    if domain in FREE_DOMAINS:
        return name[:120], name[:160]
    labels = domain.split(".")[:-1]
    if len(labels) > 1 and labels[-1] in SECOND_LEVELS:
        labels = labels[:-1]
    return name[:120], (labels[-1].replace("-", " ").title() if labels else domain)[:160]
