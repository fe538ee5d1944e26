from . import advertisers, bookings, invoices, prices, quotes, requests, waiting

__all__ = ["advertisers", "bookings", "invoices", "prices", "quotes", "requests", "waiting"]
