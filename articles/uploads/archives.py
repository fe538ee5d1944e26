"""Zip archives looked through before a byte of them is inflated.

`read_directory` follows the central directory by hand, and compares every entry with its own header in front
of the data, because two readers that disagree about an archive are how one of them is fooled. Source of the
layout: PKWARE APPNOTE.TXT 6.3.10.
"""

import struct
from typing import NamedTuple

END = b"PK\x05\x06"
CENTRAL = b"PK\x01\x02"
LOCAL = b"PK\x03\x04"
STORED, DEFLATED = 0, 8
ENCRYPTED = 0x0001
SIZES_FOLLOW = 0x0008
STRONG_ENCRYPTION = 0x0040
NOT_YET_KNOWN = ((0, 0, 0), (0, 0xFFFFFFFF, 0xFFFFFFFF))


class BadArchive(Exception):
    """The archive is damaged, or built to mislead. `code` says how, `name` which entry."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(code, name)
        self.code = code
        self.name = name


class Entry(NamedTuple):
    """One file in an archive, as both of its headers describe it. `start` is where its data begins."""

    name: str
    method: int
    packed: int
    size: int
    start: int


def read_directory(data: bytes, *, max_entries: int) -> list[Entry]:
    """Every entry. Raises `BadArchive`: damaged, too-many-entries, encrypted, mismatch, names, duplicates."""
    end = data.rfind(END, max(0, len(data) - 65_557))
    if end < 0 or len(data) < end + 22:
        raise BadArchive("damaged")
    disk, first_disk, here, total, length, start, comment = struct.unpack("<HHHHIIH", data[end + 4 : end + 22])
    if total > max_entries or here > max_entries:
        raise BadArchive("too-many-entries")
    if disk or first_disk or here != total or start + length != end or end + 22 + comment != len(data):
        raise BadArchive("mismatch")
    entries = []
    at = start
    for _number in range(total):
        entry, at = _entry(data, at, end)
        entries.append(entry)
    if at != end:
        raise BadArchive("mismatch")
    _check_places(entries, start)
    _check_names(entries)
    return entries


def _entry(data: bytes, at: int, end: int) -> tuple[Entry, int]:
    if data[at : at + 4] != CENTRAL or at + 46 > end:
        raise BadArchive("damaged")
    flags, method, _time, _date, crc, packed, size, name_size, extra_size, comment_size = struct.unpack(
        "<HHHHIIIHHH", data[at + 8 : at + 34]
    )
    (local,) = struct.unpack("<I", data[at + 42 : at + 46])
    raw = data[at + 46 : at + 46 + name_size]
    name = _name(raw, flags)
    if flags & (ENCRYPTED | STRONG_ENCRYPTION):
        raise BadArchive("encrypted", name)
    if method not in (STORED, DEFLATED) or 0xFFFFFFFF in (packed, size, local):
        raise BadArchive("damaged", name)
    if method == STORED and packed != size:
        raise BadArchive("mismatch", name)
    head = data[local : local + 30]
    if len(head) < 30 or head[:4] != LOCAL:
        raise BadArchive("mismatch", name)
    own_flags, own_method, _t, _d, own_crc, own_packed, own_size, own_name_size, own_extra_size = struct.unpack(
        "<HHHHIIIHH", head[6:30]
    )
    own_raw = data[local + 30 : local + 30 + own_name_size]
    measures, own_measures = (crc, packed, size), (own_crc, own_packed, own_size)
    # Written as a stream: the sizes were not known yet, and stand behind the data.
    agree = own_measures == measures or (own_flags & SIZES_FOLLOW and own_measures in NOT_YET_KNOWN)
    if own_raw != raw or own_method != method or (own_flags ^ flags) & ENCRYPTED or not agree:
        raise BadArchive("mismatch", name)
    start = local + 30 + own_name_size + own_extra_size
    return Entry(name, method, packed, size, start), at + 46 + name_size + extra_size + comment_size


def _name(raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8" if flags & 0x0800 else "cp437")
    except UnicodeDecodeError:
        raise BadArchive("names") from None


def _check_places(entries: list[Entry], directory: int) -> None:
    """Entries that share bytes are how a small archive becomes a large one."""
    before = 0
    for entry in sorted(entries, key=lambda entry: entry.start):
        if entry.start < before or entry.start + entry.packed > directory:
            raise BadArchive("mismatch", entry.name)
        before = entry.start + entry.packed


def _check_names(entries: list[Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.name
        parts = name.split("/")
        if (
            not name
            or name.startswith("/")
            or "\\" in name
            or ":" in name
            or ".." in parts
            or len(name) > 260
            or any(ord(letter) < 32 for letter in name)
        ):
            raise BadArchive("names", name[:100])
        if name.lower() in seen:
            raise BadArchive("duplicates", name)
        seen.add(name.lower())
