from .advertiser import Advertiser
from .booking import Booking, BookingMove, Creative, PositionDay
from .deal_link import DealLink
from .message import DealMessage
from .position import Position
from .product import PostProduct
from .promise import Promise
from .quote import Hold, Quote, QuoteLine
from .request import AdRequest, AdRequestItem, Material, RequestMove
from .sponsored import PostApproval, PostCheck, SponsoredPost
from .turn import Turn

__all__ = [
    "AdRequest",
    "AdRequestItem",
    "Advertiser",
    "Booking",
    "BookingMove",
    "Creative",
    "DealLink",
    "DealMessage",
    "Hold",
    "Material",
    "Position",
    "PositionDay",
    "PostApproval",
    "PostCheck",
    "PostProduct",
    "Promise",
    "Quote",
    "QuoteLine",
    "RequestMove",
    "SponsoredPost",
    "Turn",
]
