"""What people searched and did not find is counted; what programs did is not."""

from __future__ import annotations

from datetime import datetime

from ads import agents
from articles import search_misses
from articles.signals import searched_in_vain


def listen() -> None:
    searched_in_vain.connect(count, dispatch_uid="search-misses")


def count(sender: object, *, words: str, language: str, agent: str, at: datetime, **signal: object) -> None:
    if words and not agents.is_bot(agent):
        search_misses.note(words, language=language, at=at)
