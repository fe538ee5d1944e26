"""What every network is given, and what can come of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _

from .. import outgoing


@dataclass(frozen=True)
class Post:
    """One story for one channel. `key` is the same in every attempt; `is_repeated` says that an earlier one may have
    arrived. `number` and `made_at` are those of the share."""

    address: str
    account: str
    secrets: Mapping[str, str] = field(repr=False)
    text: str
    url: str
    title: str
    description: str
    language: str
    key: str
    number: int
    made_at: datetime
    at: datetime
    is_repeated: bool = False


class Outcome(Enum):
    REFUSED = "refused"  # it is not there, and asking again changes nothing
    PASSING = "passing"  # it is not there, and may be later
    UNKNOWN = "unknown"  # it may be there


class NotShared(Exception):
    """Raised for a post of which nobody said that it stands; its text is a sentence, with what was answered."""

    def __init__(self, sentence: str, outcome: Outcome) -> None:
        super().__init__(sentence)
        self.outcome = outcome


def call(
    method: str,
    url: str,
    *,
    body: Any = None,
    form: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    changes_nothing: bool = False,
) -> Any:
    """The JSON that was answered. Raises NotShared; what `changes_nothing` on the other side has no unknown outcome."""
    headers = {"Accept": "application/json"} | dict(headers or {})
    if form is not None:
        content, headers["Content-Type"] = form, "application/x-www-form-urlencoded"
    elif body is not None:
        content, headers["Content-Type"] = json.dumps(body, ensure_ascii=False).encode(), "application/json"
    else:
        content = None
    unknown = Outcome.PASSING if changes_nothing else Outcome.UNKNOWN
    try:
        answer = outgoing.send(method, url, content=content, headers=headers)
    except outgoing.NotSent as trouble:
        kept = Outcome.PASSING if trouble.is_passing else Outcome.REFUSED
        raise NotShared(str(trouble), unknown if trouble.may_have_arrived else kept) from None
    if answer.is_good:
        try:
            return json.loads(answer.body)
        except ValueError:
            raise NotShared(_("The other server did not answer as documented."), unknown) from None
    raise NotShared(_said(answer), _outcome(answer, unknown))


def _outcome(answer: outgoing.Answer, unknown: Outcome) -> Outcome:
    # Busy servers say so before they do anything; one that broke may have done it first.
    if answer.status in (408, 425, 429, 503):
        return Outcome.PASSING
    return unknown if answer.status >= 500 else Outcome.REFUSED


def _said(answer: outgoing.Answer) -> str:
    if 300 <= answer.status < 400:
        return _("The other server answered %(status)d: it sends us elsewhere, and we do not follow.") % {
            "status": answer.status
        }
    said = " ".join(answer.body.split())[:300]
    return _("The other server answered %(status)d: %(answer)s") % {"status": answer.status, "answer": said or "–"}


def of(answer: Any, *path: str) -> str:
    """A value deep in an answer as text; empty where it is not."""
    for name in path:
        answer = answer.get(name) if isinstance(answer, dict) else None
    return str(answer) if answer not in (None, "") else ""


def missing() -> NotShared:
    """For an answer that says yes without saying where."""
    return NotShared(_("The other server did not answer as documented."), Outcome.UNKNOWN)
