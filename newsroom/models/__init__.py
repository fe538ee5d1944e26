from .first_run import FirstRunDone
from .front import FrontDraft, FrontEdition

__all__ = ["FirstRunDone", "FrontDraft", "FrontEdition"]
