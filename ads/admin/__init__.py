from . import advertisers, artwork, bookings, prices, requests

__all__ = ["advertisers", "artwork", "bookings", "prices", "requests"]
