from . import (
    advertisers,
    artwork,
    bookings,
    inbound,
    invoices,
    next_actions,
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
    "next_actions",
    "posts",
    "prices",
    "promises",
    "quotes",
    "requests",
    "waiting",
]
