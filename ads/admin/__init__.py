from . import advertisers, artwork, bookings, invoices, prices, quotes, requests, waiting

__all__ = ["advertisers", "artwork", "bookings", "invoices", "prices", "quotes", "requests", "waiting"]
