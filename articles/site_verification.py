"""How search consoles learn that a site is ours: a word of theirs in the head of the front page.

Read by the settings at the start, so nothing here may need Django's models.
"""

from __future__ import annotations

import re

# What each service calls its tag.
NAMES = {
    "google": "google-site-verification",
    "bing": "msvalidate.01",
    "yandex": "yandex-verification",
    "baidu": "baidu-site-verification",
    "naver": "naver-site-verification",
    "pinterest": "p:domain_verify",
    "facebook": "facebook-domain-verification",
}
_WORD = re.compile(r"[\w.=-]{4,200}", re.ASCII)


class BadMark(ValueError):
    """Raised for a text that is no list of marks. Says what is wrong with it."""


def marks(text: str) -> list[tuple[str, str]]:
    """`google=abc bing=def` as the names and values of tags, in that order. A service may stand there twice, once for
    each of its accounts. Raises BadMark."""
    found = []
    for part in text.split():
        service, is_there, word = part.partition("=")
        if service not in NAMES or not is_there:
            raise BadMark(f"“{part}” is none of {', '.join(f'{name}=…' for name in NAMES)}")
        if not _WORD.fullmatch(word):
            raise BadMark(f"“{word}” is no word that {service} gives: copy only what stands between the quotes")
        found.append((NAMES[service], word))
    if len(set(found)) < len(found):
        raise BadMark("it says something twice")
    return found
