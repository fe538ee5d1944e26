from . import advertisers, bookings, prices, quotes, requests

__all__ = ["advertisers", "bookings", "prices", "quotes", "requests"]
