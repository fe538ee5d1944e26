"""What people type between two saves: one buffer for each person and story, which belongs to the window it came from.

Another window of the same person leaves it alone until the person has said what shall become of it, so that no text
takes the place of another unseen. Saving deletes it (`articles.drafting`).
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import Any

from .models import Article, Autosave, User

# A buffer is a form by field name, as browsers send it: each field has a list of values.
Payload = dict[str, list[str]]
MAX_BYTES = 3 * 1024 * 1024
MAX_FIELDS = 2000
KEY = re.compile(r"[0-9a-f]{32}")
# Neither of these can be stored by every database.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class Unreadable(ValueError):
    """Raised for something that is not a form."""


def new_key() -> str:
    """The name of a window, which nobody can guess."""
    return secrets.token_hex(16)


def keep(
    article: Article | None,
    payload: Payload,
    *,
    session_key: str,
    base_number: int,
    by: User,
    at: datetime,
    instead_of: str = "",
) -> bool:
    """Keep what a window holds. False where the buffer is another window's: the words have to stay in the browser.

    `instead_of` is the version of another window's buffer that holds nothing new and may go.
    """
    values = {"session_key": session_key, "base_number": base_number, "payload": payload, "updated_at": at}
    mine = Autosave.objects.filter(article=article, user=by)
    if mine.filter(session_key=session_key).update(**values):
        return True
    if instead_of and (moment := version_of(instead_of)) and mine.filter(updated_at=moment).update(**values):
        return True
    Autosave.objects.bulk_create([Autosave(article=article, user=by, **values)], ignore_conflicts=True)
    return mine.filter(session_key=session_key).exists()


def buffer(article: Article | None, *, of: User) -> Autosave | None:
    return Autosave.objects.filter(article=article, user=of).first()


def adopt(article: Article | None, *, version: str, by: User) -> str | None:
    """The buffer goes on in a new window, whose key is the result. None when it is not what the person saw."""
    key = new_key()
    return key if _seen(article, version, by).update(session_key=key) else None


def throw_away(article: Article | None, *, version: str, by: User) -> bool:
    """Delete a buffer. False when it is not what the person saw: a window typed on."""
    return bool(_seen(article, version, by).delete()[0])


def version_of(text: str) -> datetime | None:
    """The moment of a buffer, as a form repeats it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _seen(article: Article | None, version: str, by: User):
    mine = Autosave.objects.filter(article=article, user=by)
    moment = version_of(version)
    return mine.filter(updated_at=moment) if moment else mine.none()


def form_of(data: Any) -> Payload:
    """A form out of what came as JSON. Raises Unreadable."""
    if not isinstance(data, dict) or len(data) > MAX_FIELDS:
        raise Unreadable
    form: Payload = {}
    for name, values in data.items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise Unreadable
        form[UNSTORABLE.sub("", name)] = [UNSTORABLE.sub("", value) for value in values]
    return form
