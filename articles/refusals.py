"""What the verbs of the desk raise instead of doing what was asked."""

from __future__ import annotations

from .models import Revision


class WorkflowError(Exception):
    """A verb that cannot be done; its text is a sentence for the person who tried."""

    @property
    def message(self) -> str:
        return str(self.args[0])


class IllegalMove(WorkflowError):
    """Raised when the story's status does not allow the move, or changed while somebody decided."""


class NotReady(WorkflowError):
    """Raised by `publish` for a story that readers must not get as it is."""


class NotPublic(WorkflowError):
    """Raised for what only makes sense with a story that readers have."""


class SlugTaken(WorkflowError):
    """Raised when another story of the month has the slug that somebody chose."""


class StaleRevision(WorkflowError):
    """Raised when somebody else saved in between and both changed the same, or has the story to himself. The text is
    kept: `conflict` is the revision that holds it."""

    def __init__(self, message: str, *, theirs: Revision, conflict: Revision) -> None:
        super().__init__(message)
        self.theirs = theirs
        self.conflict = conflict
