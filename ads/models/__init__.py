from .advertiser import Advertiser
from .booking import Booking, BookingMove, Creative, PositionDay
from .deal_link import DealLink
from .inbound import InboundMail, Mailbox
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
    "DealLink",
    "DealMessage",
    "Hold",
    "InboundMail",
    "Mailbox",
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
