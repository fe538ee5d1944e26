"""The boxes that pages reserve for advertising."""

from django import template
from django.utils import timezone

from .. import decision

register = template.Library()


@register.simple_tag
def slot_boxes(*, home: bool = False) -> dict:
    """The boxes of a page by place ("top", "home", "rail", "foot"), each a list of slots; empty ones have no box."""
    return decision.boxes(home=home, at=timezone.now())


@register.filter
def of(by_key: dict, key):
    """What a table holds for a key; None where it holds nothing."""
    return by_key.get(key)
