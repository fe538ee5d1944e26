from . import agenda, breaking, corrections, library, redirects, searches, series, staff, story, taxonomy

__all__ = [
    "agenda",
    "breaking",
    "corrections",
    "library",
    "redirects",
    "searches",
    "series",
    "staff",
    "story",
    "taxonomy",
]
