"""Spam is held and never lost; genuine requests pass."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from ads import spam
from ads.models import AdRequest
from tests.ads import steps

pytestmark = pytest.mark.django_db

TOWNS = ["Lagos", "Abuja", "Kano", "Ibadan", "Jos", "Enugu", "Benin", "Calabar", "Uyo", "Owerri", "Minna", "Sokoto"]
TRADES = ["bakery", "clinic", "school", "bank", "airline", "hotel", "farm", "printer", "garage", "theatre", "mill"]
OPENINGS = [
    "We are a {trade} in {town} and would like to book the billboard for the first week of {n} next month.",
    "Hello, what would a press release about our new {trade} in {town} cost, and when could it appear?",
    "Our {trade} opens in {town} on day {n}, so is the top of the home page free then?",
    "Good morning. Budget is {n}000 dollars for the {trade}; please suggest something for readers near {town}.",
    "Please see https://{trade}{n}.example/{town} for our {trade} campaign in {town}; we need 300x250 and a post.",
    "نحن {trade} في {town} ونود حجز مساحة إعلانية لمدة {n} أسبوعا، كم السعر من فضلكم؟",
]
PITCHES = [
    "Increase your ranking with our certified search experts today, we place your site on page one of results.",
    "Dear owner, we noticed that your website is losing many visitors because of its outdated design and speed.",
    "Earn passive income from home with this secret trading robot that banks do not want you to know about.",
]


def genuine(chance: random.Random, n: int) -> dict[str, str]:
    town, trade = chance.choice(TOWNS), chance.choice(TRADES)
    host = chance.choice([f"{trade}{n}.example", "gmail.com"])
    return {
        "name": f"Person {n}",
        "email": f"person{n}@{host}",
        "company": f"{trade.title()} of {town}",
        "website": f"https://{trade}{n}.example",
        "message": chance.choice(OPENINGS).format(town=town, trade=trade, n=n),
    }


def spammed(chance: random.Random, n: int) -> dict[str, str]:
    """By people who vary what they can: names, addresses, hosts, numbers, the page of the site they sell."""
    pitch, site = (
        chance.choice(PITCHES),
        chance.choice(["rank-fast.example", "robot-gold.example", "site-doctor.example"]),
    )
    link = f"https://{chance.choice(['', 'www.', 'WWW.'])}{site}/{chance.randrange(10**6)}"
    message = f"Hi {chance.choice(TOWNS)} team #{n}! {pitch.replace('.', chance.choice('.!'))} {link}"
    return {
        "name": f"{chance.choice(TOWNS)} {n}",
        "email": f"m{chance.randrange(10**6)}@{chance.choice(['gmail.com', f'host{n}.example', 'mail.ru'])}",
        "company": f"Company {n}",
        "website": f"https://{chance.choice([site, f'shop{n}.example'])}/",
        "message": chance.choice([message, f"{message} [url={link}]here[/url]", f"Look: {link}"]),
    }


def share_held(count: int, seed: int) -> tuple[float, int]:
    """Of spam; and how many genuine ones among a tenth as many, all mixed."""
    chance = random.Random(seed)
    kinds = ["spam"] * count + ["genuine"] * (count // 20)
    chance.shuffle(kinds)
    held = {"spam": 0, "genuine": 0}
    moment = timezone.now()
    for n, kind in enumerate(kinds):
        fields = spammed(chance, n) if kind == "spam" else genuine(chance, n)
        moment += timedelta(seconds=24 * 3600 / len(kinds))
        held[kind] += bool(spam.of_form(fields))
    return held["spam"] / count, held["genuine"]


@pytest.mark.parametrize(("count", "seed"), [(2_000, 1), (10_000, 2)])
def test_of_ten_thousand_spam_requests_99_in_100_are_held_and_no_genuine_one(count, seed):
    share, genuine_held = share_held(count, seed)
    assert (share >= 0.99, genuine_held) == (True, 0), share


def test_held_requests_are_kept_shown_and_mailed_to_nobody(client, run_jobs):
    for n in range(12):
        fields = {"email": f"m{n}@host{n}.example", "message": f"Look: https://rank-fast.example/{n}"}
        steps.send(client, **fields | {"website": f"host{n}.example"}, meta={"REMOTE_ADDR": f"10.{n}.0.1"})
    steps.send(client, **genuine(random.Random(3), 99), meta={"REMOTE_ADDR": "10.99.0.1"})
    run_jobs()
    held = AdRequest.objects.exclude(suspected="")
    assert (AdRequest.objects.count(), held.count()) == (13, 7)
    assert set(held.values_list("suspected", flat=True)) == {"more than 5 requests a day lead to the same site"}
    assert len(mail.outbox) == 2 * (13 - 7)


def test_the_fourth_form_of_one_address_in_a_day_is_held_from_whatever_network(client):
    for n in range(5):
        steps.send(client, message=f"No {n}", email="Ada@mills.example", meta={"REMOTE_ADDR": f"10.{n}.0.1"})
    assert list(AdRequest.objects.order_by("pk").values_list("suspected", flat=True)) == [
        "", "", "", *[spam.TOO_MANY_OF_ADDRESS] * 2,
    ]  # fmt: skip


def test_the_same_form_sent_again_does_not_count(client):
    path = steps.begin(client)
    for _time in range(6):
        client.post(f"{path}check/", steps.WHO)
    assert [steps.send(client).status_code for _n in range(2)] == [302, 302]
    assert set(AdRequest.objects.values_list("suspected", flat=True)) == {""}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"name": "Buy https://x.example"}, "a link in the name"),
        ({"message": "see <a href='https://x.example'>this</a>"}, "links written as code"),
        ({"message": " ".join(f"https://s{n}.example" for n in range(4))}, "links to 4 sites"),
        ({"message": "see https://firm.example, https://youtube.com/x and www.firm.example/b"}, ""),
    ],
)
def test_what_a_person_would_not_write(fields, why):
    values = {"name": "Ada", "email": "ada@firm.example", "company": "Firm", "website": "", "message": ""}
    assert spam.of_form(values | fields) == why


def test_a_day_later_everybody_may_write_again():
    values = {"name": "Ada", "email": "ada@firm.example", "company": "Firm", "website": "", "message": ""}
    assert [bool(spam.of_form(values)) for _n in range(4)] == [False, False, False, True]
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert spam.of_form(values) == ""


@pytest.mark.parametrize(
    ("checks", "warns"),
    [
        ("spf=pass dkim=pass dmarc=pass", False),
        ("spf=fail dkim=pass dmarc=pass", False),  # forwarded
        ("spf=softfail dkim=none", True),
        ("spf=pass dmarc=fail", True),
        ("", False),
    ],
)
def test_our_mail_server_is_believed_where_it_warns(checks, warns):
    assert bool(spam.warning_of(checks)) == warns
