from .advertiser import Advertiser
from .booking import Booking, BookingMove, Creative, PositionDay
from .creative_move import CreativeMove
from .deal_link import DealLink
from .message import DealMessage
from .position import Position
from .product import PostProduct
from .quote import Hold, Quote, QuoteLine
from .request import AdRequest, AdRequestItem, Material, RequestMove
from .sponsored import SponsoredPost
from .turn import Turn

__all__ = [
    "AdRequest",
    "AdRequestItem",
    "Advertiser",
    "Booking",
    "BookingMove",
    "Creative",
    "CreativeMove",
    "DealLink",
    "DealMessage",
    "Hold",
    "Material",
    "Position",
    "PositionDay",
    "PostProduct",
    "Quote",
    "QuoteLine",
    "RequestMove",
    "SponsoredPost",
    "Turn",
]
