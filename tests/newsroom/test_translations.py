"""Every string that people see is translated: gathered from code and templates, looked up in the Arabic catalogue.

Gathered without xgettext, so that the test runs wherever Python does: from the syntax tree of the code, and from
what Django makes of a template for translators.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "newsroom/locale/ar/LC_MESSAGES/django.po"
SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
FLOORS = ("articles", "ads", "newsroom")

Message = tuple[str, str]  # context, text


def in_python(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name in SINGULAR | PLURAL and texts:
            yield "", texts[0]
        elif name in CONTEXT and len(texts) > 1:
            yield texts[0], texts[1]


def in_template(source: str) -> Iterator[Message]:
    """From the pseudo code that Django hands to xgettext: calls among runs of X."""
    for call in re.finditer(
        r"\b(gettext|ngettext|pgettext|npgettext|_)\((.*?)\) ", templatize(source) + " ", re.DOTALL
    ):
        literals = re.findall(r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""", call[2], re.DOTALL)
        texts = [ast.literal_eval(literal.replace("\n", "\\n")) for literal in literals]
        if not texts:
            continue
        yield (texts[0], texts[1]) if call[1].startswith(("p", "np")) else ("", texts[0])


def gathered() -> dict[Message, str]:
    """Every message of the project, with a file that has it."""
    found: dict[Message, str] = {}
    for floor in FLOORS:
        for path in (ROOT / floor).rglob("*.py"):
            if "migrations" not in path.parts:
                found |= {message: str(path) for message in in_python(path.read_text())}
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]:
        found |= {message: str(path) for message in in_template(path.read_text())}
    return {message: path for message, path in found.items() if message[1]}


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def test_the_gatherer_finds_what_there_is():
    assert list(in_python('_("one"); ngettext("two", "twos", 2); pgettext_lazy("who", "three")')) == [
        ("", "one"),
        ("", "two"),
        ("who", "three"),
    ]
    template = """{% load i18n %}{% translate "one" %}{% blocktranslate trimmed with n=2 %}
      two {{ n }}
    {% endblocktranslate %}{% translate "three" context "who" %}"""
    assert list(in_template(template)) == [("", "one"), ("", "two %(n)s"), ("who", "three")]
    assert len(gathered()) > 300


def test_every_string_has_an_arabic_translation(catalogue):
    done = {
        (entry.msgctxt or "", entry.msgid)
        for entry in catalogue
        if "fuzzy" not in entry.flags and (entry.msgstr or (entry.msgstr_plural and all(entry.msgstr_plural.values())))
    }
    missing = {message: path for message, path in gathered().items() if message not in done}
    assert missing == {}


def test_a_translation_keeps_every_placeholder(catalogue):
    name = re.compile(r"%\((\w+)\)")
    wrong = {}
    for entry in catalogue.translated_entries():
        wanted = set(name.findall(entry.msgid)) | set(name.findall(entry.msgid_plural or ""))
        for text in [entry.msgstr, *(entry.msgstr_plural or {}).values()]:
            # Arabic says "one" and "two" in the word itself, so a plural form may leave its number out.
            if text and not (
                set(name.findall(text)) == wanted or (entry.msgid_plural and set(name.findall(text)) <= wanted)
            ):
                wrong[entry.msgid] = text
    assert wrong == {}


def test_translations_are_arabic(catalogue):
    latin = [
        e.msgid for e in catalogue.translated_entries() if e.msgstr and not re.search(r"[\u0600-\u06FF]", e.msgstr)
    ]
    # Formats, symbols and codes stay what they are.
    assert [text for text in latin if re.search(r"[a-z]{4}", re.sub(r"%\(\w+\)\w", "", text))] == []


def test_the_compiled_catalogue_is_that_of_the_text(catalogue):
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    texts = {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in compiled}
    wanted = {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in catalogue.translated_entries()}
    assert texts == wanted
