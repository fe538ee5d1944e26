from . import advertisers, bookings, posts, prices, promises, requests

__all__ = ["advertisers", "bookings", "posts", "prices", "promises", "requests"]
