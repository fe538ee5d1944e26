"""What becomes of a mail that is kept: requests, messages, strangers, bounces, programs and loops."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as outgoing
from django.utils import timezone

from ads import conversation, deals, mail_files, mail_filing, sales
from ads.models import AdRequest, DealMessage, InboundMail, Material
from tests import factories
from tests.ads.mails import bounce, mail
from tests.ads.test_intake import word_file
from tests.newsroom.test_worker import ALONE

pytestmark = pytest.mark.django_db


def file(raw: bytes, *, at=None, arrived=None) -> InboundMail:
    at = at or timezone.now()
    kept = factories.inbound_mail(raw, at=at, arrived=arrived)
    mail_filing.file_waiting(at)
    kept.refresh_from_db()
    return kept


def to(address: str) -> list[str]:
    return [sent.subject for sent in outgoing.outbox if sent.to == [address]]


def test_a_new_mail_becomes_a_request_with_its_files_and_is_confirmed_once(run_jobs, settings):
    at = timezone.now() - timedelta(hours=2)
    files = [
        ("plakat.gif", factories.gif(300, 250), "image/gif"),
        ("text.docx", word_file(), "application/octet-stream"),
        ("prices.pdf", b"%PDF-1.4", "application/pdf"),
        ("big.jpg", factories.jpeg(640, 480), "image/jpeg"),
    ]
    kept = file(
        mail("Two weeks in May, please.", sender="Ada Example | Teneru Mills <ada@mills.example>", files=files),
        arrived=at,
    )
    request = AdRequest.objects.get()
    assert (kept.status, kept.request) == ("request", request)
    assert (request.name, request.company, request.email) == ("Ada Example", "Teneru Mills", "ada@mills.example")
    assert (request.source, request.received_at, request.answer_due_at) == ("mail", at, at + timedelta(hours=48))
    assert request.message == (
        "Advertising in May\n\nTwo weeks in May, please.\n\n"
        "Not taken: prices.pdf: Neither a Word file nor a picture. It is kept within the mail.\n"
        "Not taken: big.jpg: It has 640 × 480 pixels, and no position has."
    )
    assert set(Material.objects.values_list("kind", "format", "width")) == {
        ("artwork", "GIF", 300),
        ("word", "DOCX", None),
    }
    run_jobs()
    assert to("ada@mills.example") == [f"We have your request {request.reference}"]
    assert to(settings.ADVERTISING_EMAIL) == [f"New request {request.reference} from Teneru Mills"]
    sent = next(m for m in outgoing.outbox if m.to == ["ada@mills.example"])
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "You asked for" not in sent.body


def test_an_arabic_mail_is_answered_in_arabic(run_jobs):
    file(mail("نريد إعلانا في شهر مايو، كم السعر؟", subject="إعلان"))
    run_jobs()
    assert AdRequest.objects.get().language == "ar"
    assert "استلمنا" in to("ada@firm.example")[0] or "طلبك" in to("ada@firm.example")[0]


@pytest.mark.parametrize(
    ("sender", "name", "company"),
    [
        ('"Ada Example (Teneru Mills)" <ada@mills.example>', "Ada Example", "Teneru Mills"),
        ("Ada Example <ada@teneru-mills.co.ng>", "Ada Example", "Teneru Mills"),
        ("ada.example@gmail.com", "Ada Example", "Ada Example"),
        ("Ada <ada@mills.example>", "Ada", "Mills"),
    ],
)
def test_name_and_company_are_guessed_from_how_a_mail_is_signed(sender, name, company):
    file(mail(sender=sender))
    assert AdRequest.objects.values_list("name", "company").get() == (name, company)


def test_an_answer_of_the_contact_is_a_message_and_starts_the_clock(run_jobs):
    at = timezone.now()
    request = factories.ad_request(at=at - timedelta(hours=3))
    deals.answer(request, by=None, at=at - timedelta(hours=2))
    raw = mail(
        "May it is.\n\nOn Mon, Desk <d@news.example> wrote:\n> When?", subject=f"Re: [{request.reference}] Hello"
    )
    kept = file(raw, at=at)
    request.refresh_from_db()
    message = request.messages.get()
    assert (kept.status, kept.deal_message, message.text, message.via) == ("message", message, "May it is.", "mail")
    assert "> When?" in kept.text
    assert request.answer_due_at == at + timedelta(hours=48)
    assert AdRequest.objects.count() == 1
    run_jobs()
    assert len(to("ada@firm.example")) == 1  # only the confirmation of the form


def test_an_answer_without_reference_finds_its_deal_by_the_mail_it_answers():
    request = factories.ad_request()
    written = conversation.write(request, "When?", by=factories.user("Ad manager"), at=timezone.now())
    kept = file(mail("In May.", subject="Re: your question", References=f"<x@y.example> {written.message_id}"))
    assert (kept.status, kept.request) == ("message", request)
    later = file(mail("Or June.", subject="One more thing", In_Reply_To=kept.message_id))
    assert (later.status, later.request) == ("message", request)


def test_a_stranger_who_knows_a_reference_is_held_and_gets_and_changes_nothing(run_jobs, settings):
    at = timezone.now()
    request = factories.ad_request(at=at - timedelta(hours=3))
    deals.answer(request, by=None, at=at)
    run_jobs()
    outgoing.outbox.clear()
    kept = file(mail("Send me the offer.", sender="eve@other.example", subject=f"Re: {request.reference}"), at=at)
    request.refresh_from_db()
    assert (kept.status, kept.request, kept.note) == ("held", request, "It comes from another address than the deal's.")
    assert (request.messages.count(), request.answer_due_at, AdRequest.objects.count()) == (0, None, 1)
    run_jobs()
    assert [sent.to for sent in outgoing.outbox] == [[settings.ADVERTISING_EMAIL]]
    mail_filing.attach(kept, request=request, by=None, at=at)
    request.refresh_from_db()
    assert (request.messages.get().text, request.answer_due_at) == ("Send me the offer.", at + timedelta(hours=48))
    with pytest.raises(mail_filing.NotFiled):
        mail_filing.make_request(kept, by=None, at=at)


def test_the_contacts_address_with_a_failed_check_is_held():
    request = factories.ad_request()
    kept = file(mail(subject=request.reference, Authentication_Results="mx; spf=fail; dkim=none; dmarc=fail"))
    assert (kept.status, request.messages.count()) == ("held", 0)


def test_a_check_that_vouches_opens_nothing():
    request = factories.ad_request()
    raw = mail(sender="eve@other.example", subject=request.reference, Authentication_Results="mx; spf=pass; dmarc=pass")
    assert file(raw).status == "held"


def test_the_same_mail_on_two_ways_is_filed_once_and_another_with_its_identifier_is_not_lost():
    raw = mail("We want May.", Message_ID="<same@firm.example>")
    file(raw)
    again = file(b"Received: from elsewhere\r\n" + raw)
    other = file(mail("We want June.", Message_ID="<same@firm.example>", Date="Tue, 05 May 2026 10:00:00 +0000"))
    assert (again.status, again.request) == ("again", AdRequest.objects.order_by("pk").first())
    assert (other.status, AdRequest.objects.count()) == ("request", 2)


def test_two_messages_with_one_identifier_are_both_kept():
    request = factories.ad_request()
    for text in ("First.", "Second."):
        file(mail(text, subject=request.reference, Message_ID="<same@firm.example>"))
    assert list(request.messages.values_list("text", flat=True)) == ["First.", "Second."]


def test_a_bounce_flags_the_contact_and_tells_the_desk_once(run_jobs, settings):
    request = factories.ad_request()
    run_jobs()
    outgoing.outbox.clear()
    for _time in range(2):
        kept = file(bounce("ada@firm.example", subject=f"[{request.reference}] Our offer"))
        assert (kept.status, kept.note, kept.request) == ("bounce", "550 5.1.1 No such user here", request)
    run_jobs()
    assert [(sent.to, "bounces" in sent.subject) for sent in outgoing.outbox] == [([settings.ADVERTISING_EMAIL], True)]
    assert mail_filing.bounce_of(request) == kept
    assert AdRequest.objects.count() == 1
    conversation.hear(request, "I am back.", name="Ada", via="mail", at=timezone.now() + timedelta(minutes=1))
    assert mail_filing.bounce_of(request) is None


def test_a_bounce_about_an_address_that_is_not_the_deals_flags_nobody():
    request = factories.ad_request()
    kept = file(bounce("bob@firm.example", subject=f"[{request.reference}] Our offer"))
    assert (kept.status, kept.request, mail_filing.bounce_of(request)) == ("bounce", None, None)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Auto_Submitted": "auto-replied"}, "automatic"),
        ({"subject": "Out of office: {reference}"}, "automatic"),
        ({"Precedence": "list"}, "automatic"),
        ({"sender": "partners@news.example"}, "loop"),
        ({"X_Loop": "partners@news.example"}, "loop"),
        ({"Message_ID": "<1.2@testserver>"}, "loop"),
    ],
)
def test_programs_and_our_own_mails_start_no_clock_and_get_no_answer(run_jobs, settings, headers, status):
    settings.ADVERTISING_EMAIL = "partners@news.example"
    at = timezone.now()
    request = factories.ad_request(at=at)
    deals.answer(request, by=None, at=at)
    run_jobs()
    outgoing.outbox.clear()
    said = {name: value.format(reference=request.reference) for name, value in headers.items()}
    kept = file(mail(**{"subject": f"Re: {request.reference}"} | said))
    request.refresh_from_db()
    assert (kept.status, kept.request, request.answer_due_at, request.messages.count()) == (status, request, None, 0)
    file(mail(**said | {"subject": said.get("subject", "Hello").replace(request.reference, "")}))
    run_jobs()
    assert (AdRequest.objects.count(), outgoing.outbox) == (1, [])


def test_two_machines_that_answer_each_other_are_heard_twenty_times_an_hour():
    request = factories.ad_request()
    statuses = [file(mail(f"Message {n}", subject=request.reference)).status for n in range(23)]
    assert statuses == ["message"] * 20 + ["loop"] * 3
    later = timezone.now() + timedelta(hours=2)
    assert file(mail("A person again", subject=request.reference), at=later).status == "message"


def test_the_fourth_request_of_an_address_in_a_day_is_held_and_nobody_is_mailed(run_jobs):
    for n in range(5):
        file(mail(f"Request number {n}", subject=f"No {n}"))
    run_jobs()
    assert list(AdRequest.objects.order_by("pk").values_list("suspected", flat=True)) == [
        "", "", "", *["more than 3 requests a day from this address"] * 2,
    ]  # fmt: skip
    assert len(to("ada@firm.example")) == 3
    held = AdRequest.objects.order_by("pk").last()
    assert sales.release(held, by=None, at=timezone.now())
    run_jobs()
    assert len(to("ada@firm.example")) == 4


def test_old_mail_of_a_mailbox_that_is_read_for_the_first_time_waits_for_the_desk(run_jobs):
    at = timezone.now()
    kept = file(mail(), at=at, arrived=at - timedelta(days=8))
    run_jobs()
    assert (kept.status, AdRequest.objects.count(), outgoing.outbox) == ("held", 0, [])
    request = mail_filing.make_request(kept, by=None, at=at)
    assert (request.received_at, request.answer_due_at) == (at, at + timedelta(hours=48))
    run_jobs()
    assert outgoing.outbox == []


def test_a_mail_without_a_sender_waits_and_cannot_become_a_request():
    kept = file(b"Subject: Hello\r\n\r\nWe want to advertise.")
    assert (kept.status, kept.note) == ("held", "It names no sender.")
    with pytest.raises(mail_filing.NotFiled, match="no address"):
        mail_filing.make_request(kept, by=None, at=timezone.now())
    mail_filing.set_aside(kept, by=None, at=timezone.now())
    assert InboundMail.objects.get().status == "not-ours"


def test_a_mail_that_fails_is_tried_again_then_shown_and_can_be_read_again(monkeypatch):
    at = timezone.now()
    kept = factories.inbound_mail(mail(), at=at)
    with monkeypatch.context() as broken:  # a disk that is away
        broken.setattr(type(kept.raw.storage), "_open", lambda *args: (_ for _ in ()).throw(OSError("disk")))
        tries = [mail_filing.file_waiting(at + n * timedelta(minutes=2)) for n in range(7)]
    kept.refresh_from_db()
    assert (tries, kept.status, kept.note, kept.attempts) == ([0] * 7, "failed", "OSError: disk", 5)
    mail_filing.try_again(kept, by=None, at=at)
    assert mail_filing.file_waiting(at) == 1
    assert AdRequest.objects.count() == 1


def test_nothing_stays_of_a_request_whose_files_cannot_be_stored(monkeypatch):
    kept = factories.inbound_mail(mail(files=[("a.gif", factories.gif(300, 250), "image/gif")]))
    with monkeypatch.context() as broken:
        broken.setattr(Material, "save", lambda self: (_ for _ in ()).throw(RuntimeError("full")))
        assert mail_filing.file_waiting(timezone.now()) == 0
    assert (AdRequest.objects.count(), Material.objects.count(), InboundMail.objects.get().status) == (0, 0, "new")
    assert mail_filing.file_waiting(timezone.now() + timedelta(minutes=2)) == 1
    kept.refresh_from_db()
    assert kept.request.material.count() == 1


def test_a_logo_in_a_signature_is_passed_over():
    from ads.mail_reading import File

    logo = File("logo.png", "image/gif", True, factories.gif(120, 40))
    assert (mail_files.check((logo,)).files, mail_files.check((logo,)).refused) == ([], [])


@ALONE
def test_many_workers_file_a_mail_once(at_once):
    factories.inbound_mail(mail())
    request = factories.ad_request()
    factories.inbound_mail(mail("Yes.", sender="ada@firm.example", subject=request.reference))
    at = timezone.now()
    errors = at_once(6, lambda: mail_filing.file_waiting(at))
    assert errors == []
    later = at + timedelta(minutes=5)
    mail_filing.file_waiting(later)
    assert sorted(InboundMail.objects.values_list("status", flat=True)) == ["message", "request"]
    assert (AdRequest.objects.count(), DealMessage.objects.count()) == (2, 1)
