from . import library, redirects, staff, story, taxonomy

__all__ = ["library", "redirects", "staff", "story", "taxonomy"]
