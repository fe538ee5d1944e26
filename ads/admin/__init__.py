from . import advertisers, bookings, inbound, prices, requests

__all__ = ["advertisers", "bookings", "inbound", "prices", "requests"]
