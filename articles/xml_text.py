"""Writing XML that every parser takes, whatever somebody pasted into a headline."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from .html import CONTROLS

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def plain(text: str) -> str:
    """A text without the signs that XML does not have, and that nobody sees."""
    return CONTROLS.sub("", text)


def element(name: str, text: str = "", attributes: Mapping[str, object] | None = None) -> str:
    """An element that holds a text. Values that are None leave their attribute out."""
    return wrapped(name, escape(plain(text)), attributes)


def wrapped(name: str, inner: str, attributes: Mapping[str, object] | None = None) -> str:
    """An element around what is XML already."""
    said = "".join(
        f' {key}="{escape(plain(str(value)))}"' for key, value in (attributes or {}).items() if value is not None
    )
    return f"<{name}{said}>{inner}</{name}>" if inner else f"<{name}{said}/>"
