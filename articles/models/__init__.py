from .article import Article
from .author import Author
from .autosave import Autosave
from .brand import Brand, BrandChange
from .byline import Byline
from .channel import Channel, ChannelSecret
from .correction import Correction
from .coverage import BreakingNews, LiveEntry
from .delivery import Delivery
from .due import DueAction, Heartbeat, IdempotencyKey
from .media import MediaAsset
from .media_use import MediaUse
from .note import Note
from .presence import EditLock, Presence
from .preview import PreviewApproval, PreviewComment, PreviewLink
from .previous_picture import PreviousPicture
from .redirect import Redirect
from .revision import Revision, Transition
from .search import SearchMiss, SearchText, SearchWord
from .section import Section
from .series import Series
from .share import Share
from .tag import Tag
from .user import User

__all__ = [
    "Article",
    "Author",
    "Autosave",
    "Brand",
    "BrandChange",
    "BreakingNews",
    "Byline",
    "Channel",
    "ChannelSecret",
    "Correction",
    "Delivery",
    "DueAction",
    "EditLock",
    "Heartbeat",
    "IdempotencyKey",
    "LiveEntry",
    "MediaAsset",
    "MediaUse",
    "Note",
    "Presence",
    "PreviewApproval",
    "PreviewComment",
    "PreviewLink",
    "PreviousPicture",
    "Redirect",
    "Revision",
    "SearchMiss",
    "SearchText",
    "SearchWord",
    "Section",
    "Series",
    "Share",
    "Tag",
    "Transition",
    "User",
]
