from . import agenda, library, redirects, staff, story, taxonomy

__all__ = ["agenda", "library", "redirects", "staff", "story", "taxonomy"]
