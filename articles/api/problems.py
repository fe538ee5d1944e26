"""What the API says where it cannot answer: problem details by RFC 9457, always with a sentence."""

from __future__ import annotations

import json
from http import HTTPStatus

from django.http import HttpResponse

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """Raised wherever a request is read. `sentence` says what to change; the status is that of the answer."""

    def __init__(self, status: int, sentence: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.headers = status, sentence, headers or {}

    def answer(self) -> HttpResponse:
        said = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.sentence,
        }
        body = json.dumps(said, ensure_ascii=False)
        return HttpResponse(body, status=self.status, content_type=CONTENT_TYPE, headers=self.headers)


def bad(sentence: str) -> Problem:
    return Problem(400, sentence)


def nothing_here() -> Problem:
    """The same words for what never was and for what readers may not see."""
    return Problem(404, "Nothing that readers may see stands at this address.")
