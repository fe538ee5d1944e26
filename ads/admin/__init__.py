from . import advertisers, bookings, invoices, prices, requests

__all__ = ["advertisers", "bookings", "invoices", "prices", "requests"]
