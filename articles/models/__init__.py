from .article import Article, Byline
from .author import Author
from .media import MediaAsset
from .redirect import Redirect
from .revision import Revision, Transition
from .section import Section
from .tag import Tag
from .user import User

__all__ = [
    "Article",
    "Author",
    "Byline",
    "MediaAsset",
    "Redirect",
    "Revision",
    "Section",
    "Tag",
    "Transition",
    "User",
]
