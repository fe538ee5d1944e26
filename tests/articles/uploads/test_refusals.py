import re

import pytest

from articles.html import HtmlRefused
from articles.uploads.picture_facts import PictureRefused
from articles.uploads.refusals import Refused
from articles.uploads.word_facts import Dropped, WordRefused, dropped_sentences


@pytest.mark.parametrize("kind", [HtmlRefused, PictureRefused, WordRefused])
def test_every_refusal_is_a_whole_sentence(kind):
    for code, sentence in kind.sentences().items():
        names = re.findall(r"%\((\w+)\)s", str(sentence))
        refused = kind(code, **dict.fromkeys(names, "7"))
        assert str(refused) == re.sub(r"%\(\w+\)s", "7", str(sentence))
        assert str(refused)[0].isupper()
        assert str(refused).endswith(".")


@pytest.mark.parametrize("kind", [HtmlRefused, PictureRefused, WordRefused])
def test_an_unknown_code_or_a_missing_fact_says_the_plainest_sentence(kind):
    plain = str(kind.sentences()["broken"])
    assert str(kind("no such code")) == plain
    assert str(kind("too-long" if kind is HtmlRefused else "too-heavy", other=1)) == plain


def test_what_was_dropped_is_told_in_sentences():
    assert all(str(Dropped(code, 2).message).endswith(".") for code in dropped_sentences())


def test_refusals_are_one_family():
    assert all(issubclass(kind, Refused) for kind in (HtmlRefused, PictureRefused, WordRefused))
