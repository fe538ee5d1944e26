"""What a mail says: who wrote, about which deal, what is new in it, and whether a person wrote it at all."""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from articles import html
from articles.uploads import isolation

from . import mail_parts

logger = logging.getLogger(__name__)

# Larger mails are taken apart in a child process: parts in parts cost time by their depth.
READ_HERE = 100_000
SECONDS = 20
MEGABYTES = 600
MOST_TEXT = 100_000

REFERENCE = re.compile(r"\bR-[2-9A-HJ-NP-Z]{7}\b")
AUTOMATIC_SUBJECT = re.compile(
    r"(out of (the )?office|automatic reply|auto(matic)?[- ]?(reply|response|answer)|auto:|vacation reply|رد تلقائي|"
    r"الرد التلقائي|خارج المكتب)",
    re.IGNORECASE,
)
NOBODY = re.compile(r"(no|do-?not|never)[-._]?reply", re.IGNORECASE)
BOUNCER = re.compile(r"(mailer-daemon|postmaster|mail-daemon|mailerdaemon)@", re.IGNORECASE)
BOUNCED_SUBJECT = re.compile(r"(undeliver|delivery (status|failure|has failed)|returned (mail|to sender)|failure notice|not delivered)", re.IGNORECASE)  # fmt: skip  # noqa: E501
CHECK = re.compile(r"(spf|dkim|dmarc)\s*=\s*(\w+)", re.IGNORECASE)
ARABIC = re.compile("[\u0600-\u06ff]")
LETTER = re.compile(r"[^\W\d_]")

# Where the mail begins that is answered.
QUOTE_BEGINS = re.compile(
    r"^\s*("
    r"on\b.{4,200}\bwrote:?|le\b.{4,200}\ba écrit ?:?|am\b.{4,200}\bschrieb.{0,80}:|"
    r"(في|بتاريخ)\b.{4,200}كتب.{0,120}[:：]?|"
    r"-{2,}\s*(original message|forwarded message|الرسالة الأصلية)\s*-{2,}|_{20,}"
    r")\s*$",
    re.IGNORECASE,
)
OUTLOOK_FROM = re.compile(r"^\s*\*?(from|من)\s*:\*?\s*\S", re.IGNORECASE)
OUTLOOK_SENT = re.compile(r"^\s*\*?(sent|date|to|subject|تاريخ الإرسال|إلى|الموضوع)\s*:", re.IGNORECASE)


@dataclass(frozen=True)
class File:
    """`is_inline` where it stands in the text, as the logo of a signature does."""

    name: str
    kind: str
    is_inline: bool
    content: bytes


@dataclass(frozen=True)
class Bounce:
    """Who did not get a mail of ours, why, and which one it was as far as the report says."""

    recipient: str
    reason: str
    message_id: str
    subject: str


@dataclass(frozen=True)
class Letter:
    """`text` is all that was written, `new_text` without what was quoted. `automatic` says what shows that no person
    wrote it; empty for people. `names_us_as_loop` holds what an X-Loop header says."""

    message_id: str
    answers: tuple[str, ...]
    references: tuple[str, ...]
    sender: str
    sender_name: str
    subject: str
    date: str
    text: str
    new_text: str
    files: tuple[File, ...]
    is_cut: bool
    bounce: Bounce | None
    automatic: str
    loop: str
    authentication: str

    @property
    def language(self) -> str:
        letters = len(LETTER.findall(self.new_text[:2000]))
        return "ar" if letters and len(ARABIC.findall(self.new_text[:2000])) * 2 > letters else "en"

    @property
    def fingerprint(self) -> str:
        """The same mail on two ways has the same, though its headers differ."""
        facts = (self.message_id, self.sender, self.subject, self.date, self.text, *(f.name for f in self.files))
        return hashlib.sha256("\x1f".join(facts).encode("utf-8", "replace")).hexdigest()


def read(raw: bytes) -> Letter:
    """Read a mail, whatever is wrong with it; of one built to be unreadable, its header."""
    if len(raw) <= READ_HERE:
        found = mail_parts.take_apart(raw)
    else:
        try:
            found = isolation.run(mail_parts.take_apart, raw, seconds=SECONDS, megabytes=MEGABYTES)
        except (isolation.Crashed, isolation.TookTooLong) as error:
            logger.warning("Of a mail of %d bytes only the header is read: %r", len(raw), error)
            found = mail_parts.header_alone(raw)
    headers = found["headers"]
    name, address = mail_parts.sender(headers)
    subject = mail_parts.subject(headers)
    is_html = any(subtype == "html" for subtype, _text in found["texts"])
    text = "\n\n".join(
        piece for subtype, text in found["texts"] if (piece := (_words(text) if subtype == "html" else text).strip())
    )
    answered = " ".join(headers["in-reply-to"] + headers["references"])
    bounce = _bounce(found, address, subject, text)
    return Letter(
        message_id=mail_parts.message_id(headers),
        answers=tuple(dict.fromkeys(mail_parts.MESSAGE_ID.findall(answered)))[-50:],
        references=tuple(dict.fromkeys(REFERENCE.findall(subject.upper()))),
        sender=address,
        sender_name=name,
        subject=subject,
        date="".join(headers["date"][:1]),
        text=text[:MOST_TEXT],
        new_text=trimmed(text[:MOST_TEXT], is_html=is_html),
        files=tuple(File(*file) for file in found["files"]),
        is_cut=found["is_cut"] or len(text) > MOST_TEXT,
        bounce=bounce,
        automatic="" if bounce else _automatic(found, address, subject),
        loop=" ".join(headers["x-loop"])[:300],
        # The first one is our own server's, if it writes any.
        authentication=_checks("".join(headers["authentication-results"][:1])),
    )


