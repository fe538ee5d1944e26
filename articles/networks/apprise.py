"""Everything else, through Apprise, which is an extra: `pip install .[channels]`.

Apprise makes its own requests, past the guard of `articles.outgoing`. So only services are let in whose servers are
named by Apprise and not by who types the address: nobody can point it into a private network. What may stand behind
a question mark is refused: there, some services take a template, which Apprise reads from any address or file.
"""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from . import wire

# Beginnings of addresses whose server is the service's own, whatever stands behind them.
SERVICES = frozenset(
    {"discord", "flock", "gchat", "guilded", "line", "pover", "reddit", "revolt", "slack", "twist", "wxteams"}
)


class Absent(Exception):
    """Raised where Apprise is not installed, or an address is not one of ours; its text is a sentence."""


def check(url: str) -> None:
    """Raise Absent for an address that cannot be used."""
    _service(url)


def post(message: wire.Post) -> str:
    """Apprise does not say where a message stands, so there is no link. Raises NotShared."""
    try:
        service = _service(message.secrets["url"])
    except Absent as absent:
        raise wire.NotShared(str(absent), wire.Outcome.REFUSED) from None
    if not service.notify(body=message.text, title=""):
        raise wire.NotShared(_("The service did not take it. Apprise does not say why."), wire.Outcome.UNKNOWN)
    return ""


def _service(url: str):
    try:
        import apprise
    except ImportError:
        raise Absent(_("Apprise is not installed. Ask the operator to run: pip install .[channels]")) from None
    # It writes addresses with their tokens into its log.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Absent(_("Apprise does not understand this address.")) from None
    if parts.query and not settings.ALLOW_PRIVATE_ADDRESSES:
        raise Absent(_("Write the address without the question mark and what stands behind it."))
    kind = parts.scheme.lower()
    if kind not in SERVICES and not settings.ALLOW_PRIVATE_ADDRESSES:
        raise Absent(
            _("Only these services are used through Apprise: %(names)s.") % {"names": ", ".join(sorted(SERVICES))}
        )
    service = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if service is None:
        raise Absent(_("Apprise does not understand this address."))
    return service
