"""Walks through the request in steps as an advertiser does, a minute after the first page was drawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ads.asking import Asked
from ads.step_forms import BeginForm
from tests import factories

WHO = {
    "name": "Ada Example",
    "email": "ada@mills.example",
    "company": "Teneru Mills",
    "website": "mills.example",
    "country": "NG",
    "message": "Hello",
}
FOOT = "foot-300x250"
FIRST = "/partners/request/"


def key() -> str:
    """The signed key of a first page that was drawn a minute ago."""
    asked = Asked({})
    with time_machine.travel(timezone.now() - timedelta(minutes=1), tick=False):
        return BeginForm(positions=asked.positions, products=asked.products).initial["key"]


def what(**changes: Any) -> dict[str, Any]:
    """The first step as it is sent; None leaves a field out."""
    values = {"key": key(), "homepage": "", f"want_{FOOT}": "on", f"way_{FOOT}": "100"} | changes
    return {name: value for name, value in values.items() if value is not None}


def begin(client, prefix: str = "", *, meta: dict[str, str] | None = None, **changes: Any) -> str:
    """Send the first step, a minute ago. Returns the address of the draft, which ends in its token."""
    data = what(**changes)
    with time_machine.travel(timezone.now() - timedelta(seconds=30), tick=False):
        response = client.post(f"{prefix}/partners/request/", data, **(meta or {}))
    assert response.status_code == 302, response.content.decode()
    return response["Location"].removesuffix("dates/")


def days(code: str = FOOT, *, ahead: int = 0, length: int = 7) -> dict[str, str]:
    first = timezone.localdate() + timedelta(days=ahead)
    return {f"first_{code}": first.isoformat(), f"last_{code}": (first + timedelta(days=length - 1)).isoformat()}


def send(client, prefix: str = "", *, meta: dict[str, str] | None = None, **changes: Any):
    """All steps, each with those of `changes` that are its own. Returns the answer to the last one."""
    changes = days() | changes
    first = {n: v for n, v in changes.items() if n.startswith(("want_", "way_", "number_", "writer_", "homepage"))}
    path = begin(client, prefix, meta=meta, **first)
    for step, named in (("dates", ("first_", "last_")), ("material", ("file_", "brief_"))):
        its = {name: value for name, value in changes.items() if name.startswith(named)}
        client.post(f"{path}{step}/", its, **(meta or {}))
    who = {name: value for name, value in changes.items() if name in WHO}
    return client.post(f"{path}check/", WHO | who, **(meta or {}))


def upload(data: bytes, name: str = "art.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def errors(response) -> dict[str, list[str]]:
    return {name: [str(e) for e in found] for name, found in response.context["form"].errors.items()}


def art(width: int = 300, height: int = 250) -> dict[str, SimpleUploadedFile]:
    return {f"file_{FOOT}": upload(factories.jpeg(width, height))}
