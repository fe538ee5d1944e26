from .advertiser import Advertiser, AdvertiserNote
from .alarm import DeliveryAlarm, MakeGood
from .booking import Booking, BookingMove, Creative, PositionDay
from .contact import Contact
from .count import Adjustment, DayCount, HourCount, RolledHour, SealedDay
from .creative_move import CreativeMove
from .deal_link import DealLink
from .desk_text import DeskText
from .device import Device
from .event import Event, Salt
from .forecast_day import ForecastDay
from .house import HouseCreative
from .inbound import InboundMail, Mailbox
from .invoice import Invoice, InvoiceCounter, InvoiceLine, InvoiceReminder, Payment
from .message import DealMessage
from .next_action import NextAction
from .position import Position
from .price import PositionPrice, PostPrice
from .product import PostProduct
from .promise import Promise
from .quote import Hold, Quote, QuoteLine
from .report_mail import ReportMail, Sighting
from .request import AdRequest, AdRequestItem, Material, RequestMove
from .request_draft import DraftFile, RequestDraft
from .service import Service
from .sponsored import PostApproval, PostCheck, SponsoredPost
from .targeting import QuietStory, Targeting, WordList
from .tracked_link import TrackedLink
from .turn import Turn
from .waiting_entry import WaitingEntry

__all__ = [
    "AdRequest",
    "AdRequestItem",
    "Adjustment",
    "Advertiser",
    "AdvertiserNote",
    "Booking",
    "BookingMove",
    "Contact",
    "Creative",
    "CreativeMove",
    "DayCount",
    "DealLink",
    "DealMessage",
    "DeliveryAlarm",
    "DeskText",
    "Device",
    "DraftFile",
    "Event",
    "ForecastDay",
    "Hold",
    "HourCount",
    "HouseCreative",
    "InboundMail",
    "Invoice",
    "InvoiceCounter",
    "InvoiceLine",
    "InvoiceReminder",
    "Mailbox",
    "MakeGood",
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
    "QuietStory",
    "Quote",
    "QuoteLine",
    "ReportMail",
    "RequestDraft",
    "RequestMove",
    "RolledHour",
    "Salt",
    "SealedDay",
    "Service",
    "Sighting",
    "SponsoredPost",
    "Targeting",
    "TrackedLink",
    "Turn",
    "WaitingEntry",
    "WordList",
]
