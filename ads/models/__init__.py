from .advertiser import Advertiser
from .booking import Booking, BookingMove, Creative, PositionDay
from .position import Position
from .product import PostProduct
from .request import AdRequest, AdRequestItem, Material, RequestMove
from .sponsored import SponsoredPost

__all__ = [
    "AdRequest",
    "AdRequestItem",
    "Advertiser",
    "Booking",
    "BookingMove",
    "Creative",
    "Material",
    "Position",
    "PositionDay",
    "PostProduct",
    "RequestMove",
    "SponsoredPost",
]
