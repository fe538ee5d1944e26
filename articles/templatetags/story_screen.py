"""For the template of the story screen."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.filter
def part(parts: dict[str, Any] | None, name: str) -> Any:
    """The fieldset of a part of the screen; None where the person has none, which draws nothing. Likewise the meter
    of a field."""
    return parts.get(name) if parts else None
