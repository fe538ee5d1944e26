"""Everything of the desk in open formats: each table as CSV and as JSON lines, and the files beside them if wanted.

Whatever models the desk has are exported; fields whose name says that they hold a secret are not, and neither is
the index of the search. Rows come from the database as they are written, so a large desk takes no more memory than a
small one.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.models import Article, Brand, User

from . import spreadsheet
from .models import AdRequest, Advertiser, Contact, DeskText

ROWS_AT_ONCE = 1000
PIECE = 64 * 1024

# Parts of field names that hold what opens something, or could be guessed back.
SECRET = {"key", "token", "hash", "sha256", "password", "secret", "salt", "digest"}
# A spreadsheet takes text that begins so for a formula.
README = """The advertising desk of {site}, written on {day}{scope}.

Each table is there twice: as CSV (UTF-8, the first row names the columns) and as JSON lines (one object a line).
Times are in UTC, amounts are decimal numbers beside their currency, numbers that end in _id lead to the table of that
name. Text in the CSV that a spreadsheet would run as a formula begins with an apostrophe; the JSON lines have it as it
is.
Files, where they were asked for, lie under files/ by the name that the tables give.
"""


def tables() -> list[type[models.Model]]:
    """What is exported, by name."""
    found = [model for model in apps.get_app_config("ads").get_models() if model is not DeskText]
    return sorted(found, key=lambda model: model.__name__)


def columns(model: type[models.Model]) -> list[tuple[str, str]]:
    """Of each column its name and where its value is found. People of the desk are named by their login."""
    found = []
    for field in model._meta.concrete_fields:
        if SECRET & set(field.name.split("_")):
            continue
        if field.related_model is User:
            found.append((field.name, f"{field.name}__username"))
        else:
            found.append((field.attname, field.attname))
            if field.related_model is Article:
                found.append((f"{field.name}_headline", f"{field.name}__headline"))
    return found


def rows(model: type[models.Model], chosen: models.QuerySet | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a table, or those chosen of it, as plain values by column."""
    names = columns(model)
    wanted = model._base_manager.all() if chosen is None else chosen
    files = {field.name for field in model._meta.concrete_fields if isinstance(field, models.FileField)}
    values = wanted.order_by("pk").values_list("pk", *(lookup for _name, lookup in names))
    for pk, *row in values.iterator(chunk_size=ROWS_AT_ONCE):
        plain = {name: _plain(value) for (name, _lookup), value in zip(names, row, strict=True)}
        for name in files & plain.keys():
            plain[name] = _archived(model, pk, name, plain[name], plain.get("format", "")) if plain[name] else ""
        yield plain


def csv_lines(model: type[models.Model], chosen: models.QuerySet | None = None) -> Iterator[bytes]:
    """A table as CSV that a spreadsheet opens without running anything in it."""
    names = [name for name, _lookup in columns(model)]
    cells = ([row[name] for name in names] for row in rows(model, chosen))
    return (line.encode() for line in spreadsheet.lines(names, cells))


def json_lines(model: type[models.Model], chosen: models.QuerySet | None = None) -> Iterator[bytes]:
    for row in rows(model, chosen):
        said = {name: str(value) if isinstance(value, Decimal) else value for name, value in row.items()}
        yield json.dumps(said, ensure_ascii=False).encode() + b"\n"


