from .advertiser import Advertiser, AdvertiserNote
from .booking import Booking, BookingMove, Creative, PositionDay
from .contact import Contact
from .creative_move import CreativeMove
from .deal_link import DealLink
from .desk_text import DeskText
from .device import Device
from .inbound import InboundMail, Mailbox
from .invoice import Invoice, InvoiceCounter, InvoiceLine, InvoiceReminder, Payment
from .message import DealMessage
from .next_action import NextAction
from .position import Position
from .price import PositionPrice, PostPrice
from .product import PostProduct
from .promise import Promise
from .quote import Hold, Quote, QuoteLine
from .request import AdRequest, AdRequestItem, Material, RequestMove
from .service import Service
from .sponsored import PostApproval, PostCheck, SponsoredPost
from .turn import Turn
from .waiting_entry import WaitingEntry

__all__ = [
    "AdRequest",
    "AdRequestItem",
    "Advertiser",
    "AdvertiserNote",
    "Booking",
    "BookingMove",
    "Contact",
    "Creative",
    "CreativeMove",
    "DealLink",
    "DealMessage",
    "DeskText",
    "Device",
    "Hold",
    "InboundMail",
    "Invoice",
    "InvoiceCounter",
    "InvoiceLine",
    "InvoiceReminder",
    "Mailbox",
    "Material",
    "NextAction",
    "Payment",
    "Position",
    "PositionDay",
    "PositionPrice",
    "PostApproval",
    "PostCheck",
    "PostPrice",
    "PostProduct",
    "Promise",
    "Quote",
    "QuoteLine",
    "RequestMove",
    "Service",
    "SponsoredPost",
    "Turn",
    "WaitingEntry",
]
