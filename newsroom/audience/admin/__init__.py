from . import issues, messages  # noqa: F401
