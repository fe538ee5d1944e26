"""Reading a mailbox of a real IMAP server: what is kept, what is marked, and what a kill, a renumbering or a wrong
certificate do to it."""

from __future__ import annotations

import io
import logging
import os
import random
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from ads import mailbox, rounds
from ads.models import AdRequest, InboundMail, Mailbox
from newsroom import alarm
from tests.ads import dovecot, mails
from tests.newsroom.test_worker import ALONE, environment

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def imap_server():
    if dovecot.PROGRAM is None or dovecot.OPENSSL is None:
        why = "No Dovecot: install the packages dovecot-imapd and openssl."
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    server = dovecot.Dovecot()
    yield server
    server.remove()


@pytest.fixture
def imap(imap_server, settings, monkeypatch):
    """An empty mailbox that the settings name, on a server whose certificate is trusted."""
    imap_server.empty()
    settings.MAILBOX_URL = imap_server.url
    monkeypatch.setenv("SSL_CERT_FILE", str(imap_server.certificate))
    return imap_server


def read(imap, *, url: str = "", at=None) -> mailbox.Reading:
    return mailbox.read(mailbox.Account.from_url(url or imap.url), at=at or timezone.now())


def kept() -> list[str]:
    return list(InboundMail.objects.order_by("uid").values_list("status", flat=True))


def test_a_mail_is_kept_as_it_came_then_marked_as_read_and_stays_where_it_is(imap):
    raw = mails.mail("What do 300x250 cost?")
    imap.put(raw)
    assert (read(imap).kept, read(imap).kept) == (1, 0)
    stored = InboundMail.objects.get()
    with stored.raw.open("rb") as file:
        assert file.read() == raw
    assert (stored.status, stored.bytes) == ("new", len(raw))
    assert (imap.count(), imap.count(criterion="SEEN")) == (1, 1)


def test_a_mail_that_a_person_has_read_already_is_read_here_too(imap):
    imap.put(mails.mail(), flags=r"(\Seen)")
    assert read(imap).kept == 1


def test_mails_move_to_the_folder_of_the_settings_once_they_are_kept(imap, settings):
    settings.MAILBOX_DONE = "Erledigt/Überall"
    imap.put(mails.mail(), mails.mail())
    assert read(imap).kept == 2
    assert imap.count() == 0
    imap.put(mails.mail())
    assert read(imap).kept == 1
    assert InboundMail.objects.count() == 3


def test_starttls_is_spoken_where_the_address_says_so(imap):
    imap.put(mails.mail())
    assert read(imap, url=imap.starttls_url).kept == 1


@pytest.mark.parametrize("scheme", ["url", "starttls_url"])
def test_a_certificate_that_nobody_vouches_for_is_refused_before_a_password_is_sent(imap, monkeypatch, scheme):
    monkeypatch.delenv("SSL_CERT_FILE")
    imap.put(mails.mail())
    logged_in = (imap.home / "log").read_text().count("Login: user")
    with pytest.raises(mailbox.MailboxTrouble, match="certificate"):
        read(imap, url=getattr(imap, scheme))
    assert (imap.home / "log").read_text().count("Login: user") == logged_in
    assert (kept(), "certificate" in Mailbox.objects.get().trouble) == ([], True)


def test_numbers_given_anew_bring_no_mail_twice_and_lose_none(imap):
    imap.put(mails.mail(), mails.mail())
    read(imap)
    imap.renumber()
    imap.put(mails.mail())
    reading = read(imap)
    assert (reading.kept, reading.known) == (1, 2)
    assert InboundMail.objects.count() == 3


def test_a_mail_that_is_too_large_is_noted_and_left_alone(imap, monkeypatch):
    monkeypatch.setattr(mailbox, "MOST_BYTES", 50_000)
    imap.put(mails.mail("x\n" * 40_000, subject="Huge"), mails.mail())
    reading = read(imap)
    assert (reading.kept, reading.too_large) == (2, 1)
    assert kept() == ["too-large", "new"]
    large = InboundMail.objects.get(status="too-large")
    assert (large.subject, large.sender, large.raw.size < 5_000) == ("Huge", "ada@firm.example", True)
    assert imap.count(criterion="UNSEEN") == 1
    assert read(imap).kept == 0


def test_one_reading_ends_and_the_next_goes_on(imap, monkeypatch):
    monkeypatch.setattr(mailbox, "MOST_MAILS", 2)
    imap.put(*[mails.mail() for _ in range(3)])
    assert [(r.kept, r.has_more) for r in (read(imap), read(imap), read(imap))] == [(2, True), (1, False), (0, False)]


