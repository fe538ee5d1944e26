from . import messages  # noqa: F401
