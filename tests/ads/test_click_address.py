"""Where a click may lead."""

import pytest
from django.core.exceptions import ValidationError

from ads import alternative, click_address


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("https://bakery.example/", "https://bakery.example/"),
        ("http://bakery.example", "http://bakery.example/"),
        ("www.bakery.example/today", "https://www.bakery.example/today"),
        (" https://Bakery.Example/A?b=C#d ", "https://bakery.example/A?b=C#d"),
        ("https://bakery.example:443/x", "https://bakery.example/x"),
        ("https://bakery.example./x", "https://bakery.example/x"),
        ("https://bäcker.example/brötchen", "https://xn--bcker-gra.example/br%C3%B6tchen"),
        ("https://مخبز.example/خبز?q=خبز", "https://xn--pgb5fmb.example/%D8%AE%D8%A8%D8%B2?q=%D8%AE%D8%A8%D8%B2"),
        ("https://a.example/?to=https://b.example/@c", "https://a.example/?to=https://b.example/@c"),
    ],
)
def test_an_address_is_stored_as_a_browser_sends_it(typed, stored):
    if "مخبز" in typed:
        stored = stored.replace("xn--pgb5fmb", "مخبز".encode("idna").decode())
    assert click_address.normalise(typed) == stored


@pytest.mark.parametrize(
    "address",
    [
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>1</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://bakery.example/",
        "mailto:a@b.example",
        "//evil.example/",
        "/evil",
        "https:///evil.example",
        "https:evil.example",
        "http://",
        "http://localhost/",
        "http://localhost.",
        "http://127.0.0.1/",
        "http://127.1/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://１２７.0.0.1/",
        "http://127。0。0。1/",
        "http://8.8.8.8/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[fe80::1%25eth0]/",
        "http://[",
        "http://169.254.169.254/latest/meta-data/",
        "http://metadata.google.internal/",
        "http://printer.local/",
        "http://router.lan/",
        "http://intranet/",
        "http://bakery.home.arpa/",
        "http://x.onion/",
        "https://user@bakery.example/",
        "https://user:secret@bakery.example/",
        "https://bank.example@evil.example/",
        "https://bank.example\\@evil.example/",
        "https://bakery.example:8080/",
        "https://bakery.example:80/",
        "https://bakery.example:/",
        "https://bakery.example:99999/",
        "bakery.example:22/x",
        "https://bakery.example/\nSet-Cookie: a=b",
        "https://bakery.example/\r\n",
        "https://bakery.example/\0",
        "https://bakery.example/a b",
        "https://bakery.example/\u202egpj.exe",
        "https://bak_ery.example/",
        "https://-bakery.example/",
        "https://bakery..example/",
        "https://ba%6bery.example/",
        f"https://{'a' * 64}.example/",
        f"https://{'a.' * 140}example/",
        "https://bakery.example/" + "x" * 2000,
        "https://bakery.example/" + "خ" * 300,
    ],
)
def test_what_is_no_public_website_is_refused_in_a_sentence(address):
    with pytest.raises(ValidationError) as caught:
        click_address.normalise(address)
    assert caught.value.messages[0].endswith(".")


def test_a_name_in_other_letters_is_shown_in_both():
    stored = click_address.normalise("https://аpple.example/")  # the first letter is Cyrillic
    assert stored.startswith("https://xn--")
    assert click_address.spoken_host(stored) == "аpple.example"
    assert click_address.spoken_host("https://apple.example/") == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "image",
        "Banner",
        "our new ad",
        "300x250",
        "bread.jpg",
        "IMG_1234.JPEG",
        "summer-final",
        "...",
        "صورة",
        "\0",
    ],
)
def test_what_describes_nothing_is_no_alternative_text(text):
    with pytest.raises(ValidationError):
        alternative.normalise(text, ["C:\\art\\summer-final.gif"])


def test_alternative_text_is_one_line_of_words():
    assert alternative.normalise(" Fresh bread,\n every  morning ", ["bread.jpg"]) == "Fresh bread, every morning"
    assert alternative.normalise("خبز طازج كل صباح") == "خبز طازج كل صباح"
    with pytest.raises(ValidationError):
        alternative.normalise("bread " * 40)
