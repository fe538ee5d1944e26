"""What an error summary says of a field."""

from __future__ import annotations

from collections.abc import Iterator

from django import forms, template

register = template.Library()

# The code of errors that name their thing themselves.
SAYS_IT_ALL = "says it all"


@register.filter
def told(field: forms.BoundField) -> Iterator[tuple[str, str]]:
    """The errors of a field, each with the name of the field to say before it; none where the error is a whole sentence
    without, as of a field that has its own words for being empty."""
    usual = forms.Field.default_error_messages["required"]
    has_own = field.field.error_messages["required"] != usual
    for error in field.errors.as_data():
        is_whole = error.code == SAYS_IT_ALL or (error.code == "required" and has_own)
        name = "" if is_whole else str(getattr(field.field, "in_full", None) or field.label)
        yield from ((name, said) for said in error.messages)
