"""What the ad desk promised in newsletters."""

from __future__ import annotations

from datetime import datetime

from .models import Issue


def kept(issue: Issue, *, at: datetime) -> None:
    """An issue went out: the mentions in it are kept."""


def free(issue: Issue) -> int:
    """An issue that nobody got keeps nothing: its mentions can be put into another."""
    return issue.blocks.filter(promise__isnull=False, promise__done_at=None).update(promise=None)
