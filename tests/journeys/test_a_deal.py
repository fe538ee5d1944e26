"""Deals from the first word to their end, through the doors that people use: the form or a mail, the private link, the
admin."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ads import decision, mail_filing, rounds
from ads.models import AdRequest, Booking, Creative, Invoice, Promise, Quote, SponsoredPost
from articles.models import Article
from tests import factories
from tests.ads import steps as request_steps
from tests.ads.mails import mail as raw_mail
from tests.ads.test_intake import word_file

pytestmark = pytest.mark.django_db

ADA = "ada@mills.example"


def link_in(letter) -> str:
    return re.search(r"/partners/deal/[\w-]{43}/", letter.body)[0]


def newest(reference: str):
    return next(m for m in reversed(mail.outbox) if m.to == [ADA] and f"[{reference}]" in m.subject)


def status() -> str:
    return AdRequest.objects.order_by("pk").first().status


def move(client, kind: str, pk: int, name: str, **said: str) -> None:
    answer = client.post(f"/admin/ads/{kind}/{pk}/move/{name}/", {"note": ""} | said)
    assert answer.status_code == 302, answer.content.decode()


def send_the_quote(client, deal: AdRequest) -> Quote:
    client.post(f"/admin/ads/quote/begin/{deal.pk}/")
    quote = Quote.objects.get(request=deal, status="draft")
    move(client, "quote", quote.pk, "send", edits=str(quote.edits))
    return quote


def say_yes(guest, page: str) -> None:
    assert guest.post(f"{page}accept/1/", {"accept-name": "Ada Example", "accept-agree": "on"}).status_code == 302


def invoice_and_pay(client, guest, page: str, deal: AdRequest) -> Invoice:
    move(client, "adrequest", deal.pk, "issue")
    invoice = Invoice.objects.get(request=deal)
    paper = guest.get(f"{page}{invoice.number}.pdf")
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert invoice.number in guest.get(page).content.decode()
    assert status() == "invoiced"
    paid = {"amount": str(invoice.total), "paid_on": timezone.localdate().isoformat(), "method": "transfer"}
    move(client, "invoice", invoice.pk, "pay", **paid)
    assert status() == "paid"
    return invoice


def test_a_position_from_the_request_form_to_the_renewal(client, guest, run_jobs):
    client.force_login(factories.user("Ad manager"))

    # Somebody asks; the receipt names the reference, and the clock runs.
    receipt = request_steps.send(guest, email=ADA, **request_steps.days(ahead=7))
    deal = AdRequest.objects.get()
    assert deal.reference in receipt["Location"]
    assert deal.time_left(timezone.now()) > timedelta(hours=47)

    # The desk answers; the mail brings the private page, where a question goes back and is answered.
    client.post(f"/admin/ads/adrequest/{deal.pk}/write/", {"text": "One week, as you wrote?"})
    run_jobs()
    page = link_in(newest(deal.reference))
    assert "One week, as you wrote?" in guest.get(page).content.decode()
    guest.post(f"{page}ask/", {"text": "Yes, please."})
    deal.refresh_from_db()
    assert (deal.status, deal.answer_due_at is None) == ("in-talks", False)

    # The offer holds the week; a yes books it; the invoice is issued and paid.
    send_the_quote(client, deal)
    assert "Read our offer" in guest.get(page).content.decode()
    assert guest.get(f"{page}quote-1.pdf").content[:5] == b"%PDF-"
    say_yes(guest, page)
    html = guest.get(page).content.decode()
    assert "It is agreed" in html
    assert "Artwork for Medium rectangle is missing" in html
    invoice_and_pay(client, guest, page, deal)

    # Artwork of the wrong size is refused in words, the right one is looked at and approved.
    booking = Booking.objects.get()
    fields = {f"b{booking.pk}-alt": "Flour from Teneru", f"b{booking.pk}-click_url": "https://mills.example/"}
    for width, answer in ((299, 400), (300, 302)):
        art = SimpleUploadedFile("flour.jpg", factories.jpeg(width, 250))
        sent = guest.post(f"{page}artwork/{booking.pk}/", fields | {f"b{booking.pk}-art": art})
        assert sent.status_code == answer
    move(client, "creative", Creative.objects.get().pk, "approve")

    # Nobody has to press anything from here on.
    rounds.make(timezone.now())
    assert "It begins by itself" in guest.get(page).content.decode()
    for moment, words in ((booking.starts_at, "It is live"), (booking.ends_at, "renew it with one button")):
        with time_machine.travel(moment, tick=False):
            rounds.make(moment)
            assert words in guest.get(page).content.decode()
            (choice,) = decision.decide([booking.position.code], decision.View(at=moment))
            assert (choice.art and choice.art.alt) == ("Flour from Teneru" if moment == booking.starts_at else None)
    run_jobs()
    subjects = [m.subject.partition("] ")[2] for m in mail.outbox if m.to == [ADA]]
    steps = ["Everything is ready", "It is live", "Everything has been delivered"]
    assert [subject for subject in subjects if subject in steps] == steps

    # The same again, with one button; and the old one is put away.
    with time_machine.travel(booking.ends_at, tick=False):
        renewed = guest.post(f"{page}renew/")["Location"]
        assert "We have your renewal" in guest.get(renewed).content.decode()
        client.force_login(factories.user("Ad manager"))
        move(client, "adrequest", deal.pk, "close")
        deal.refresh_from_db()
        assert (deal.status, deal.renewals.get().status) == ("closed", "received")
        assert "This deal is closed" in guest.get(page).content.decode()


def test_a_sponsored_post_from_a_mail_to_the_proof_of_its_mentions(client, guest, run_jobs):
    desk, at = factories.user("Ad manager"), timezone.now()
    client.force_login(desk)

    # A mail with a Word file becomes a request, and its sender gets a reference.
    raw = raw_mail(
        "We would like to publish the release.",
        sender=f"Ada Example | Teneru Mills <{ADA}>",
        files=[("release.docx", word_file(), "application/octet-stream")],
    )
    factories.inbound_mail(raw, at=at)
    mail_filing.file_waiting(at)
    deal = AdRequest.objects.get()
    assert (deal.source, deal.company, deal.material.get().kind) == ("mail", "Teneru Mills", "word")

    # The desk offers a press release; they say yes, and pay.
    client.post(f"/admin/ads/quote/begin/{deal.pk}/")
    quote = Quote.objects.get()
    factories.post_line(quote)
    move(client, "quote", quote.pk, "send", edits=str(quote.edits))
    run_jobs()
    page = link_in(newest(deal.reference))
    say_yes(guest, page)
    invoice_and_pay(client, guest, page, deal)

    # The Word file becomes the draft. Without their yes to its text, nothing is published.
    client.post(f"/admin/ads/adrequest/material/{deal.material.get().pk}/open/")
    post = SponsoredPost.objects.get()
    factories.edit(post.article, section_id=factories.section().pk)
    assert post.line == quote.lines.get()
    publish = f"/admin/articles/article/{post.article_id}/move/publish/"
    client.post(publish, {"note": ""}, follow=True)
    assert Article.objects.get().status == "draft"
    move(client, "sponsoredpost", post.pk, "offer")
    post.refresh_from_db()
    number, where = post.offered_number, f"{page}post/{post.line_id}/1/"
    assert post.article.headline in guest.get(f"{where}text/").content.decode()
    named = f"approve-{post.line_id}-1-"
    yes = {f"{named}name": "Ada Example", f"{named}agreed": "on", f"{named}number": str(number)}
    assert guest.post(f"{where}approve/", yes).status_code == 302
    confirm = client.get(publish).context
    client.post(publish, {"note": "", "expected_head": str(confirm["original"].head_number)}, follow=True)
    story = Article.objects.get()
    assert story.status == Article.Status.LIVE
    assert "Paid for by" in guest.get(story.get_absolute_url()).content.decode()

    # Live; delivered when the mentions that it includes are proven.
    now = timezone.now()
    rounds.make(now)
    assert status() == "live"
    for promise in Promise.objects.all():
        client.post(
            f"/admin/ads/promise/{promise.pk}/move/keep/",
            {"note": "", "channel": "Friday letter", "link": "https://letters.example/12"},
        )
    rounds.make(timezone.now())
    assert status() == "delivered"
    assert "https://letters.example/12" in guest.get(page).content.decode()
    move(client, "adrequest", deal.pk, "close")
    assert status() == "closed"
