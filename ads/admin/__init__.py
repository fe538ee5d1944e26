from . import advertisers, bookings, next_actions, prices, requests

__all__ = ["advertisers", "bookings", "next_actions", "prices", "requests"]
