"""Agents of public lists, and agents as readers send them. The lists: crawler-user-agents and fake-useragent as they
are installed, and two in tests/ads/agents/ (README.md there says where they are from)."""

from __future__ import annotations

import json
import time
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ads.agents import LONGEST, device, is_bot
from ads.models import Device

HERE = Path(__file__).parent / "agents"
KINDS = {"mobile": Device.PHONE, "tablet": Device.TABLET, "desktop": Device.DESKTOP}
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0"
ANDROID = f"Mozilla/5.0 (Linux; Android 13; {{}}) {CHROME} Mobile Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36"

# What the list of crawlers names, and people use all the same: browsers inside the apps of Instagram and Facebook, a
# browser for a single site, and editors that show a page.
USED_BY_PEOPLE = (" Instagram ", "MetaIAB Facebook", " Fluid/", " Code/", " Trae/")


def crawlers() -> set[str]:
    rows = json.loads(files("crawleruseragents").joinpath("crawler-user-agents.json").read_text())
    return {agent for row in rows for agent in row.get("instances", [])}


def recent() -> dict[str, str]:
    lines = (HERE / "recent.txt").read_text().splitlines()
    return {agent: kind for kind, agent in (line.split("\t") for line in lines)}


def browsers() -> dict[str, set[str]]:
    rows = files("fake_useragent").joinpath("data/browsers.jsonl").read_text().splitlines()
    return {
        "fake-useragent": {json.loads(row)["useragent"] for row in rows},
        "recent": set(recent()),
        "phones": set((HERE / "phones.txt").read_text().splitlines()),
    }


def test_at_least_99_in_100_crawlers_of_the_public_list_are_told():
    agents = crawlers()
    missed = {agent for agent in agents if not is_bot(agent)}
    assert len(agents) > 2000
    assert len(missed) <= len(agents) * 0.01


def test_what_people_use_counts_although_the_list_of_crawlers_names_it():
    named = {agent for agent in crawlers() if any(name in agent for name in USED_BY_PEOPLE)}
    assert len(named) >= len(USED_BY_PEOPLE)
    assert {agent for agent in named if is_bot(agent)} == set()


@pytest.mark.parametrize("name", ["fake-useragent", "recent", "phones"])
def test_at_most_1_in_1000_browsers_of_a_public_list_is_taken_for_a_program(name):
    agents = browsers()[name]
    assert len(agents) > 800
    assert len([agent for agent in agents if is_bot(agent)]) <= len(agents) * 0.001


