"""The mail of an issue as bytes: what mail programs and providers ask of it."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from newsroom.audience import letter, links
from newsroom.audience.models import Issue, Newsletter, Subscriber
from tests import factories

from . import mailing

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 6, 30, tzinfo=UTC)
HTML = '<p>{words}</p><a href="https://preferences.invalid/">Change</a><a href="https://unsubscribe.invalid/">Leave</a>'
TEXT = "{words}\nLeave: https://unsubscribe.invalid/\n"


def made(language: str = "en", words: str = "Rain at last", **fields):
    of = mailing.newsletter(f"morning-{language}", language=language, name="Morning")
    [reader] = mailing.readers(of, 1, name=language)
    frozen = {"subject": words, "html": HTML.format(words=words), "text": TEXT.format(words=words), "links": []}
    issue = mailing.issue(of, sent_as=frozen | fields)
    data = letter.Letter(issue).data(reader, to=reader.email, at=AT)
    return issue, reader, data, message_from_bytes(data.replace(b"\r\n..", b"\r\n."), policy=policy.default)


def said_in(part) -> str:
    """The last line break before a boundary is the boundary's."""
    return part.get_content().replace("\r\n", "\n").rstrip("\n")


@pytest.mark.parametrize(("language", "words"), [("en", "Rain at last"), ("ar", "المطر يعود أخيراً إلى الشمال")])
def test_a_mail_carries_what_lists_owe_their_readers(language, words):
    issue, reader, _data, mail = made(language, words)
    leave = links.unsubscribe_url(reader, issue.newsletter)
    assert mail["Subject"] == words
    assert mail["To"] == reader.email
    assert mail["List-Unsubscribe"] == f"<{leave}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == f"<morning-{language}.newsletter.testserver>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] == "bulk"
    assert mail["Content-Language"] == language
    assert mail["Feedback-ID"] == f"{issue.pk}:morning-{language}:newsletter:testserver"
    assert mail["Reply-To"] == settings.NEWSROOM_EMAIL
    assert mail["Date"].datetime == AT
    assert mail["MIME-Version"] == "1.0"
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert said_in(text) == TEXT.format(words=words).replace(links.UNSUBSCRIBE, leave).strip()
    own = HTML.format(words=words).replace(links.UNSUBSCRIBE, leave)
    assert said_in(html) == own.replace(links.PREFERENCES, links.preferences_url(reader))
    assert [part.get_content_type() for part in (text, html)] == ["text/plain", "text/html"]


def test_the_sender_is_the_brand_in_the_language_of_the_newsletter():
    factories.brand(name="The Wire", name_ar="السلك", email="hello@wire.example")
    _issue, _reader, _data, mail = made("ar", "مطر")
    assert mail["From"].addresses[0].display_name == "السلك"
    assert mail["From"].addresses[0].addr_spec == settings.NEWSROOM_EMAIL
    assert mail["Reply-To"] == "hello@wire.example"


def test_a_mail_has_the_same_message_id_each_time_and_another_for_each_reader():
    issue, reader, _data, mail = made()
    assert mail["Message-ID"] == letter.message_id(issue.pk, reader.pk)
    assert letter.message_id(issue.pk, reader.pk) != letter.message_id(issue.pk, reader.pk + 1)


def test_a_subject_smuggles_no_header_in():
    _issue, _reader, _data, mail = made(subject="Rain\r\nBcc: everybody@reader.example")
    assert mail["Subject"] == "Rain Bcc: everybody@reader.example"
    assert mail["Bcc"] is None


def test_a_long_subject_begins_on_the_line_of_its_name():
    words = "The night shift of Port Amaya clears a month of waiting containers in nine days"
    _issue, _reader, data, mail = made("en", words)
    assert f"\r\nSubject: {words}\r\n".encode() in data
    assert mail["Subject"] == words
    assert mail.get_all("Subject") == [words]
    assert mail["From"].addresses


def test_arabic_is_sent_in_the_shorter_of_two_encodings():
    words = "المطر يعود أخيراً إلى الشمال بعد شهور من الجفاف " * 200
    _issue, _reader, data, mail = made("ar", words, subject="مطر")
    assert [part["Content-Transfer-Encoding"] for part in mail.iter_parts()] == ["base64", "base64"]
    assert len(data) < 2 * len(words.encode()) * 1.4 + 3000
    _issue, _reader, data, mail = made("en", "Rain")
    assert [part["Content-Transfer-Encoding"] for part in mail.iter_parts()] == ["quoted-printable"] * 2


@given(words=st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=300), lines=st.integers(1, 4))
def test_whatever_is_written_arrives_in_short_ascii_lines(words, lines):
    text = "\n".join([words, "." * lines, f".{words}", links.UNSUBSCRIBE + words, "   ", ""])
    issue = Issue(
        pk=7,
        newsletter=Newsletter(pk=3, slug="m", name="M", language="en"),
        sent_as={"subject": words[:100], "html": text, "text": text, "links": []},
    )
    reader = Subscriber(pk=5, key="k" * 32, email="a@reader.example")
    data = letter.Letter(issue).data(reader, to=reader.email, at=AT)
    rows = data.split(b"\r\n")
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert max(map(len, rows)) <= 998
    body = data.partition(b"\r\n\r\n")[2].split(b"\r\n")
    assert max(map(len, body)) <= 78
    assert not any(row == b"." for row in rows)
    assert all(row.startswith(b"..") for row in rows if row.startswith(b"."))
    mail = message_from_bytes(data.replace(b"\r\n..", b"\r\n."), policy=policy.default)
    leave = links.unsubscribe_url(reader, issue.newsletter)
    expected = "\n".join(text.splitlines()).rstrip("\n")
    for part in mail.iter_parts():
        assert said_in(part) == expected.replace(links.UNSUBSCRIBE, leave)


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("a.b+c@reader.example", "a.b+c@reader.example"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
        ("a@مثال.example", "a@xn--mgbh0fb.example"),
    ],
)
def test_hosts_are_written_as_mail_servers_read_them(email, expected):
    assert letter.ascii_address(email) == expected


@pytest.mark.parametrize(
    "email", ["ü@reader.example", "a b@reader.example", "a>b@reader.example", "a", "a@" + "x" * 70]
)
def test_an_address_that_no_mail_can_be_written_to_is_refused(email):
    with pytest.raises(letter.BadAddress):
        letter.ascii_address(email)
