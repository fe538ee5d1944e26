from . import advertisers, bookings, prices, quotes, requests, waiting

__all__ = ["advertisers", "bookings", "prices", "quotes", "requests", "waiting"]
