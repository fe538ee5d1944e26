"""The part of a story that shows why it was found, with the words marked. Made safe here: what comes out is HTML."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from . import html, search_words
from .models import Article

# Letters of an extract, and of a text that are read for one.
LENGTH = 180
READ = 30_000
_ENDS = (".", "!", "?", "…", ":", ";", ",", "”", "»", '"', "؟", "،", "؛")
# Letters of an extract before the first word that was found.
BEFORE = 50


def marked(text: str, stems: Collection[str]) -> SafeString:
    """A text, escaped, with `<mark>` around every word that has one of the stems."""
    parts, end = [], 0
    for begin, stop, stem in search_words.pieces(text):
        if stem in stems:
            parts += [conditional_escape(text[end:begin]), f"<mark>{conditional_escape(text[begin:stop])}</mark>"]
            end = stop
    parts.append(conditional_escape(text[end:]))
    return mark_safe("".join(parts))


def extract(story: Article, stems: Collection[str]) -> SafeString:
    """The standfirst where it has as many of the words as the text has anywhere near each other; else that part of the
    text."""
    in_standfirst = len(_found(story.standfirst, stems))
    if in_standfirst == len(stems) and story.standfirst:
        return marked(story.standfirst, stems)
    text = _in_one_line(story.body)
    hits = [(begin, stem) for begin, _end, stem in search_words.pieces(text) if stem in stems]
    best, most = 0, 0
    for number, (begin, _stem) in enumerate(hits[:200]):
        end = begin + LENGTH - BEFORE
        around = len({stem for place, stem in hits[number : number + LENGTH] if place < end})
        if around > most:
            best, most = begin, around
    if story.standfirst and in_standfirst >= most:
        return marked(story.standfirst, stems)
    return marked(shortened(text, best), stems)


def _in_one_line(body: str) -> str:
    """With a dot where a line ends that is no sentence: a heading, a caption."""
    lines = html.text(body[: READ * 2]).split("\n")
    return " ".join(line if line.endswith(_ENDS) else f"{line} ·" for line in lines)[:READ].removesuffix(" ·")


def _found(text: str, stems: Collection[str]) -> set[str]:
    return {stem for _begin, _end, stem in search_words.pieces(text) if stem in stems}


def shortened(text: str, around: int) -> str:
    """Some LENGTH letters of a text, whole words, beginning a little before a place in it."""
    begin = max(around - BEFORE, 0)
    if begin:
        begin = text.find(" ", begin, around) + 1 or around
    end = begin + LENGTH
    if end < len(text):
        end = max(text.rfind(" ", begin, end), begin + LENGTH // 2)
    return f"{'… ' if begin else ''}{text[begin:end]}{' …' if end < len(text) else ''}"


def shown(story: Article, stems: Collection[str]) -> tuple[SafeString, SafeString]:
    """The headline and the extract of a result."""
    return marked(story.headline, stems), extract(story, stems)
