from . import advertisers, artwork, bookings, invoices, posts, prices, promises, quotes, requests, waiting

__all__ = [
    "advertisers",
    "artwork",
    "bookings",
    "invoices",
    "posts",
    "prices",
    "promises",
    "quotes",
    "requests",
    "waiting",
]
