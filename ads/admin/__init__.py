from . import (
    advertisers,
    artwork,
    bookings,
    inbound,
    invoices,
    posts,
    prices,
    promises,
    quotes,
    requests,
    waiting,
)

__all__ = [
    "advertisers",
    "artwork",
    "bookings",
    "inbound",
    "invoices",
    "posts",
    "prices",
    "promises",
    "quotes",
    "requests",
    "waiting",
]