def entries(
    *, at: datetime, advertiser: Advertiser | None = None, with_files: bool = False
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The names of an export's files, each with its content piece by piece."""
    scope = f", what concerns {advertiser.company} alone" if advertiser else ""
    site = Brand.current().said("name", settings.LANGUAGE_CODE)
    readme = README.format(site=site, day=timezone.localdate(at).isoformat(), scope=scope)
    yield "README.txt", [readme.encode()]
    wanted = {model: _of(model, advertiser) for model in tables()}
    for model, chosen in wanted.items():
        if chosen is not None:
            name = model.__name__
            yield f"{name}.csv", csv_lines(model, chosen)
            yield f"{name}.jsonl", json_lines(model, chosen)
    if with_files:
        for model, chosen in wanted.items():
            if chosen is not None:
                yield from _files(model, chosen)


def archive(*, at: datetime, advertiser: Advertiser | None = None, with_files: bool = False) -> Iterator[bytes]:
    """The export as a ZIP file, piece by piece as it is made."""
    pipe = _Pipe()
    moment = timezone.localtime(at).timetuple()[:6]
    with zipfile.ZipFile(pipe, "w") as zipped:  # type: ignore[call-overload]  # it writes, and is never read
        for name, content in entries(at=at, advertiser=advertiser, with_files=with_files):
            info = zipfile.ZipInfo(name, date_time=moment)
            info.compress_type = zipfile.ZIP_STORED if name.startswith("files/") else zipfile.ZIP_DEFLATED
            with zipped.open(info, "w", force_zip64=True) as entry:
                for piece in content:
                    entry.write(piece)
                    if pipe.size > PIECE:
                        yield pipe.take()
    yield pipe.take()


def write(folder: Path, *, at: datetime, with_files: bool = False) -> list[str]:
    """The export as files in a folder. Returns their names."""
    written = []
    for name, content in entries(at=at, with_files=with_files):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines(content)
        written.append(name)
    return written


def paths_to_firm(model: type[models.Model]) -> list[str]:
    """By which fields a row of a model belongs to an advertiser; none for what belongs to nobody, as the rate card."""
    if model is Advertiser:
        return ["pk", "merged_into"]
    if model in (AdRequest, Contact):
        return ["advertiser"]
    hops = []
    for field in model._meta.concrete_fields:
        target = field.related_model
        if target is Advertiser:
            hops.append((field, [field.name]))
        elif isinstance(target, type) and target is not model and target._meta.app_label == "ads":
            hops.append((field, [f"{field.name}__{path}" for path in paths_to_firm(target)]))
    # A field that is always filled says it alone; only beside empty ones others have to be asked.
    always = sorted((paths for field, paths in hops if paths and not field.null), key=lambda paths: len(paths[0]))
    return always[0] if always else [path for _field, paths in hops for path in paths]


def _of(model: type[models.Model], advertiser: Advertiser | None) -> models.QuerySet | None:
    """The rows of a model that concern an advertiser, all of them without one; None where none can."""
    everything = model._base_manager.all()
    if advertiser is None:
        return everything
    condition = Q()
    for path in paths_to_firm(model):
        condition |= Q(**{path: advertiser.pk})
    return everything.filter(condition) if condition else None


def _files(model: type[models.Model], chosen: models.QuerySet) -> Iterator[tuple[str, Iterable[bytes]]]:
    fields = [field.name for field in model._meta.concrete_fields if isinstance(field, models.FileField)]
    if not fields:
        return
    for obj in chosen.order_by("pk").iterator(chunk_size=ROWS_AT_ONCE):
        for name in fields:
            file = getattr(obj, name)
            if file and file.storage.exists(file.name):
                yield _archived(model, obj.pk, name, file.name, getattr(obj, "format", "")), _pieces(file)


def _pieces(file) -> Iterator[bytes]:
    with file.open("rb") as opened:
        yield from opened.chunks(PIECE)


def _archived(model: type[models.Model], pk: int, field: str, stored: str, kind: str) -> str:
    """The name of a file in the export. Where it is kept on the disk is nobody's business."""
    suffix = Path(stored).suffix or (f".{kind.lower()}" if kind.isalnum() else "")
    return f"files/{model.__name__}/{pk}-{field}{suffix}"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, (bool, int, float, Decimal)):
        return value
    return str(value)


class _Pipe:
    """What is written waits here until it is taken; a ZIP file needs no more of a file."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        self.size += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken, self._pieces, self.size = b"".join(self._pieces), [], 0
        return taken
