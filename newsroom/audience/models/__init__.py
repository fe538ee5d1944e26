from .consent import Consent, Suppression
from .delivery import Delivery, LinkClick, MailServer
from .issue import Issue, IssueBlock
from .message import ContactMessage
from .newsletter import Newsletter
from .subscriber import Subscriber
from .subscriber_import import SubscriberImport

__all__ = [
    "Consent",
    "ContactMessage",
    "Delivery",
    "Issue",
    "IssueBlock",
    "LinkClick",
    "MailServer",
    "Newsletter",
    "Subscriber",
    "SubscriberImport",
    "Suppression",
]
