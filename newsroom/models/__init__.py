from .front import FrontDraft, FrontEdition

__all__ = ["FrontDraft", "FrontEdition"]
