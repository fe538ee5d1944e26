"""How many of the texts that hold some form of a word the search finds, for each way to stem it.

    pip install simplemma qalsadi polib snowballstemmer
    python -m benchmarks.search_recall

The texts were written by others, for other ends: paragraphs of the descriptions of installed Python packages in
English, the Arabic translations of Django and django-countries. Which forms belong to one word say two dictionaries
that know nothing of our stemmers: simplemma (English), qalsadi (Arabic). Of each word with two forms or more in the
texts every form is searched for. Recall is the share found of the texts that hold any of its forms, precision the
share of what was found that does; both are means over the forms.
"""

from __future__ import annotations

import importlib.util
import re
import site
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import snowballstemmer

from articles import search_words

LONGEST_TEXT = 2000


def english_texts() -> Iterator[str]:
    seen = set()
    for folder in {*site.getsitepackages(), *sys.path}:
        for path in sorted(Path(folder).glob("*.dist-info/METADATA")):
            _head, _gap, body = path.read_text(errors="replace").partition("\n\n")
            for text in re.split(r"\n\s*\n", re.sub(r"```.*?```|<[^>]*>|https?://\S+", " ", body, flags=re.DOTALL)):
                if len(text.split()) > 20 and text not in seen:
                    seen.add(text)
                    yield text[:LONGEST_TEXT]


def arabic_texts() -> Iterator[str]:
    import polib

    seen = set()
    for package in ("django", "django_countries"):
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.submodule_search_locations
        for path in sorted(Path(spec.submodule_search_locations[0]).rglob("locale/ar/LC_MESSAGES/*.po")):
            for entry in polib.pofile(str(path)):
                for text in (entry.msgstr, *entry.msgstr_plural.values()):
                    text = re.sub(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]*>", " ", text)
                    if text and text not in seen:
                        seen.add(text)
                        yield text


def measured(texts: list[str], lemma_of: Callable[[str], str], stem: Callable[[str], str]) -> tuple[float, float, int]:
    """Recall, precision, and of how many forms."""
    by_word: dict[str, set[int]] = defaultdict(set)
    for number, text in enumerate(texts):
        for word in search_words.words(text):
            if len(word) > 2 and word not in search_words.STOP and not any(map(str.isdigit, word)):
                by_word[word].add(number)
    by_lemma: dict[str, set[str]] = defaultdict(set)
    by_stem: dict[str, set[int]] = defaultdict(set)
    for word, places in by_word.items():
        if lemma := lemma_of(word):
            by_lemma[lemma].add(word)
        by_stem[stem(word)] |= places
    recalls, precisions = [], []
    for forms in by_lemma.values():
        if len(forms) < 2:
            continue
        true = set().union(*(by_word[form] for form in forms))
        for form in forms:
            found = by_stem[stem(form)]
            recalls.append(len(found & true) / len(true))
            precisions.append(len(found & true) / len(found))
    return sum(recalls) / len(recalls), sum(precisions) / len(precisions), len(recalls)


def main() -> None:
    import simplemma
    from qalsadi.lemmatizer import Lemmatizer

    english, arabic = snowballstemmer.stemmer("english"), snowballstemmer.stemmer("arabic")
    porter = snowballstemmer.stemmer("porter")
    alef = str.maketrans("أإآٱ", "اااا")
    after = search_words._AFTER
    qalsadi = Lemmatizer()
    lemmas: dict[str, str] = {}

    def lemma_ar(word: str) -> str:
        if not search_words._ARABIC.search(word):
            return ""
        if word not in lemmas:
            lemmas[word] = search_words.folded(str(qalsadi.lemmatize(word)))
        return lemmas[word]

    def lemma_en(word: str) -> str:
        return simplemma.lemmatize(word.replace("'s", ""), lang="en").lower() if word.isascii() else ""

    for language, texts, lemma, ways in [
        (
            "English",
            list(english_texts()),
            lemma_en,
            {
                "exact": lambda word: word,
                "Porter": porter.stemWord,
                "Snowball English": english.stemWord,
                "as the search does": search_words.stem,
            },
        ),
        (
            "Arabic",
            list(arabic_texts()),
            lemma_ar,
            {
                "exact": lambda word: word,
                "Snowball": arabic.stemWord,
                "alef folded before Snowball": lambda word: arabic.stemWord(word.translate(alef)),
                "letters folded after Snowball": lambda word: arabic.stemWord(word).translate(after),
                "article off, then Snowball": lambda word: arabic.stemWord(bare(word)).translate(after),
                "article off, light suffixes": lambda word: light(word).translate(after),
                "as the search does": search_words.stem,
            },
        ),
    ]:
        print(f"\n{language}: {len(texts)} texts")
        for name, way in ways.items():
            recall, precision, forms = measured(texts, lemma, way)
            print(f"  {name:<32} recall {recall:.3f}   precision {precision:.3f}   ({forms} forms)")


ARTICLE = re.compile("^(?:[وف]?(?:[بك]?ال|لل)|[وف](?=ال))")
SUFFIX = re.compile("(?:هما|كما|تين|تان|ات|ون|ين|ان|ها|هم|هن|كم|نا|ية|ته|ه|ة|ي)$")


def bare(word: str) -> str:
    rest = ARTICLE.sub("", word)
    return rest if len(rest) > 2 else word


def light(word: str) -> str:
    """Light10, as Larkey, Ballesteros and Connell describe it: prefixes, then suffixes while three letters stay."""
    word = bare(word.translate(str.maketrans("أإآى", "اااي")))
    if word.startswith("و") and len(word) > 4:
        word = word[1:]
    while (shorter := SUFFIX.sub("", word)) != word and len(shorter) > 2:
        word = shorter
    return word


if __name__ == "__main__":
    main()
