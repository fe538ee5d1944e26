"""Who may sell space on this site, as `/ads.txt` says it to buyers (IAB Tech Lab, ads.txt 1.1).

Read by the settings at the start, so nothing here may need Django's models.
"""

from __future__ import annotations

import re

MOST = 100_000
# The record that the specification gives to those who let nobody sell: a file without one counts as no file.
NOBODY = "placeholder.example.com, placeholder, DIRECT, placeholder"
# Variables whose value is a domain. Of the last two a file has one; a manager may be named once more for each country.
DOMAINS = {"SUBDOMAIN", "INVENTORYPARTNERDOMAIN", "OWNERDOMAIN", "MANAGERDOMAIN"}
_DOMAIN = re.compile(r"(?=.{1,253}$)(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)[a-z0-9-]{2,63}(?<!-)", re.IGNORECASE)
_MANAGER = re.compile(rf"({_DOMAIN.pattern.replace('{1,253}$', '{1,260}$')})(?:\s*,\s*([A-Z]{{2}}))?", re.IGNORECASE)
_VARIABLE = re.compile(r"([A-Z]+)\s*=\s*(.*)", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[^\s,;#=]{1,200}")


class BadLine(ValueError):
    """Raised for a text that buyers could not read. Says which line, and what is wrong with it."""


def only_ourselves(host: str, contact: str) -> str:
    """The file of a site that sells its space itself and through nobody else."""
    return f"# This site sells its space itself.\nOWNERDOMAIN={host}\nCONTACT={contact}\n{NOBODY}\n"


def checked(text: str) -> str:
    """The same lines, trimmed. Raises BadLine."""
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(text) > MOST:
        raise BadLine(f"it has more than {MOST:,} characters")
    seen: set[str] = set()
    has_seller = False
    for number, line in enumerate(lines, start=1):
        if not line.isprintable():
            raise BadLine(f"line {number} has control characters")
        said = line.partition("#")[0].strip()
        try:
            if variable := _VARIABLE.fullmatch(said):
                _check_variable(variable[1].upper(), variable[2], seen)
            elif said:
                _check_seller(said.partition(";")[0])  # behind ";" stands what exchanges agree on among themselves
                has_seller = True
        except BadLine as wrong:
            raise BadLine(f"line {number}, {line[:120]!r}: {wrong}") from None
    if not has_seller:
        raise BadLine(f"it names no seller. Where nobody else may sell, leave it empty, or write: {NOBODY}")
    return "\n".join(lines) + "\n"


def _check_seller(record: str) -> None:
    fields = [field.strip() for field in record.split(",")]
    if len(fields) not in (3, 4):
        raise BadLine(
            "a seller is: domain, account, DIRECT or RESELLER, and perhaps the id of a certification authority"
        )
    domain, account, relation, *authority = fields
    if not _DOMAIN.fullmatch(domain):
        raise BadLine(f"{domain!r} is no domain of an advertising system, such as exchange.example")
    if not _IDENTIFIER.fullmatch(account):
        raise BadLine(f"{account!r} is no account: it is empty, or has spaces or signs that mean something else here")
    if relation.upper() not in ("DIRECT", "RESELLER"):
        raise BadLine(f"{relation!r} is neither DIRECT nor RESELLER")
    if authority and not _IDENTIFIER.fullmatch(authority[0]):
        raise BadLine(f"{authority[0]!r} is no id of a certification authority")


def _check_variable(name: str, value: str, seen: set[str]) -> None:
    """`seen` gathers what a file may say once."""
    if name == "CONTACT":
        if not value:
            raise BadLine("CONTACT is empty")
        return
    if name not in DOMAINS:
        raise BadLine(f"{name} is none of CONTACT, {', '.join(sorted(DOMAINS))}")
    match = _MANAGER.fullmatch(value) if name == "MANAGERDOMAIN" else _DOMAIN.fullmatch(value)
    if match is None:
        raise BadLine(f"{value!r} is no domain, such as news.example")
    if name in ("OWNERDOMAIN", "MANAGERDOMAIN"):
        key = f"{name} {(match[2] or '').upper()}" if name == "MANAGERDOMAIN" else name
        if key in seen:
            raise BadLine(f"{name} stands here a second time")
        seen.add(key)
