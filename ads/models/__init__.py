from .advertiser import Advertiser, AdvertiserNote
from .booking import Booking, BookingMove, Creative, PositionDay
from .contact import Contact
from .deal_link import DealLink
from .desk_text import DeskText
from .message import DealMessage
from .next_action import NextAction
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
    "AdvertiserNote",
    "Booking",
    "BookingMove",
    "Contact",
    "Creative",
    "DealLink",
    "DealMessage",
    "DeskText",
    "Hold",
    "Material",
    "NextAction",
    "Position",
    "PositionDay",
    "PostProduct",
    "Quote",
    "QuoteLine",
    "RequestMove",
    "SponsoredPost",
    "Turn",
]
