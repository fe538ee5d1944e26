"""A new private link for somebody who lost theirs. It goes by mail, to an address on file and to no other."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy

from . import letters, links
from .models import AdRequest

# One new link in this time, and no more than so many in a day: whoever knows an address could else flood it.
ONE_IN = timedelta(minutes=15)
MOST_A_DAY = 5


def replace(reference: str, email: str, *, at: datetime) -> bool:
    """Mail a new link to an address that the deal knows; its old ones stop working. False when nothing was done: the
    page says the same either way, so nobody learns who is a customer."""
    with transaction.atomic():
        deal = AdRequest.objects.select_for_update(of=("self",)).filter(reference=reference, suspected="").first()
        address = deal and _known(deal, email)
        if not deal or not address:
            return False
        theirs = deal.links.filter(email=address)
        if theirs.filter(created_at__gt=at - timedelta(days=1)).count() > MOST_A_DAY:
            return False
        old = list(theirs.filter(revoked_at=None))
        link = links.make(deal, by=None, at=at, email=address)
        who = hashlib.sha256(address.encode()).hexdigest()[:16]
        key = f"new-link:{deal.pk}:{who}:{at.timestamp() // ONE_IN.total_seconds():.0f}"
        if not letters.to_advertiser(
            deal, gettext_lazy("Your new private link"), "new_link", {}, at=at, key=key, link=link
        ):
            transaction.set_rollback(True)
            return False
        for one in old:
            links.revoke(one, by=None, at=at)
    return True


def _known(deal: AdRequest, email: str) -> str | None:
    """The address on file that was meant: of who asked, or of somebody whose link was not taken back."""
    on_file = [deal.email, *deal.links.filter(revoked_at=None).values_list("email", flat=True)]
    return next((known for known in on_file if known.lower() == email.lower()), None)
