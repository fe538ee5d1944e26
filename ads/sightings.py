"""Pictures of artwork in its place on our page, as a browser shows it: the proof in a report.

Taken by the Chromium of the machine (`CHROMIUM`), which a child process of the worker starts with a limit of time. It
opens a page of ours that only we can name (`newsroom.views.place`): a frame as wide as a phone or a screen with the
front page in it, the artwork in its box, and no script, so that nothing is counted. The frame's page says in its own
HTML where the box is; the picture is cut out around it.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from . import plan
from .models import Creative, Sighting, Targeting
from .page_key import Page
from .slots import Art, Line, Slot

logger = logging.getLogger(__name__)

PHONE, DESKTOP = 360, 1280
# What is seen above and below the box, in pixels.
AROUND = 160
# Chromium makes no narrower window than 500 pixels; the frame inside is as wide as it must be.
WINDOW = (DESKTOP, 1600)
SECONDS = 25
# Of the browser's own clock, which stands still while something is loading.
PAGE_MILLISECONDS = 8000
QUALITY = 82
MOST_TRIES = 3
VALID_FOR = timedelta(minutes=10)
_SALT = "ads.sightings"
_PLACE = re.compile(r'data-place="([^"]*)"')

# Failures of this process by artwork and width. A worker that starts anew tries again.
_failures: Counter[tuple[int, bool]] = Counter()


class NotTaken(Exception):
    """Raised, with why, when a browser brings back no picture of the artwork."""


def token(creative: int) -> str:
    return signing.dumps(creative, salt=_SALT)


def place(text: str, *, at: datetime) -> Slot:
    """What a token shows: a position with artwork that runs now, and nothing else in it. Raises signing.BadSignature
    for a token that we did not make or that is ten minutes old, LookupError where the artwork does not run any more."""
    number = signing.loads(text, salt=_SALT, max_age=VALID_FOR)
    for slot, line, art in _running(at):
        if art.number == number:
            shown = art if slot.has_phone_artwork else replace(art, phone_src="")
            return replace(slot, lines=(replace(line, art=(shown,)),), house=())
    raise LookupError(number)


def _running(at: datetime) -> Iterator[tuple[Slot, Line, Art]]:
    """What may stand on the front page now: a picture shows nothing that could not be seen there."""
    for slot in plan.current(at).slots.values():
        for line in slot.lines:
            front = Page(language=line.where.language or 1, is_home=True)
            if line.runs(at) and line.where.allows_page(front):
                yield from ((slot, line, art) for art in line.art)


def of(creative: Creative) -> list[Sighting]:
    """The pictures of an artwork, of a wide screen first. No query where they were fetched with it."""
    return sorted(creative.sightings.all(), key=lambda one: one.is_phone)


def take_due(at: datetime) -> int:
    """Take one picture that is missing of artwork that runs now. Returns 1, or 0 where none is missing or it failed:
    then it is tried again, a few times."""
    if not settings.CHROMIUM:
        return 0
    missing = next(iter(due(at)), None)
    if missing is None:
        return 0
    creative, is_phone = missing
    try:
        take(creative, is_phone=is_phone, at=at)
    except NotTaken as failure:
        _failures[missing] += 1
        more = "it is tried again in a minute" if _failures[missing] < MOST_TRIES else "it is not tried again"
        logger.warning("No picture of artwork %d in place, and %s: %s", creative, more, failure)
        return 0
    return 1


def due(at: datetime) -> list[tuple[int, bool]]:
    """What runs now and was not taken yet, by artwork and whether on a phone. One query."""
    wanted = [
        (art.number, is_phone)
        for _slot, line, art in _running(at)
        for is_phone in (False, True)
        if not line.where.device or (line.where.device == Targeting.Device.PHONE) == is_phone
    ]
    taken = set(
        Sighting.objects.filter(creative__in={number for number, _ in wanted}).values_list("creative", "is_phone")
    )
    return [one for one in wanted if one not in taken and _failures[one] < MOST_TRIES]


def take(creative: int, *, is_phone: bool, at: datetime) -> Sighting | None:
    """Take the picture and keep it; None where somebody else has meanwhile. Raises NotTaken."""
    width = PHONE if is_phone else DESKTOP
    address = f"{settings.SITE_URL}{reverse('place', args=[token(creative)])}?width={width}"
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder) / "page.png"
        html = _browse(address, shot, Path(folder))
        box = _box(html)
        try:
            with Image.open(shot) as whole:
                found = _cut(whole, box, width)
        except OSError as error:
            raise NotTaken(f"the browser left no picture ({error})") from error
    file = io.BytesIO()
    found.save(file, "JPEG", quality=QUALITY, optimize=True)
    sighting = Sighting(creative_id=creative, is_phone=is_phone, width=found.width, height=found.height, taken_at=at)
    sighting.file.save("page.jpg", ContentFile(file.getvalue()), save=False)
    try:
        with transaction.atomic():
            sighting.save(force_insert=True)
    except IntegrityError:
        sighting.file.delete(save=False)
        return None
    return sighting


def _browse(address: str, shot: Path, folder: Path) -> str:
    """The HTML of a page once its scripts have run, with a picture of it in `shot`."""
    command = [
        settings.CHROMIUM,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-extensions",
        "--hide-scrollbars",
        "--force-device-scale-factor=1",
        f"--user-data-dir={folder / 'profile'}",
        f"--window-size={WINDOW[0]},{WINDOW[1]}",
        f"--virtual-time-budget={PAGE_MILLISECONDS}",
        f"--screenshot={shot}",
        "--dump-dom",
        address,
    ]
    # Nothing of our environment, which holds secrets.
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder)}
    try:
        process = subprocess.Popen(  # noqa: S603  (what the operator named)
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        raise NotTaken(f"{settings.CHROMIUM} does not start ({error})") from error
    try:
        html, _errors = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        os.killpg(process.pid, signal.SIGKILL)  # with the processes that it started
        process.communicate()
        raise NotTaken(f"no answer within {SECONDS} seconds") from error
    return html.decode("utf-8", "replace")


def _box(html: str) -> Sequence[int]:
    """Where the artwork is in the picture: x, y, width, height. Raises NotTaken where it is not shown."""
    match = _PLACE.search(html)
    if match is None:
        raise NotTaken("the page did not open; can the worker reach SITE_URL?")
    try:
        box = [round(number) for number in json.loads(unescape(match[1]))]
    except (ValueError, TypeError):
        box = []
    if len(box) != 4 or min(box[2:]) < 1:
        raise NotTaken("the page has no room for its box, or its file did not load")
    return box


def _cut(whole: Image.Image, box: Sequence[int], width: int) -> Image.Image:
    _x, y, _width, height = box
    top, bottom = max(0, y - AROUND), min(whole.height, y + height + AROUND)
    if bottom <= y + height // 2:
        raise NotTaken("the box lies outside of the picture")
    return whole.convert("RGB").crop((0, top, min(width, whole.width), bottom))
