"""Days as they are sold: by the week, where a begun one counts whole, and within two years."""

from __future__ import annotations

from datetime import date, timedelta

# Nothing is asked for or offered beyond.
FARTHEST_AHEAD = timedelta(days=730)


def weeks_between(first_day: date, last_day: date) -> int:
    """Weeks begun."""
    return -(-((last_day - first_day).days + 1) // 7)
