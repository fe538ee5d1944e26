from . import breaking, corrections, library, redirects, series, staff, story, taxonomy

__all__ = ["breaking", "corrections", "library", "redirects", "series", "staff", "story", "taxonomy"]
