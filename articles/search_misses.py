"""What readers looked for and did not find, for editors: words and a number a day, and nothing of the reader."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import F, Max, QuerySet, Sum
from django.utils import timezone

from .models import SearchMiss
from .search_query import Question
from .timing import PATIENCE, impatient

logger = logging.getLogger(__name__)

KEPT = timedelta(days=90)
LONGEST = 80
# Different words of a day; who sends more is no reader.
MOST_A_DAY = 2000


def words_of(question: Question, text: str) -> str:
    """What is kept of a question: its words, folded. Nothing of what may be a person's: an address, a number."""
    if "@" in text or any(map(str.isdecimal, text)):
        return ""
    return " ".join(question.typed)[:LONGEST].strip()


def note(words: str, *, language: str, at: datetime) -> None:
    """Count one search that found nothing. A database that cannot be written to just now goes without."""
    day = timezone.localdate(at)
    try:
        with impatient(PATIENCE), transaction.atomic():
            same = SearchMiss.objects.filter(day=day, language=language, words=words)
            if same.update(times=F("times") + 1) or SearchMiss.objects.filter(day=day).count() >= MOST_A_DAY:
                return
            # Somebody else may count the same words at the same moment: one of two is enough.
            row = SearchMiss(day=day, language=language, words=words)
            SearchMiss.objects.bulk_create([row], ignore_conflicts=True)
    except DatabaseError as error:
        logger.warning("A search that found nothing was not counted: %s", error)


def often(*, days: int, language: str, at: datetime) -> QuerySet:
    """Words with `total` and `last`, the most frequent first, of the last days; of every language where none is
    named."""
    misses = SearchMiss.objects.filter(day__gt=timezone.localdate(at) - timedelta(days=days))
    if language:
        misses = misses.filter(language=language)
    counted = misses.order_by().values("words", "language").annotate(total=Sum("times"), last=Max("day"))
    return counted.order_by("-total", "-last", "words")


def prune(at: datetime) -> int:
    """Forget what is older than KEPT. Returns how many rows that were."""
    return SearchMiss.objects.filter(day__lt=timezone.localdate(at) - KEPT).delete()[0]