def _checks(said: str) -> str:
    """The results that a mail server wrote (RFC 8601), one of each method: only what begins a clause is a result, and
    of several the worst counts, so that a sender cannot write one that hides it."""
    worst: dict[str, str] = {}
    for clause in said.split(";"):
        if found := CHECK.match(clause.strip()):
            check, result = found[1].lower(), found[2].lower()
            if check not in worst or worst[check] == "pass":
                worst[check] = result
            if result == "fail":
                worst[check] = result
    return " ".join(f"{check}={worst[check]}" for check in ("spf", "dkim", "dmarc") if check in worst)


def trimmed(text: str, *, is_html: bool = False) -> str:
    """What is new: without the mail that is answered and the signature below a line of two dashes. The whole text
    where somebody answers below or between what they quote."""
    lines = text.split("\n")
    cut = next((n for n in range(len(lines)) if _begins_quote(lines, n)), None)
    if cut is None:
        cut = next((n for n in range(len(lines)) if lines[n].startswith(">")), len(lines))
    below = lines[cut + 1 :]
    is_marked = any(line.startswith(">") for line in below)
    answers_below = is_marked and not is_html and any(line.strip() and line[0] != ">" for line in _after_quote(below))
    above = "\n".join(lines[:cut]).strip()
    if not above or answers_below:
        return text.strip()
    signature = re.search(r"\n-- ?\n", above)
    return (above[: signature.start()].strip() or above) if signature else above


def _begins_quote(lines: list[str], n: int) -> bool:
    line = lines[n]
    if len(line) > 400:
        return False
    # Mail programs break "On ..., Ada <ada@firm.example> wrote:" after the address.
    two = f"{line} {lines[n + 1]}" if n + 1 < len(lines) and len(lines[n + 1]) < 200 else line
    if QUOTE_BEGINS.match(line) or (
        line.strip().lower().startswith(("on ", "في ", "بتاريخ ")) and QUOTE_BEGINS.match(two)
    ):
        return True
    return bool(OUTLOOK_FROM.match(line) and any(OUTLOOK_SENT.match(after) for after in lines[n + 1 : n + 4]))


def _after_quote(lines: list[str]) -> list[str]:
    """The lines from the first quoted one on, but for a signature."""
    first = next((n for n, line in enumerate(lines) if line.startswith(">")), len(lines))
    rest = lines[first:]
    end = next((n for n, line in enumerate(rest) if line.rstrip() == "--"), len(rest))
    return rest[:end]


def _words(page: str) -> str:
    try:
        return html.text(html.clean(page))
    except html.HtmlRefused:  # too long or too tangled
        without = re.sub(r"<[^<>]{0,2000}>", " ", page[: html.MAX_LENGTH])
        return re.sub(r"[ \t]+", " ", unescape(without))


def _bounce(found: dict[str, Any], address: str, subject: str, text: str) -> Bounce | None:
    """A report about a delivery that failed (RFC 3464), or what reads like one from a mail server."""
    original = found["original"]
    about = {"message_id": _first_id(original.get("message-id", "")), "subject": original.get("subject", "")}
    failed = [fields for fields in found["report"] if fields.get("action", "").lower() == "failed"]
    if failed:
        who = failed[0].get("final-recipient") or failed[0].get("original-recipient") or ""
        why = failed[0].get("diagnostic-code") or failed[0].get("status") or ""
        return Bounce(_address(who), why.partition(";")[2].strip() or why, **about)
    if found["report"]:  # delayed, relayed or delivered
        return None
    comes_from_server = bool(BOUNCER.match(address)) or "<>" in found["headers"]["return-path"]
    if not (comes_from_server and (BOUNCED_SUBJECT.search(subject) or found["headers"]["x-failed-recipients"])):
        return None
    who = _address(" ".join(found["headers"]["x-failed-recipients"])) or _address(text)
    why = re.search(r"^.*\b5\d\d[ -].*$", text, re.MULTILINE)
    about["subject"] = about["subject"] or " ".join(REFERENCE.findall(f"{subject} {text}")[:1])
    return Bounce(who, (why[0] if why else subject).strip(), **about)


def _address(words: str) -> str:
    found = mail_parts.ADDRESS.search(words[:20_000])
    return found[0].lower() if found else ""


def _first_id(words: str) -> str:
    found = mail_parts.MESSAGE_ID.search(words)
    return found[0] if found else ""


def _automatic(found: dict[str, Any], address: str, subject: str) -> str:
    """What shows that a program wrote it (RFC 3834), in a few English words for staff."""
    headers = found["headers"]
    submitted = " ".join(headers["auto-submitted"]).lower()
    precedence = " ".join(headers["precedence"]).lower()
    signs = [
        (found["report"] or found["report_type"], f"a report: {found['report_type'] or 'delivery-status'}"),
        (submitted and not submitted.startswith("no"), f"Auto-Submitted: {submitted}"),
        (headers["x-autoreply"] or headers["x-autorespond"], "X-Autoreply"),
        (precedence in ("bulk", "list", "junk", "auto_reply"), f"Precedence: {precedence}"),
        (headers["list-id"] or headers["list-unsubscribe"], "a mailing list"),
        ("<>" in headers["return-path"], "Return-Path: <>"),
        (BOUNCER.match(address), "a mail server wrote it"),
        (NOBODY.match(address), "an address that nobody reads"),
        (AUTOMATIC_SUBJECT.match(subject), "its subject"),
    ]
    return next((words for is_so, words in signs if is_so), "")[:200]
