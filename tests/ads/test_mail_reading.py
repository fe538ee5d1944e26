"""What a mail says, however it is written."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ads import mail_parts, mail_reading, spam
from tests.ads.mails import bounce, mail

REPLIES = [
    ("Yes, please.\n\nOn Mon, 4 May 2026 at 10:00, Desk <desk@news.example> wrote:\n> Would you?\n", "Yes, please."),
    ("Yes.\n\nOn Mon, 4 May 2026 at 10:00, The Desk\n<desk@news.example> wrote:\n> Would you?\n", "Yes."),
    ("نعم، شكرا.\n\nفي الاثنين، 4 مايو 2026 كتب Desk <desk@news.example>:\n> هل تريد؟\n", "نعم، شكرا."),
    ("Fine.\n\n-----Original Message-----\nFrom: Desk\nSent: Monday\nOur offer\n", "Fine."),
    ("Fine.\n\nFrom: Desk <desk@news.example>\nSent: Monday\nTo: Ada\nSubject: Offer\n\nOur offer\n", "Fine."),
    ("Agreed.\n\n-- \nAda Example\nFirm Ltd\n", "Agreed."),
    # Answered below, or in between: everything is needed.
    ("> Would you?\nYes, in May.\n", "> Would you?\nYes, in May."),
    ("On Monday the desk wrote:\n> Would you?\nYes.\n> And when?\nIn May.\n", None),
    ("No quote at all.\nFrom: nowhere in particular we come.", None),
    ("", ""),
]


@pytest.mark.parametrize(("text", "new"), REPLIES)
def test_what_is_quoted_is_left_out_and_what_is_answered_in_between_is_not(text, new):
    assert mail_reading.trimmed(text) == (text.strip() if new is None else new)


def test_a_page_becomes_text_without_scripts_and_keeps_its_lines():
    html = "<p>Hello <b>desk</b>,</p><script>alert(1)</script><p>price?</p><blockquote>old</blockquote>"
    assert mail_reading.read(mail(None, html=html)).text == "Hello desk,\nprice?\nold"


def test_plain_text_is_preferred_to_its_page():
    letter = mail_reading.read(mail("Hello", html="<p>HELLO</p>"))
    assert (letter.text, letter.files) == ("Hello", ())


def test_who_wrote_what_about_which_deal_and_with_which_files():
    raw = mail(
        "Here it is.",
        subject="Re: [R-2A3B4C5] Our offer",
        sender='"Ada, Example" <ADA@Firm.example>',
        In_Reply_To="<1@news.example>",
        References="<0@news.example> <1@news.example>",
        files=[("صورة.gif", b"GIF89a", "image/gif")],
        Authentication_Results="mx.news.example; spf=pass; dkim=fail (bad) header.d=x; dmarc=fail",
    )
    letter = mail_reading.read(raw)
    assert (letter.sender, letter.sender_name) == ("ada@firm.example", "Ada, Example")
    assert (letter.references, letter.answers) == (("R-2A3B4C5",), ("<1@news.example>", "<0@news.example>"))
    assert [(file.name, file.content) for file in letter.files] == [("صورة.gif", b"GIF89a")]
    assert letter.authentication == "spf=pass dkim=fail dmarc=fail"
    assert (letter.automatic, letter.bounce) == ("", None)


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, "Auto-Submitted: auto-replied"),
        ({"X_Autoreply": "yes"}, "X-Autoreply"),
        ({"Precedence": "bulk"}, "Precedence: bulk"),
        ({"List_Id": "<news.firm.example>"}, "a mailing list"),
        ({"Return_Path": "<>"}, "Return-Path: <>"),
        ({"sender": "no-reply@firm.example"}, "an address that nobody reads"),
        ({"subject": "Automatic reply: Our offer"}, "its subject"),
        ({"subject": "رد تلقائي: عرضنا"}, "its subject"),
        ({"Auto_Submitted": "no"}, ""),
        ({"subject": "Our auto parts, automatic gearboxes"}, ""),
    ],
)
def test_a_program_is_told_from_a_person(headers, why):
    assert mail_reading.read(mail(**headers)).automatic == why


def test_a_report_says_who_did_not_get_which_mail_and_why():
    letter = mail_reading.read(
        bounce("ada@firm.example", subject="[R-2A3B4C5] Our offer", message_id="<9@news.example>")
    )
    assert letter.bounce == mail_reading.Bounce(
        "ada@firm.example", "550 5.1.1 No such user here", "<9@news.example>", "[R-2A3B4C5] Our offer"
    )
    delayed = mail_reading.read(bounce("ada@firm.example", subject="x", action="delayed"))
    assert (delayed.bounce, delayed.automatic) == (None, "a report: delivery-status")


def test_a_bounce_in_plain_words_is_one_too():
    text = "Delivery to ada@firm.example failed:\n550 No such user\n\nSubject: [R-2A3B4C5] Our offer"
    raw = mail(
        text, sender="MAILER-DAEMON@mx.example", subject="Undeliverable: [R-2A3B4C5] Our offer", Return_Path="<>"
    )
    found = mail_reading.read(raw).bounce
    assert (found.recipient, found.reason, found.subject) == ("ada@firm.example", "550 No such user", "R-2A3B4C5")


BROKEN = {
    "nothing": b"",
    "no header": b"\r\n\r\nHello",
    "no such charset": b"From: a@b.example\r\nContent-Type: text/plain; charset=klingon\r\n\r\nHello",
    "a charset that is a trick": b"From: a@b.example\r\nContent-Type: text/plain; charset=unicode_escape\r\n\r\nHello",
    "wrong charset": b"From: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello \xe9\xff",
    "garbage for base64": b"From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\nHello!!!=\xff",
    "raw UTF-8 in headers": "From: Été <a@b.example>\r\nSubject: مرحبا\r\n\r\nHello".encode(),
    "nul": b"From: a@b.example\r\nSubject: x\x00y\r\n\r\nHel\x00lo",
    "a broken encoded word": b"From: =?utf-8?b?!!!?= <a@b.example>\r\nSubject: =?x?q?\xff?=\r\n\r\nHello",
    "no end of its parts": b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nHello",
    "no boundary": b"From: a@b.example\r\nContent-Type: multipart/mixed\r\n\r\nHello",
    "two senders": b"From: a@b.example, c@d.example\r\nFrom: e@f.example\r\n\r\nHello",
    "a type that is none": b"From: a@b.example\r\nContent-Type: ;;;===\r\n\r\nHello",
    "a file name of four kinds": b"From: a@b.example\r\nContent-Type: image/gif\r\n"
    b"Content-Disposition: attachment; filename*0*=utf-8''%ff; filename*1=\"x\r\n\r\nHello",
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_mail_is_read_as_far_as_it_goes(what):
    letter = mail_reading.read(BROKEN[what])
    assert letter.sender in ("", "a@b.example")
    assert "\x00" not in letter.subject + letter.text
    letter.text.encode()
    letter.subject.encode()


def test_what_is_in_a_broken_mail_is_found():
    read = {what: mail_reading.read(raw) for what, raw in BROKEN.items()}
    assert (read["raw UTF-8 in headers"].subject, read["raw UTF-8 in headers"].sender_name) == ("مرحبا", "Été")
    assert read["no such charset"].text == "Hello"
    assert read["a charset that is a trick"].text == "Hello"
    assert read["wrong charset"].text == "Hello éÿ"
    assert read["no end of its parts"].text == "Hello"


def nested(depth: int) -> bytes:
    head = b"From: a@b.example\r\nSubject: Deep\r\nMIME-Version: 1.0\r\n"
    opens = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return head + opens + b"\r\nHello\r\n" + b"".join(b"--b%d--\r\n" % n for n in reversed(range(depth)))


@pytest.mark.parametrize(
    "raw",
    [
        nested(900),
        nested(5_000),
        b"From: a@b.example\r\nSubject: Deep\r\nTo: " + b"x@y.example, " * 100_000 + b"\r\n\r\nHello",
        b"From: " + b"(" * 50_000 + b" <a@b.example>\r\nSubject: Deep\r\n\r\nHello",
        b"From: a@b.example\r\nSubject: Deep\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
        + b"--x\r\nContent-Type: image/gif\r\n\r\nx\r\n" * 1_000,
        b"From: a@b.example\r\nSubject: Deep\r\n" + b"X-A: b\r\n" * 50_000 + b"\r\nHello",
        b"From: a@b.example\r\nSubject: Deep\r\n\r\n" + b"> \n" * 2_000_000,
    ],
    ids=[
        "900 levels",
        "5000 levels",
        "1.3 MB of addresses",
        "brackets",
        "1000 parts",
        "50000 headers",
        "2 million lines",
    ],
)
def test_a_mail_built_to_hurt_is_read_within_seconds(raw):
    started = time.monotonic()
    letter = mail_reading.read(raw)
    assert letter.subject in ("Deep", "")
    assert len(letter.files) <= mail_parts.MOST_FILES
    assert time.monotonic() - started < 20  # a busy machine; the child is ended after mail_reading.SECONDS


def test_a_forwarded_mail_and_outlooks_own_format_are_not_lost():
    raw = mail("See below.", files=[("winmail.dat", b"\x78\x9f\x3e\x22", "application/ms-tnef")])
    assert [file.name for file in mail_reading.read(raw).files] == ["winmail.dat"]
    inner = mail("The inner words.", subject="Inner").decode()
    outer = (
        "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nSee below.\r\n"
        f"--x\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--x--\r\n"
    )
    assert mail_reading.read(outer.encode()).text.split() == ["See", "below.", "The", "inner", "words."]


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=600),
    st.sampled_from([b"", b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n"]),
)
def test_whatever_bytes_come_something_is_read(noise, head):
    letter = mail_reading.read(head + noise)
    assert isinstance(letter.text, str)
    letter.fingerprint  # noqa: B018  (it is computed)


@pytest.mark.parametrize("charset", [b"idna", b"undefined", b"punycode", b"x\x00y"])
def test_a_charset_that_nobody_can_follow_costs_the_text_and_not_the_mail(charset):
    raw = b"From: Ada <ada@firm.example>\r\nContent-Type: text/plain; charset=" + charset + b"\r\nno header \xff\r\n"
    assert mail_parts.sender(mail_parts.take_apart(raw)["headers"])[1] == "ada@firm.example"
    mail_parts.take_apart(raw + b"\r\nWords \xff\r\n")


@pytest.mark.parametrize(
    "said",
    [
        "mx; " + "; ".join(["dkim=pass header.d=a.example"] * 6) + "; dmarc=fail header.from=bank.example",
        "mx; dmarc=fail header.from=bank.example; spf=pass smtp.mailfrom=dmarc=pass@evil.example",
        "mx; dmarc=fail; dmarc=pass",
    ],
)
def test_no_sender_writes_a_result_that_hides_a_worse_one(said):
    assert "dmarc=fail" in mail_reading._checks(said)
    assert spam.warning_of(mail_reading._checks(said))
