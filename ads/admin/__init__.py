from . import advertisers, bookings, prices, requests, waiting

__all__ = ["advertisers", "bookings", "prices", "requests", "waiting"]
