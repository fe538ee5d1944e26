"""Stands in until the real one is merged."""

from __future__ import annotations


def is_bot(agent: str) -> bool:
    return not agent or "bot" in agent.lower()


def device(agent: str, hint: str = "") -> int:
    return 1 if "Mobi" in agent else 3
