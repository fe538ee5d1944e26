"""Why something a stranger sent was not taken: a stable code, the facts, and a sentence for the person who
sent it.

This module is imported by child processes (see `articles.uploads.isolation`) that must start in milliseconds, so
Django's translations are only loaded when somebody reads a message.
"""

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """`code` is stable and for programs; `message` is a translated sentence; `facts` fill its
    placeholders."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    @staticmethod
    def sentences() -> Mapping[str, Any]:
        """Code -> lazy sentence with named placeholders. The code "broken" must be among them."""
        return {}

    @property
    def message(self) -> Any:
        """A lazy translated string. Facts that do not fit the sentence leave the plainest one ("broken")."""
        sentences = self.sentences()
        sentence = sentences.get(self.code, sentences["broken"])
        try:
            sentence % self.facts
        except (KeyError, TypeError, ValueError):
            return sentences["broken"]
        return sentence % self.facts if self.facts else sentence

    def __str__(self) -> str:
        return str(self.message)
