"""What looks like spam in a request, by form or by mail. Suspicion never loses anything: a suspected request is kept,
shown as held, and mailed to nobody; a person releases it.

Two things give spam away that no sender can vary at will: it comes often, and it leads somewhere. So sentences and
addresses of websites are counted over a day, whoever sends them, beside senders and their domains.
"""

from __future__ import annotations

import hashlib
import logging
import re
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

logger = logging.getLogger(__name__)

HOUR, DAY = 3600, 24 * 3600
# Requests that one address sends in a day as a person would. One more is held.
BY_ADDRESS = 3
TOO_MANY_OF_ADDRESS = f"more than {BY_ADDRESS} requests a day from this address"
# By one domain in an hour, but for those where anybody gets an address.
BY_DOMAIN = 10
# The same sentence, or a link to the same site, in a day.
SAME_SENTENCE, SAME_SITE = 10, 5
MOST_LINKS = 4
# Sentences of fewer words are anybody's.
LONG_SENTENCE = 7
MOST_SENTENCES = 12

FREE_DOMAINS = frozenset((
    "gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.uk", "ymail.com", "outlook.com", "hotmail.com",
    "live.com", "msn.com", "icloud.com", "me.com", "aol.com", "gmx.com", "gmx.net", "gmx.de", "web.de", "mail.com",
    "mail.ru", "yandex.com", "yandex.ru", "proton.me", "protonmail.com", "zoho.com", "qq.com", "163.com", "126.com",
))  # fmt: skip
# Where anybody's things are: links there say nothing.
COMMON_SITES = FREE_DOMAINS | frozenset((
    "facebook.com", "instagram.com", "x.com", "twitter.com", "youtube.com", "youtu.be", "linkedin.com", "tiktok.com",
    "wa.me", "drive.google.com", "docs.google.com", "dropbox.com", "we.tl", "wetransfer.com", "t.me",
))  # fmt: skip
LINK = re.compile(r"(?:https?://|www\.)([^\s/?#<>\"'\])]{3,200})", re.IGNORECASE)
MARKUP = re.compile(r"\[/?(url|link|b|img)\b[^\]]{0,200}\]|</?a\b|href\s*=", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]{2,}")


def suspicion(*, name: str, email: str, company: str, message: str, website: str = "", counts_address: bool) -> str:
    """What makes a request look like spam, in a few English words for staff; empty for what looks genuine. It is
    counted."""
    email = email.strip().lower()
    domain = email.rpartition("@")[2]
    sites = {_site(found) for found in LINK.findall(message)}
    own = {_site(website.partition("://")[2]), _site(domain)}
    # Each is counted, whatever the others say.
    same_site = [_counts(f"site:{site}", DAY, SAME_SITE) for site in sorted((sites | own) - COMMON_SITES - {""})]
    same_words = [_counts(f"sentence:{sentence}", DAY, SAME_SENTENCE) for sentence in _sentences(message)]
    findings = [
        (counts_address and _counts(f"address:{email}", DAY, BY_ADDRESS), TOO_MANY_OF_ADDRESS),
        (
            domain not in FREE_DOMAINS and _counts(f"domain:{domain}", HOUR, BY_DOMAIN),
            f"many requests in an hour from {domain}",
        ),
        (any(same_site), f"more than {SAME_SITE} requests a day lead to the same site"),
        (any(same_words), f"more than {SAME_SENTENCE} requests a day say the same"),
    ]
    if LINK.search(name) or LINK.search(company):
        return "a link in the name"
    if MARKUP.search(message):
        return "links written as code"
    if len(sites - own) >= MOST_LINKS:
        return f"links to {len(sites - own)} sites"
    return next((said for is_so, said in findings if is_so), "")[:200]


def of_form(fields: dict[str, Any]) -> str:
    """Of the fields of a request form."""
    said = {name: fields[name] or "" for name in ("name", "email", "company", "message", "website")}
    return suspicion(counts_address=True, **said)


def warning_of(authentication: str) -> str:
    """What our mail server says against a sender. It is never believed where it vouches for one: anybody can write
    such a header, and only our server takes others' out."""
    checks = dict(check.split("=", 1) for check in authentication.split() if "=" in check)
    if checks.get("dmarc") == "fail" or (checks.get("spf") in ("fail", "softfail") and checks.get("dkim") != "pass"):
        return f"the sender may be another: {authentication}"[:200]
    return ""


def _counts(what: str, seconds: int, limit: int) -> bool:
    """Count one more within a stretch of time, and say whether it was one too many. Stretches follow the clock, a day
    in UTC. A cache that is away lets people through."""
    stretch = int(timezone.now().timestamp()) // seconds
    named = f"{settings.SECRET_KEY}:{what}:{stretch}".encode("utf-8", "replace")
    key = "spam:" + hashlib.blake2s(named).hexdigest()[:24]
    try:
        cache.add(key, 0, seconds)
        return cache.incr(key) > limit
    except ValueError:  # expired between the two calls
        return False
    except Exception as error:
        logger.warning("Requests are not counted, the cache does not answer: %s", error)
        return False


def _site(host: str) -> str:
    return host.partition("/")[0].partition(":")[0].lower().removeprefix("www.").rstrip(".,;")


def _sentences(message: str) -> list[str]:
    """Long sentences, as their letters alone: numbers, links and punctuation are what spam varies."""
    plain = LINK.sub(" ", message)
    said = [" ".join(WORD.findall(part.lower())) for part in re.split(r"[.!?؟\n]+", plain[:20_000])]
    return list(dict.fromkeys(part for part in said if part.count(" ") >= LONG_SENTENCE - 1))[:MOST_SENTENCES]
