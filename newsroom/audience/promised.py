"""What the ad desk promised in newsletters."""

from __future__ import annotations

from datetime import datetime

from .models import Issue


def kept(issue: Issue, *, at: datetime) -> None:
    """An issue went out: the mentions in it are kept."""
