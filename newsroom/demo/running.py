"""A deal of the demo that has run for two weeks, made by the verbs that make one in life."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ads import artwork, artwork_review, billing, ledger, progress, quoting, sales
from ads.models import AdRequest, Advertiser, Position
from ads.models.booking import midnight
from articles import mail
from articles.models import User

from . import artwork as drawing
from . import dealing, reading

DAYS = 14
FIRM = "Tenerubank"
KEY = "demo-running-deal"
# Impressions that the second line buys in its four weeks: `readers.PART` of what the position has.
GOAL = 24_000


def make_deal(rows: list[reading.Booking], advertisers: dict[str, Advertiser], now: datetime) -> None:
    """Two lines that began two weeks ago: a whole position, and a number of impressions in another. Safe to run
    again."""
    if AdRequest.objects.filter(form_key=KEY).exists():
        return
    row = next(one for one in rows if one.advertiser == "tenerubank")
    firm, desk = advertisers[row.advertiser], User.objects.get(username="desk")
    started = timezone.now()
    early = now - timedelta(days=DAYS + 8)
    first = timezone.localdate(now) - timedelta(days=DAYS)
    wishes = [sales.Wish(position=Position.objects.get(code=code)) for code in ("top-728x90", "rail-336x280")]
    deal = sales.receive(
        {
            "name": "Olumi Fadare-Quist",
            "email": firm.email,
            "company": firm.company,
            "website": firm.website,
            "country": str(firm.country),
            "message": "We open our savings accounts to everybody and want to be seen at the top of every page.",
        },
        wishes,
        form_key=KEY,
        language="en",
        suspicion="",
        at=early,
        is_silent=True,
    )
    days = {"first_day": first, "last_day": first + timedelta(weeks=4, days=-1)}
    wanted = [("top-728x90", days | {"share": 100}), ("rail-336x280", days | {"impressions": GOAL})]
    try:
        quote = dealing.offer(deal, desk, early + timedelta(hours=4), wanted)
        quoting.accept(quote, name=deal.name, at=early + timedelta(days=1))
    except (ledger.SoldOut, quoting.QuoteRefused):
        return  # an older demo has sold these days
    deal.refresh_from_db()
    invoice = billing.issue(deal, by=desk, at=early + timedelta(days=1, hours=2))
    paid = early + timedelta(days=4)
    billing.pay(invoice, amount=invoice.total, paid_on=timezone.localdate(paid), reference="TB-11873", by=desk, at=paid)
    for booking in deal.bookings.select_related("position", "request", "advertiser"):
        size, phone = booking.position.size, booking.position.phone_size
        creative = artwork.submit(
            booking,
            drawing.draw(size, firm.company, row.line, row.palette, row.button),
            drawing.draw(phone, firm.company, row.line, row.palette, row.button) if phone else None,
            alt=f"{firm.company}: {row.line}",
            click_url=firm.website,
            at=paid,
        )
        artwork_review.approve(creative, by=desk, at=paid + timedelta(hours=3))
    deal.refresh_from_db()
    progress.advance(deal, at=midnight(first) + timedelta(minutes=5))
    deal.refresh_from_db()
    progress.advance(deal, at=now)
    DBTaskResult.objects.filter(task_path=mail.deliver.module_path, enqueued_at__gte=started).delete()
