"""Deals of the demo at every stage a newcomer wants to see: quoted, invoiced with artwork to look at, and one whose
story waits for its advertiser's yes. Made by the verbs that make them in life; nobody is mailed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ads import approving, artwork, billing, conversation, ledger, posts, prices, quoting
from ads.models import AdRequest, Position, Quote, QuoteLine
from articles import drafting, mail
from articles.content import head
from articles.models import Section, User

from . import artwork as drawing

PALETTE = ("#1d2b64", "#27397e", "#f3efe6", "#d9a441")
GREENROW, ADUNWE, SOLMARKA = "Greenrow Seeds", "Maison Adunwe", "Solmarka Energy"
BODY = (
    "<p>On the roofs above Markada’s bakers and barbers, panels now make more power by day than the shops below can "
    "use. The programme lends the equipment; the shop pays for what it draws, and the rest goes to the street.</p>"
    "<h2>Four hundred roofs</h2><p>Since spring, crews have fitted four hundred roofs along the tram line. "
    "The next two hundred are chosen by lot in March, at the town hall, in public.</p>"
)


def make_deals(now: datetime) -> None:
    """Take three of the demo's requests further. Safe to run again: what was answered is left alone."""
    desk = User.objects.get(username="desk")
    started = timezone.now()
    for company, go_on in ((GREENROW, _quoted), (ADUNWE, _invoiced), (SOLMARKA, _written)):
        deal = AdRequest.objects.filter(company=company, status=AdRequest.Status.RECEIVED).first()
        if deal:
            try:
                go_on(deal, desk, now)
            except ledger.SoldOut:
                continue
    DBTaskResult.objects.filter(task_path=mail.deliver.module_path, enqueued_at__gte=started).delete()


def _quoted(deal: AdRequest, desk: User, now: datetime) -> None:
    conversation.write(
        deal,
        "Thank you for writing. The column is taken for the next weeks. After them it has room for half of what you "
        "ask for, 40,000 over four weeks. May the article go out in the first of them?",
        by=desk,
        at=now - timedelta(hours=30),
    )
    conversation.hear(
        deal, "Yes please, both together.", name=deal.name, via="page", at=now - timedelta(hours=20), is_silent=True
    )
    first = timezone.localdate(now) + timedelta(weeks=6)
    column = {"first_day": first, "last_day": first + timedelta(days=27)}
    offer(deal, desk, now - timedelta(hours=3), [("rail-336x280", column | {"impressions": 40_000}), ("article", {})])


def _invoiced(deal: AdRequest, desk: User, now: datetime) -> None:
    first = timezone.localdate(now) + timedelta(weeks=5)
    quote = offer(deal, desk, now - timedelta(hours=16), [("rail-300x600", _weeks(first, 4)), ("interview", {})])
    quoting.accept(quote, name=deal.name, at=now - timedelta(hours=9))
    deal.refresh_from_db()
    billing.issue(deal, by=desk, at=now - timedelta(hours=8))
    booking = deal.bookings.select_related("position", "request", "advertiser").get()
    picture = drawing.draw(booking.position.size, deal.company, "Indigo, dyed by hand", PALETTE, "Visit us")
    artwork.submit(
        booking, picture, alt="Maison Adunwe: indigo, dyed by hand", click_url=deal.website, at=now - timedelta(hours=1)
    )


def _written(deal: AdRequest, desk: User, now: datetime) -> None:
    first = timezone.localdate(now) + timedelta(weeks=5)
    quote = offer(deal, desk, now - timedelta(days=11), [("top-728x90", _weeks(first, 1)), ("advertorial", {})])
    quoting.accept(quote, name=deal.name, at=now - timedelta(days=10))
    deal.refresh_from_db()
    invoice = billing.issue(deal, by=desk, at=now - timedelta(days=10))
    paid = now - timedelta(days=3)
    billing.pay(invoice, amount=invoice.total, paid_on=timezone.localdate(paid), reference="TR-20461", by=desk, at=paid)
    post = posts.begin(posts.places(deal)[0].line, by=desk, at=now - timedelta(days=2))
    story = post.article
    if story is None:
        return
    section = Section.objects.filter(language=story.language).order_by("order", "pk").first()
    text = head(story)
    text = replace(
        text,
        headline="A street that runs on its own roofs",
        body=BODY,
        section_id=section.pk if section else None,
    )
    drafting.save_draft(story, text, base_revision=story.head_number, by=desk, at=now - timedelta(hours=6))
    post.refresh_from_db()
    approving.offer(post, by=desk, at=now - timedelta(hours=5))


def _weeks(first: date, count: int) -> dict[str, object]:
    return {"first_day": first, "last_day": first + timedelta(weeks=count, days=-1), "share": 100}


def offer(deal: AdRequest, desk: User, at: datetime, wanted: list[tuple[str, dict]]) -> Quote:
    """A sent quote of positions and posts by their codes, at the rate card's prices."""
    quote = quoting.begin(deal, by=desk, at=at)
    quote.lines.all().delete()
    for order, (code, more) in enumerate(wanted):
        line = QuoteLine(quote=quote, order=order, quantity=1, **more)
        if position := Position.objects.filter(code=code).first():
            line.kind, line.position = ("impressions" if line.impressions else "weeks"), position
        else:
            item = deal.items.select_related("product").get(product__kind=code)
            line.kind, line.product, line.written_by = "post", item.product, item.written_by
        price = prices.of_line(line, services={}, day=timezone.localdate(at))
        line.unit_price = price if price is not None else Decimal(250)
        line.save()
    quoting.send(quote, by=desk, at=at)
    quote.refresh_from_db()
    return quote
