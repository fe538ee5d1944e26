"""Forms with what their work needs, and no other doors: neither pencils beside every choice nor four ways to save."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.http import HttpRequest

# Beside these fields stands a way to make a new one; everywhere else it would only be in the way.
MADE_HERE = {"tags"}


def with_few_links(field, name: str):
    """Without the pencils and crosses beside every choice: a story is no place to rename a section."""
    widget = field.widget if field else None
    if isinstance(widget, RelatedFieldWidgetWrapper):
        widget.can_add_related = widget.can_add_related and name in MADE_HERE
        widget.can_change_related = widget.can_delete_related = widget.can_view_related = False
    return field


class OneWayMixin:
    """For a ModelAdmin whose rows are made one at a time: one button saves, and choices carry no links."""

    def formfield_for_dbfield(self, db_field, request: HttpRequest, **kwargs):
        return with_few_links(super().formfield_for_dbfield(db_field, request, **kwargs), db_field.name)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args, **kwargs):
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)
