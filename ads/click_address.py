"""Where a click on artwork leads: an address that every reader can open, and nothing else.

The address is judged by its letters. It is never fetched: what stands behind it today may be another thing tomorrow,
and a server that fetches what strangers name can be sent to places that only it can reach.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

LONGEST = 600
PORTS = {"http": 80, "https": 443}
# Names that the public name system does not know, or that lead into one's own house (RFC 6761, 6762, 8375, 9476).
OWN_HOUSE = {
    *("localhost", "local", "localdomain", "internal", "intranet", "private", "lan", "home", "corp", "host"),
    *("arpa", "test", "invalid", "onion", "alt"),
}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_HOST_WITH_PORT = re.compile(r"[^/?#:@]+\.[^/?#:@]+:\d+(?:[/?#]|$)")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
# What a browser takes for a number of an address: 127, 0x7f, 0177.
_NUMBER = re.compile(r"(?:\d+|0x[0-9a-f]*)")


def normalise(text: str) -> str:
    """The address as it is stored: with its scheme, the host in ASCII letters, nothing but ASCII behind it. Raises
    ValidationError with a sentence that says what to change."""
    text = text.strip(" ")
    if len(text) > LONGEST:
        raise ValidationError(
            _("This address is too long. It may have at most %(most)d characters.") % {"most": LONGEST}
        )
    if any(letter.isspace() or not letter.isprintable() or letter == "\\" for letter in text):
        raise ValidationError(_("This address has a space, a line break or another sign that no address has."))
    if text and not text.startswith("/") and (not _SCHEME.match(text) or _HOST_WITH_PORT.match(text)):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValidationError(_not_an_address()) from None
    if parts.scheme not in PORTS:
        raise ValidationError(_("The address must begin with https:// or http://."))
    if "@" in parts.netloc:
        raise ValidationError(_("The address must not contain a user name or a password (the part before “@”)."))
    if port not in (None, PORTS[parts.scheme]) or parts.netloc.endswith(":"):
        raise ValidationError(_("The address must not name a port (the number after “:”)."))
    host = _public(parts.hostname or "")
    found = urlunsplit(SplitResult(parts.scheme, host, parts.path or "/", parts.query, parts.fragment))
    found = iri_to_uri(found)
    if len(found) > LONGEST:
        raise ValidationError(
            _("This address is too long. It may have at most %(most)d characters.") % {"most": LONGEST}
        )
    return found


def normalise_own(text: str) -> str:
    """For what the newsroom links to itself: a path of this site, or any address that `normalise` takes. Raises
    ValidationError."""
    text = text.strip(" ")
    if text.startswith("/") and not text.startswith("//"):
        text = f"{settings.SITE_URL}{text}"
    own = urlsplit(settings.SITE_URL)
    try:
        parts = urlsplit(text)
    except ValueError:
        raise ValidationError(_not_an_address()) from None
    is_plain = all(letter.isprintable() and not letter.isspace() and letter != "\\" for letter in text)
    if is_plain and len(text) <= LONGEST and (parts.scheme, parts.netloc) == (own.scheme, own.netloc):
        return iri_to_uri(urlunsplit(parts._replace(path=parts.path or "/")))  # wherever this site stands
    return normalise(text)


def validate(text: str) -> None:
    """For model and form fields. Raises ValidationError."""
    normalise(text)


def validate_own(text: str) -> None:
    normalise_own(text)


def spoken_host(address: str) -> str:
    """The host in the letters of its language, where it is written in other letters than ASCII; "" where it is not."""
    host = urlsplit(address).hostname or ""
    if "xn--" not in host:
        return ""
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return ""


def _public(host: str) -> str:
    """The host in ASCII letters, if everybody can reach it."""
    try:
        host = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise ValidationError(_not_an_address()) from None
    labels = host.removesuffix(".").split(".")
    if _is_number(host, labels[-1]):
        raise ValidationError(_("The address must name a website, such as www.example.org, and not a number."))
    if len(labels) < 2 or labels[-1] in OWN_HOUSE:
        raise ValidationError(_("Readers cannot open this address. Name a public website, such as www.example.org."))
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValidationError(_not_an_address())
    return ".".join(labels)


def _is_number(host: str, last: str) -> bool:
    """Whether a browser reads the host as an address of the network; it does whenever the last part is a number."""
    if _NUMBER.fullmatch(last):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _not_an_address() -> str:
    return _(
        "This is not the address of a website. Write it as your browser shows it, such as https://www.example.org/."
    )
