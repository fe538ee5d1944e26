"""Reports by mail: Mondays and at the end, once each, with the paper, and no longer for who stopped them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from ads import report_mails, sealing
from ads.models import AdRequest, Booking, ReportMail, SealedDay
from articles import jobs
from articles import mail as mails
from tests import factories
from tests.ads.test_papers import text
from tests.newsroom.test_worker import ALONE, killable, mail_server, port  # noqa: F401

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 16)
NEXT = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel("2026-11-25 12:00 +01:00", tick=False):
        yield timezone.now()


def running(last_day: date = date(2026, 12, 6), **fields) -> AdRequest:
    """A live deal since Monday the 16th, with the figures of its first week."""
    deal = factories.deal("live")
    AdRequest.objects.filter(pk=deal.pk).update(**fields)
    Booking.objects.filter(request=deal).update(first_day=MONDAY, last_day=last_day)
    booking = deal.bookings.get()
    for number in range(7):
        day = MONDAY + timedelta(days=number)
        factories.day_counts(day, shown=1000, viewable=600, clicks=7, line=booking.pk, position=booking.position_id)
    return deal


def at(day: date, hour: int = 7, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, hour, minute))


def test_on_monday_morning_the_week_before_goes_out_once_with_its_paper(run_jobs):
    deal = running()
    mail.outbox.clear()
    assert [report_mails.send_due(at(NEXT, 5, 59)), report_mails.send_due(at(NEXT, 6))] == [0, 1]
    assert [report_mails.send_due(at(NEXT, 6, minute)) for minute in (1, 2)] == [0, 0]
    run_jobs()
    message = next(one for one in mail.outbox if "figures of the week" in one.subject)
    assert message.to == [deal.email]
    for words in ("Shown: 7,000", "Viewable: 4,200 (60.0 %)", "Clicks: 49 (0.70 %)", "/partners/deal/", "#report"):
        assert words in message.body
    [(name, pdf, kind)] = message.attachments
    assert (name, kind) == (f"{deal.reference}-2026-11-22.pdf", "application/pdf")
    assert "7,000" in text(pdf)
    assert [(one.first_day, one.last_day, one.is_final) for one in ReportMail.objects.all()] == [
        (MONDAY, date(2026, 11, 22), False)
    ]


def test_nothing_goes_out_before_the_last_day_of_the_week_is_sealed():
    running()
    sealing.lift("default")  # a sealed day is never deleted
    SealedDay.objects.filter(day=date(2026, 11, 22)).delete()
    sealing.install("default")
    assert report_mails.send_due(at(NEXT)) == 0


def test_the_final_figures_go_out_once_the_last_day_is_sealed_and_no_weekly_with_them(run_jobs):
    running(last_day=date(2026, 11, 22))
    mail.outbox.clear()
    assert [report_mails.send_due(at(NEXT, hour)) for hour in (2, 7)] == [1, 0]
    run_jobs()
    message = next(one for one in mail.outbox if "final figures" in one.subject)
    assert "its last day is sealed" in message.body
    assert "#renew" in message.body


def test_a_make_good_booked_after_the_final_figures_is_reported_when_it_has_run(run_jobs):
    deal = running(last_day=date(2026, 11, 22))
    assert report_mails.send_due(at(NEXT)) == 1
    old = deal.bookings.get()
    first, last = date(2026, 12, 9), date(2026, 12, 10)
    made = factories.booking(old.position.code, request=deal, advertiser=old.advertiser, first_day=first, last_day=last)
    factories.day_counts(date(2026, 11, 29))
    # Between the two there is nothing to tell.
    assert report_mails.send_due(at(date(2026, 11, 30))) == 0
    for day in (first, last):
        factories.day_counts(day, shown=500, line=made.pk, position=made.position_id)
    assert [report_mails.send_due(at(date(2026, 12, 11), hour)) for hour in (2, 3)] == [1, 0]
    finals = ReportMail.objects.filter(is_final=True).order_by("last_day")
    assert [(one.first_day, one.last_day) for one in finals] == [(MONDAY, date(2026, 11, 22)), (MONDAY, last)]
    run_jobs()
    assert "Shown: 8,000" in mail.outbox[-1].body
    Booking.objects.filter(pk=made.pk).update(status="cancelled")
    assert report_mails.send_due(at(date(2026, 12, 11), 4)) == 0


def test_who_stopped_the_weekly_mail_gets_the_final_one_only(client):
    deal = running()
    token = factories.deal_token(deal)
    html = client.get(f"/partners/deal/{token}/").content.decode()
    assert "Stop the weekly mail" in html
    response = client.post(f"/partners/deal/{token}/report/stop/", follow=True)
    assert "No more weekly reports by mail." in response.content.decode()
    assert report_mails.send_due(at(NEXT)) == 0
    client.post(f"/partners/deal/{token}/report/resume/")
    assert report_mails.send_due(at(NEXT)) == 1
    client.post(f"/partners/deal/{token}/report/stop/")
    Booking.objects.update(last_day=date(2026, 11, 22))
    assert report_mails.send_due(at(NEXT)) == 1


def test_another_site_cannot_stop_it(client):
    token = factories.deal_token(running())
    headers = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    assert client.post(f"/partners/deal/{token}/report/stop/", headers=headers).status_code == 403


@pytest.mark.parametrize("fields", [{"status": "cancelled"}, {"status": "accepted"}, {"suspected": "links"}])
def test_deals_that_do_not_run_are_not_mailed(fields):
    running(**fields)
    assert report_mails.send_due(at(NEXT)) == 0


def test_an_arabic_advertiser_gets_arabic_words_and_paper(run_jobs):
    running(language="ar")
    mail.outbox.clear()
    report_mails.send_due(at(NEXT))
    run_jobs()
    with translation.override("ar"):
        subject = translation.gettext("Your figures of the week")
    [message] = [one for one in mail.outbox if subject in one.subject]
    assert "/ar/partners/deal/" in message.body
    assert "Shown" not in text(message.attachments[0][1])


def test_a_mail_whose_paper_cannot_be_made_goes_without_it(caplog):
    mails.make_papers("broken", lambda of: 1 / 0)
    sent = {"subject": "S", "body": "B", "to": ["a@firm.example"], "reply_to": None, "message_id": "<1@here>"}
    assert mails.deliver.call(**sent, paper="broken:1") == "sent"
    assert mail.outbox[-1].attachments == []
    assert "could not be made" in caplog.text


@ALONE
def test_a_worker_killed_after_the_server_took_a_report_sends_it_with_the_same_message_id(port):  # noqa: F811
    running()
    DBTaskResult.objects.all().delete()
    assert report_mails.send_due(at(NEXT)) == 1
    with mail_server(port) as taken, killable(EMAIL_URL=f"smtp://127.0.0.1:{port}") as start:
        start("mail", kill=True)
        assert jobs.revive(timezone.now() + timedelta(days=400)) == 1
        start("work", kill=False)
    reports = [one for one in taken if "figures" in one["Subject"]]
    assert len(reports) == 2
    assert len({one["Message-ID"] for one in reports}) == 1
    papers = [part.get_payload(decode=True) for one in reports for part in one.walk() if part.get_filename()]
    assert [paper[:4] for paper in papers] == [b"%PDF", b"%PDF"]
