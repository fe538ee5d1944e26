"""Mails as people, programs and spammers write them."""

from __future__ import annotations

import itertools
from email.message import EmailMessage

_numbers = itertools.count(1)


def mail(
    text: str | None = "We would like to advertise in May.",
    *,
    sender: str = "Ada Example <ada@firm.example>",
    subject: str = "Advertising in May",
    html: str = "",
    files: list[tuple[str, bytes, str]] | None = None,
    **headers: str,
) -> bytes:
    """A whole mail. `headers` are named with underscores; None leaves one out."""
    message = EmailMessage()
    values = {"Message-ID": f"<{next(_numbers)}.test@firm.example>", "Date": "Mon, 04 May 2026 10:00:00 +0000"}
    values |= {"From": sender, "To": "partners@news.example", "Subject": subject}
    values |= {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in values.items():
        if value is not None:
            message[name] = value
    if text is not None:
        message.set_content(text)
    if html and text is not None:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    for name, content, kind in files or []:
        maintype, _slash, subtype = kind.partition("/")
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def bounce(recipient: str, *, subject: str, message_id: str = "<lost@news.example>", action: str = "failed") -> bytes:
    """A report as RFC 3464 has it."""
    return (
        "Return-Path: <>\r\n"
        "From: Mail Delivery System <MAILER-DAEMON@mx.firm.example>\r\n"
        f"Message-ID: <{next(_numbers)}.dsn@mx.firm.example>\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        "Auto-Submitted: auto-replied\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n'
        "\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.firm.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 No such user here\r\n\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"Subject: {subject}\r\nMessage-ID: {message_id}\r\n\r\nOur offer\r\n"
        "--b--\r\n"
    ).encode()
