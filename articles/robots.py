"""What /robots.txt tells robots (RFC 9309), and the lines that an operator adds. Read by the settings, so it knows of
no model."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

MOST = 20_000
_LINE = re.compile(r"[A-Za-z][A-Za-z-]*[ \t]*:[^\x00-\x08\x0a-\x1f\x7f]*")
# For readers and staff, or the same again: nothing that a search should lead to. In both languages.
HIDDEN = ("/admin/", "/search/", "/partners/deal/", "/preview/", "/live/", "/styleguide/")
# Without a language: delivery, clicks of newsletters.
HIDDEN_AT_ROOT = ("/s/", "/n/")


class BadLine(ValueError):
    """A line that robots would read as nothing; its text names it."""


def checked(text: str) -> str:
    """Lines of an operator, tidied. Raises BadLine."""
    if len(text) > MOST:
        raise BadLine(f"more than {MOST:,} characters")
    lines = [line.strip() for line in text.strip().splitlines()]
    for number, line in enumerate(lines, start=1):
        if line and not line.startswith("#") and not _LINE.fullmatch(line):
            raise BadLine(f"line {number}, {line!r}: write a field, a colon and its value, like Disallow: /archive/")
    return "\n".join(lines)


def is_public(site_url: str) -> bool:
    """Whether others can reach a site by its own address. One that calls itself 127.0.0.1 is a copy to try things on,
    and must never be found beside the real one."""
    host = urlsplit(site_url).hostname or ""
    return not (host == "localhost" or host.endswith(".localhost") or host == "::1" or host.startswith("127."))


def write(site_url: str, prefixes: list[str], sitemaps: list[str], more: str) -> str:
    """The file. `prefixes` are those of the languages, such as "" and "/ar"; `more` stands with the rules for all."""
    if not is_public(site_url):
        why = "This copy of the site is for trying things: set SITE_URL to the address that readers use."
        return f"# {why}\nUser-agent: *\nDisallow: /\n"
    rules = [f"Disallow: {prefix}{path}" for path in HIDDEN for prefix in prefixes]
    rules += [f"Disallow: {path}" for path in HIDDEN_AT_ROOT]
    lines = ["User-agent: *", *rules, *([more] if more else []), "", *(f"Sitemap: {address}" for address in sitemaps)]
    return "\n".join(lines) + "\n"