def test_the_kind_of_machine_is_as_a_public_list_has_it():
    agents = recent()
    assert {agent: kind for agent, kind in agents.items() if device(agent) != KINDS[kind]} == {}


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "   ",
        "x" * (LONGEST + 1),
        f"{WINDOWS} {'x' * LONGEST}",
        "Mozilla/5.0",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        f"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) {CHROME} Mobile Safari/537.36 "
        "(compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
        "Mozilla/5.0 (compatible; Novel/1.0; +https://novel.example/about)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
        "WhatsApp/2.23.20.0 A",
        "TelegramBot (like TwitterBot)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "curl/8.5.0",
        "Wget/1.21.4",
        "python-requests/2.32.3",
        "Go-http-client/2.0",
        "okhttp/4.12.0",
        "axios/1.7.2",
        "node",
        "Java/17.0.9",
        "Dalvik/2.1.0 (Linux; U; Android 13; TECNO KI5k Build/TP1A.220624.014)",
        f"Mozilla/5.0 (X11; Linux x86_64) {CHROME.replace('Chrome', 'HeadlessChrome')} Safari/537.36",
        f"{WINDOWS} Playwright/1.49",
        "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1",
        "UptimeRobot/2.0",
        "Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
        f"Mozilla/5.0 (X11; Linux x86_64) {CHROME} Safari/537.36 Chrome-Lighthouse",
    ],
)
def test_programs_are_told(agent):
    assert is_bot(agent) is True


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        (ANDROID.format("TECNO KI5k"), Device.PHONE),
        (ANDROID.format("Infinix X6525 Build/TP1A.220624.014; wv"), Device.PHONE),
        (ANDROID.format("itel A667L"), Device.PHONE),
        (ANDROID.format("CUBOT NOTE 21"), Device.PHONE),
        (ANDROID.format("CUBOT_X18_Plus Build/O00623"), Device.PHONE),
        (ANDROID.format("XBot Junior"), Device.PHONE),
        (ANDROID.format("VR BOT 552 PLUS"), Device.PHONE),
        (ANDROID.format("Spider 8"), Device.PHONE),
        (ANDROID.format("SMART 4G Speedy 5.0 Plus Build/MRA58K"), Device.PHONE),
        (ANDROID.format("K"), Device.PHONE),
        (ANDROID.format("SAMSUNG SM-A155F").replace("Chrome", "SamsungBrowser/27.0 Chrome"), Device.PHONE),
        (ANDROID.format("SM-A057F; wv") + " [FB_IAB/FB4A;FBAV/489.0.0.66.80;]", Device.PHONE),
        (
            ANDROID.format("TECNO BG6; wv") + " Instagram 352.1.0.41.100 Android (33/13; 320dpi; 720x1444; TECNO; BG6)",
            Device.PHONE,
        ),
        (ANDROID.format("itel P682LP; wv") + " WhatsApp/2.24.20.79", Device.PHONE),
        (f"{IPHONE} Mobile/22B83 [FBAN/FBIOS;FBAV/490.0;FBDV/iPhone13,2;FBMD/iPhone;FBSN/iOS;FBSV/18.1]", Device.PHONE),
        (f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1", Device.PHONE),
        (f"{IPHONE} Version/18.4 Mobile/15E148 Safari/605.1.15 (Ecosia ios@11.0.2.2268)", Device.PHONE),
        ("Opera/9.80 (Android; Opera Mini/36.2.2254/191.303; U; en) Presto/2.12.423 Version/12.16", Device.PHONE),
        ("Opera/9.80 (J2ME/MIDP; Opera Mini/9.80 (S60; 23.334; U; en) Presto/2.5.25 Version/10.54", Device.PHONE),
        (
            "Mozilla/5.0 (Linux; U; Android 10; en-US; TECNO KC8 Build/QP1A.190711.020) AppleWebKit/537.36 (KHTML, "
            "like Gecko) Version/4.0 Chrome/78.0 UCBrowser/13.4.0.1306 Mobile Safari/537.36",
            Device.PHONE,
        ),
        ("UCWEB/2.0 (MIDP-2.0; U; Adr 4.4.2; www.news.example; itel_it1407) UCBrowser/9.8 Mobile", Device.PHONE),
        ("Tecno-Tecno-W4/1.0 Linux/3.10.17 Android/5.1 Browser/AppleWebKit533.1 Mozilla/5.0 Mobile", Device.PHONE),
        ("Nokia6120c/3.83; Profile/MIDP-2.0 Configuration/CLDC-1.1", Device.PHONE),
        ("Mozilla/5.0 (Mobile; Nokia 2720 Flip; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5.2", Device.PHONE),
        (f"Mozilla/5.0 (Linux; Android 14; SM-X210) {CHROME} Safari/537.36", Device.TABLET),
        ("Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML) Mobile/15E148", Device.TABLET),
        ("Mozilla/5.0 (Android 14; Tablet; rv:132.0) Gecko/132.0 Firefox/132.0", Device.TABLET),
        ("Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0", Device.PHONE),
        (WINDOWS, Device.DESKTOP),
        (f"{WINDOWS} Edg/130.0.0.0", Device.DESKTOP),
        (f'"{WINDOWS}"', Device.DESKTOP),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME} Safari/537.36", Device.DESKTOP),
        ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", Device.DESKTOP),
        ("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; Tablet PC 2.0)", Device.DESKTOP),
        (f"Mozilla/5.0 (Linux; Android 12; BRAVIA 4K UR2) {CHROME} Safari/537.36", Device.DESKTOP),
        ("Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML) Chrome/94.0 Safari/537.36", Device.DESKTOP),
    ],
)
def test_people_are_people_and_their_machines_are_told(agent, kind):
    assert (is_bot(agent), device(agent)) == (False, kind)


def test_what_the_browser_says_of_its_machine_goes_before_the_agent():
    as_on_a_desktop = f"Mozilla/5.0 (X11; Linux x86_64) {CHROME} Safari/537.36"
    assert device(as_on_a_desktop) == device(as_on_a_desktop, "?0") == Device.DESKTOP
    assert device(as_on_a_desktop, "?1") == Device.PHONE
    assert device(ANDROID.format("K"), "?0") == Device.TABLET
    assert device(WINDOWS, "no header at all") == Device.DESKTOP
    assert device("", "?1") == Device.PHONE


@given(st.text(alphabet=st.characters(), max_size=600), st.text(max_size=5))
def test_any_text_gets_an_answer(agent, hint):
    assert is_bot(agent) in (True, False)
    assert device(agent, hint) in Device.values


@given(
    st.lists(
        st.sampled_from(["Mozilla/5.0 (", "Android 1;", "a.", "@", "+", "compatible;", "like Gecko; ", ")", " "]),
        max_size=200,
    )
)
def test_any_row_of_what_is_looked_for_gets_an_answer(parts):  # fmt: skip
    assert is_bot("".join(parts)) in (True, False)
    assert device("".join(parts)) in Device.values


@pytest.mark.parametrize("part", ["a.", "(", "a@", "Android 1;", "compatible; ", "\ud800", "İ"])
def test_an_agent_of_100000_characters_takes_no_time(part):
    agent = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 " + part * (100_000 // len(part))
    began = time.process_time()
    assert is_bot(agent) is True
    assert device(agent) in Device.values
    assert time.process_time() - began < 0.2
