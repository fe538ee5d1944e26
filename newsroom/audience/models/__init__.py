from .message import ContactMessage

__all__ = ["ContactMessage"]
