"""What a channel's text says of a story: places filled, and cut at a word to what the network takes. The label of a
paid story always leads, and neither it nor the link is ever cut."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

PLACES = ("label", "headline", "standfirst", "url", "section", "tags")
USUAL = "{label}\n{headline}\n\n{standfirst}\n\n{url}\n{tags}"
SHORT = "{label}\n{headline}\n{url}"
_PLACE = re.compile(r"\{([^{}\s]*)\}")
_LINK = re.compile(r"https?://[^\s]+|(?<![\w@.-])(?:[\w-]+\.)+[^\W\d_]{2,}(?:/[^\s]*)?")
# What gives way first where the text is too long.
_GIVE_WAY = ("standfirst", "tags", "section", "headline")
# Where a label would have stood, before a story that has none.
_LEFTOVERS = " \t\n:|–—-·،"


class TooLong(ValueError):
    """Raised where the label and the link alone are longer than the network takes."""


@dataclass(frozen=True)
class Told:
    """What can be said of a story: the values of the places."""

    label: str
    headline: str
    standfirst: str
    url: str
    section: str
    tags: str


def label_of(sponsor_name: str, language: str) -> str:
    """The label of a paid story in its own language; empty for news."""
    if not sponsor_name:
        return ""
    with translation.override(language):
        return _("Paid for by %(sponsor)s") % {"sponsor": " ".join(sponsor_name.split())}


def told(
    *, headline: str, standfirst: str, path: str, section: str, tags: list[str], sponsor_name: str, language: str
) -> Told:
    """The places of a story. `path` is its address on this site."""
    return Told(
        label=label_of(sponsor_name, language),
        headline=" ".join(headline.split()),
        standfirst=" ".join(standfirst.split()),
        url=settings.SITE_URL + path,
        section=section,
        tags=" ".join(filter(None, map(hashtag, tags))),
    )


def hashtag(name: str) -> str:
    """ "Port Amaya" as networks link it: #Port_Amaya."""
    word = re.sub(r"[^\w]+", "_", name).strip("_")
    return f"#{word}" if word and not word.isdecimal() else ""


def unknown_places(wording: str) -> list[str]:
    """What stands between braces and is no place."""
    return [name for name in _PLACE.findall(wording) if name not in PLACES]


def compose(wording: str, story: Told, *, length: Callable[[str], int], limit: int | None) -> str:
    """The text as it is sent. Raises TooLong."""
    wording, values = _with_label_and_link(wording, story), vars(story)
    text = _fill(wording, values)
    if limit is None or length(text) <= limit:
        return text
    for name in _GIVE_WAY:
        text, values = _shortened(wording, values, name, length, limit)
        if length(text) <= limit:
            return text
    # Somebody's own words, then: what is left of them between label and link.
    own = _fill(wording, values | {"label": "", "url": ""})
    text, _values = _shortened("{label}\n{headline}\n{url}", values | {"headline": own}, "headline", length, limit)
    if length(text) > limit:
        raise TooLong(_("The label and the link alone are longer than this channel takes."))
    return text


def _with_label_and_link(wording: str, story: Told) -> str:
    wording = wording.strip()
    first, rest = ("{label}", wording[7:]) if wording.startswith("{label}") else ("{label}\n", wording)
    rest = rest.replace("{label}", "")
    if story.label and story.label in rest:
        rest = rest.replace(story.label, "").strip(_LEFTOVERS)
        first = "{label}\n"
    if "{url}" not in rest and story.url not in rest:
        rest += "\n{url}"
    return first + rest


def _fill(wording: str, values: dict[str, str]) -> str:
    text = _PLACE.sub(lambda place: values.get(place[1], place[0]), wording)
    if not values["label"]:
        text = text.lstrip(_LEFTOVERS)
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def _shortened(
    wording: str, values: dict[str, str], name: str, length: Callable[[str], int], limit: int
) -> tuple[str, dict[str, str]]:
    """With as many words of one place as fit; with none where even that is too long."""
    words = values[name].split()
    fewest, most, best = 0, len(words), values | {name: ""}
    while fewest <= most:
        kept = (fewest + most) // 2
        tried = values | {name: _cut(words, kept, name)}
        if length(_fill(wording, tried)) <= limit:
            best, fewest = tried, kept + 1
        else:
            most = kept - 1
    return _fill(wording, best), best


def _cut(words: list[str], kept: int, name: str) -> str:
    text = " ".join(words[:kept])
    if kept == len(words) or not kept or name == "tags":
        return text
    return text.rstrip(" ,;:.،؛–—-") + "…"


# How networks count.


def in_code_points(text: str) -> int:
    return len(text)


def in_utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def graphemes(text: str) -> list[str]:
    """What a reader calls characters. Never fewer than there are: what is not sure to join the one before it counts
    for itself."""
    found: list[str] = []
    for letter in text:
        if found and _joins(found[-1], letter):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def _joins(before: str, letter: str) -> bool:
    if before[-1] in "\r\n" or unicodedata.category(before[-1]) in ("Cc", "Zl", "Zp"):
        return False
    if letter == "\u200d" or unicodedata.category(letter) in ("Mn", "Me") or "\U0001f3fb" <= letter <= "\U0001f3ff":
        return True
    return before[-1] == "\u200d" and len(before) > 1 and _is_picture(before[0]) and _is_picture(letter)


def _is_picture(letter: str) -> bool:
    return unicodedata.category(letter) == "So" and letter > "\u2190"


def in_graphemes(text: str) -> int:
    return len(graphemes(text))


def with_links_as(size: int, count: Callable[[str], int]) -> Callable[[str], int]:
    """Networks that shorten links count each of them alike. A name that only looks like one counts for what is more."""

    def length(text: str) -> int:
        links = _LINK.findall(text)
        rest = _LINK.sub("", text)
        return count(rest) + sum(size if "://" in link else max(size, count(link)) for link in links)

    return length


def weighted(text: str) -> int:
    """As X counts: Latin, Arabic and their kin one each, all else and every emoji two."""
    light = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
    total = 0
    for cluster in graphemes(unicodedata.normalize("NFC", text)):
        if len(cluster) > 1 and _is_picture(cluster[0]):
            total += 2
        else:
            total += sum(1 if any(a <= ord(letter) <= b for a, b in light) else 2 for letter in cluster)
    return total
