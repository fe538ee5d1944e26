"""Times in the admin, with the zone they are meant in."""

from __future__ import annotations

from datetime import datetime

from django import template

from .. import zoned_times

register = template.Library()


@register.filter
def in_words(moment: datetime) -> str:
    return zoned_times.in_words(moment)
