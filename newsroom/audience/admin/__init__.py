from . import issues, messages, newsletters, subscribers, suppressions  # noqa: F401
