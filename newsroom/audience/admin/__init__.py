from . import messages, newsletters, subscribers, suppressions  # noqa: F401
