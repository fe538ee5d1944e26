from . import (
    agenda,
    breaking,
    channels,
    corrections,
    library,
    redirects,
    searches,
    series,
    shares,
    staff,
    story,
    taxonomy,
)

__all__ = [
    "agenda",
    "breaking",
    "channels",
    "corrections",
    "library",
    "redirects",
    "searches",
    "series",
    "shares",
    "staff",
    "story",
    "taxonomy",
]