def test_the_command_reads_and_files_and_a_dry_run_changes_nothing(imap):
    imap.put(mails.mail(subject="Hello"))
    out = io.StringIO()
    call_command("read_mail", dry_run=True, stdout=out)
    assert "Ada Example <ada@firm.example>  Hello\n1 would be kept" in out.getvalue()
    assert (InboundMail.objects.count(), Mailbox.objects.count(), imap.count(criterion="SEEN")) == (0, 0, 0)
    call_command("read_mail", once=True, stdout=out)
    assert "1 kept, 0 known, 0 too large, 1 filed" in out.getvalue()
    assert AdRequest.objects.get().source == "mail"


def test_the_command_says_what_is_missing_without_the_password(settings):
    settings.MAILBOX_URL = ""
    with pytest.raises(CommandError, match="MAILBOX_URL is not set"):
        call_command("read_mail", once=True)
    settings.MAILBOX_URL = "imaps://ada:secret-word@localhost:1/INBOX"
    with pytest.raises(CommandError) as raised:
        call_command("read_mail", once=True)
    assert "secret-word" not in str(raised.value)


def test_the_rounds_read_when_it_is_time_and_file(imap, settings):
    at = timezone.now()
    imap.put(mails.mail())
    rounds.make(at)
    assert kept() == ["request"]
    imap.put(mails.mail())
    rounds.make(at + timedelta(seconds=settings.MAILBOX_EVERY - 1))
    assert len(kept()) == 1
    rounds.make(at + timedelta(seconds=settings.MAILBOX_EVERY))
    assert kept() == ["request", "request"]


def test_trouble_is_logged_told_after_an_hour_and_over_when_it_is_read(imap, settings, caplog):
    at = timezone.now()
    settings.MAILBOX_URL = imap.url.replace("only", "wrong")
    with caplog.at_level(logging.WARNING):
        assert mailbox.read_due(at) is None
    assert "cannot be read" in caplog.text
    settings.MAILBOX_URL = imap.url
    read(imap, at=at)
    assert alarm.mailbox_trouble(at + timedelta(minutes=59)) is None
    Mailbox.objects.update(trouble="OSError: no route")
    trouble = alarm.mailbox_trouble(at + timedelta(minutes=61))
    assert trouble.sentence.startswith("The mailbox partners@news.example@localhost/INBOX was not read since")
    assert trouble.sentence.endswith("OSError: no route")
    with time_machine.travel(at + timedelta(minutes=61), tick=False):
        assert "mailbox" in {told.cause for told in alarm.sound(timezone.now())}
    assert [m.to for m in mail.outbox if "mailbox" in m.body] == [[settings.OPERATOR_EMAIL]]


def test_a_site_without_a_mailbox_reads_none_and_has_no_trouble(settings, django_assert_num_queries):
    settings.MAILBOX_URL = ""
    with django_assert_num_queries(0):
        assert mailbox.read_due(timezone.now()) is None
        assert alarm.mailbox_trouble(timezone.now()) is None


@ALONE
def test_killed_anywhere_again_and_again_each_mail_becomes_exactly_one_deal(imap, settings):
    chance = random.Random(7)
    imap.put(*[mails.mail(f"Offer {n}, please.", sender=f"p{n}@firm{n}.example", subject=f"No {n}") for n in range(6)])
    env = environment(MAILBOX_URL=imap.url, SSL_CERT_FILE=str(imap.certificate), MAILBOX_DONE="Done")
    command = [sys.executable, "-m", "tests.ads.read_mail_slowly"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    kills = 0
    with subprocess.Popen(command, env=env, **pipes) as process:
        for _attempt in range(14):
            process.stdin.write("go\n")
            reader, steps = int(process.stdout.readline()), chance.randrange(4, 45)
            while process.stdout.readline() == "step\n":
                steps -= 1
                if steps == 0:
                    os.kill(reader, signal.SIGKILL)
                    kills += 1
        process.stdin.close()
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):  # leases of the dead are over
        settings.MAILBOX_DONE = "Done"
        call_command("read_mail", once=True, stdout=io.StringIO())
    assert kills >= 5
    assert sorted(AdRequest.objects.values_list("email", flat=True)) == [f"p{n}@firm{n}.example" for n in range(6)]
    assert kept() == ["request"] * 6
    assert (imap.count(), imap.count("Done")) == (0, 6)


@pytest.mark.parametrize(
    "url", ["imap://a:b@mail.example", "imaps://mail.example", "imaps://a@mail.example", "imaps://a:b@mail.example:x"]
)
def test_an_address_without_tls_or_login_is_refused_at_the_start(url):
    code = "from newsroom import settings"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "MAILBOX_URL": url}, capture_output=True, text=True
    )
    assert "MAILBOX_URL must look like imaps://" in done.stderr
