"""What an issue looks like as a mail."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.html import escape

from . import links
from .models import Issue


@dataclass(frozen=True)
class Rendered:
    subject: str
    html: str
    text: str
    links: list[str] = field(default_factory=list)


def render(issue: Issue, *, at: datetime) -> Rendered:
    """The issue as everybody gets it, with the places of each reader's own links left open."""
    said = f"{issue.subject}\n\n{issue.introduction}\n\n{links.PREFERENCES}\n{links.UNSUBSCRIBE}\n"
    html = (
        f"<html><body><h1>{escape(issue.subject)}</h1><p>{escape(issue.introduction)}</p>"
        f'<p><a href="{links.PREFERENCES}">1</a> <a href="{links.UNSUBSCRIBE}">2</a></p></body></html>'
    )
    return Rendered(subject=issue.subject, html=html, text=said)
