"""System checks of the ground floor."""

from __future__ import annotations

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError

from . import search_index


@register(Tags.database)
def search_is_complete(app_configs, databases=None, **kwargs) -> list[CheckMessage]:
    """Says how many stories the search does not find as they are. Asked with `check --database default`."""
    if not databases:
        return []
    try:
        missing = search_index.behind().count()
    except DatabaseError:  # not migrated yet
        return []
    if not missing:
        return []
    return [
        Warning(
            f"The search does not know {missing} of the stories that are released, or knows an older text.",
            hint="The worker writes them, some thousands a minute; manage.py rebuild_search does it now.",
            id="articles.W001",
        )
    ]
