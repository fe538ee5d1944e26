from . import advertisers, bookings, prices, requests

__all__ = ["advertisers", "bookings", "prices", "requests"]
