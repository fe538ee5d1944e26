from . import agenda, breaking, corrections, library, redirects, series, staff, story, taxonomy

__all__ = [
    "agenda",
    "breaking",
    "corrections",
    "library",
    "redirects",
    "series",
    "staff",
    "story",
    "taxonomy",
]
