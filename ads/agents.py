"""Who asks: a person's browser or a program, and on what kind of machine. Told by the `User-Agent` header alone.

crawlerdetect knows robots by name. What it misses is mostly told by shape: browsers call themselves Mozilla, Opera or,
on old phones, by the phone's name, and carry neither a web address nor a mailbox. A browser inside an app of Facebook,
Instagram or WhatsApp is a person's; what the same firms send to draw a preview of a link is a program. So is Dalvik:
apps that fetch by themselves, without a page that anybody sees.

Patterns here are lists of words with short, bounded runs between them. One of crawlerdetect's looks ahead from every
letter, so no more than READ characters are given to it: 3 ms for the worst of 400.
"""

from __future__ import annotations

import re
from functools import lru_cache

from crawlerdetect import CrawlerDetect

from .models import Device

# Browsers inside apps write 300 to 500 characters. What is much longer is no browser's.
LONGEST = 1000
# So much of an agent is read, and so many answers are kept.
READ = 400
KEPT = 4096

_robots = CrawlerDetect()

# How agents of browsers begin, and what old phones and television sets write somewhere in theirs.
_BROWSER = re.compile(
    r"^(?:Mozilla/\d|Opera/\d|(?:E?Links|Lynx|w3m|Dillo|NetSurf|\w{0,9}Mosaic)\b)"
    r"|MIDP|CLDC|MAUI|UCWEB|UC ?Browser|NetFront|Obigo|UP\.Browser|Teleca|Dolfin|BlackBerry|Nokia|HbbTV|NETTV"
    r"|Mozilla/5\.0 \(Linux; (?:U; )?Android|Opera Mini|MQQBrowser|QwantBrowser|Browser/AppleWebKit"
    r"|Mozilla/5\.0 Mobile|Mobile Safari|^(?:SAMSUNG|LGE?|MOT|SEC|SIE|SAGEM|ZTE)-|^SonyEricsson",
    re.IGNORECASE,
)
# An agent of today names what draws its pages. It also names the machine first, in brackets.
_ENGINE = re.compile(
    r"WebKit|Gecko|KHTML|Trident|MSIE|Presto|Opera|Goanna|Konqueror|MIDP|CLDC|Browser|SMART-TV"
    r"|PlayStation|Nintendo|SymbianOS|Android|Firefox|Chrome/|Edge/|BREW",
    re.IGNORECASE,
)
_MODERN = "Mozilla/5.0"
_MACHINE = re.compile(r"Mozilla/5\.0 ?(?:[(\[]|Linux; )")
# "compatible" stands before the names of robots and of few browsers; so does what follows "like Gecko;".
_COMPATIBLE = re.compile(
    r"\bcompatible(?:\)|;(?! ?(?:MSIE|(?:Konqueror|Windows|Win|WOW64|Android|ABrowse|IBrowse|Linux|Symbian|X11|U|iPhone"
    r"|rv|KHTML|AOL|Opera|Mozilla|UCWEB|Firefox|AppleWebKit|BlackBerry\d{0,6}|Google(?:Toolbar| Desktop)|OpenWeb)\b)))"
    r"|\(KHTML, like Gecko; ",
    re.IGNORECASE,
)
# An address or a mailbox, which programs leave for those who wonder.
_ADDRESS = re.compile(
    r"https?://|\+http|\bwww\.|\w@[a-z][\w-]{0,60}\.[a-z]|\+\w{1,60}\.[a-z]{2}"
    r"|[ (](?:[a-z0-9-]{1,60}\.){1,4}(?:com|org|net|io|ai|co|fr|de|party)(?:[/)]|$)",
    re.IGNORECASE,
)
# What tools are called, and robots that neither their names nor their shapes give away.
_NAMES = re.compile(
    r"(?:scan|scanner|monitor|checker|preview|audit|inspector|verify|watcher|agent|synthetics|diagnostics)/\d"
    r"|headless|playwright|puppeteer|selenium|webdriver|cypress/|electron-fetch"
    r"|-Google/|GoogleAdSense|Google-PhysicalWeb|Cloudflare|externalhit|externalagent"
    r"|ThousandEyes|Dotcom-Monitor|NewRelic|AppInsights|Catchpoint|\bRigor\b|watchTowr|Foregenix|Assetnote|xtate/"
    r"|NewsNow|Collapsify|Manus-User|newsai/|Silktide|MarketGoo|SecurityHeaders|CookieHub|Readable/\d|PWABuilder"
    r"|MonitoRSS|TestLocally|Scope3/|Sindup|Criticalcss|\) splash |Hotjar|Dlc/\d|Convertify|Sparkler|Morningscore"
    r"|HLB/\d|CybaaAgent|ProspectingStudio|NetworkMeasurement|Functionize|yunjiankong|Keydrop|abuse\.",
    re.IGNORECASE,
)
# The name of a phone. Some are called Bot, Spider or Speedy; robots that borrow a phone's agent stand elsewhere in it.
_MODEL = re.compile(r"\bAndr[o0]id \d[^;()]{0,20};(?![^()]{0,200}(?:compatible|\+|http|Google))[^()]{0,200}")
# Toolbars and parts of old browsers, and television sets, that look like robots.
_EXTRAS = re.compile(
    r"QQDownload|PeoplePal|MindQuiz\w{0,20}|BOTECH|libwww-FM|Ant\.com Toolbar|\(Ecosia [^()]{0,60}\)"
    r"|\(via translate\.google\.com|(?:from: )?http://(?:www\.)?bsalsa\.com/?|UNTRUSTED"
    r"|com\.yandex\.\w{1,20}/| WhatsApp/",
    re.IGNORECASE,
)

# Television sets, consoles below them, and boxes: as large as a desktop, whatever else they call themselves.
_LARGE = re.compile(
    r"\bTV\b|SMART-?TV|Google ?TV|HbbTV|AppleTV|CrKey|\bAFT[A-Z]|BRAVIA|Web0S|NetCast|NETTV|VIDAA|Viera|Roku|Xbox"
    r"|PlayStation [345]|Nintendo (?:WiiU?|Switch)|TV Box|MiTV|MIBOX|BrightSign|Large Screen",
    re.IGNORECASE,
)
_TABLET = re.compile(
    r"iPad|Tablet(?! PC)|Kindle|\bSilk/|PlayBook|TouchPad|NOOK\b|\bXoom\b|GT-P\d|\bTab(?:let)?[ _-]?\d", re.IGNORECASE
)
_ANDROID = re.compile(r"\bAndroid\b|\bAdr \d", re.IGNORECASE)
_PHONE = re.compile(
    r"Mobi|Phone|iPod|MIDP|CLDC|MAUI|Opera Mini|UCWEB|Symbian|SymbOS|BlackBerry|\bBB10\b|KaiOS|Nokia|Series ?[346]0"
    r"|IEMobile|webOS/|Palm|PSP|Nintendo [23D]|UP\.Browser|Obigo|Teleca|DoCoMo|J2ME|\bBREW\b"
    r"|^(?:SAMSUNG|LGE?|MOT|SEC|SIE|ZTE)-|^SonyEricsson|UCBrowser",
    re.IGNORECASE,
)


def is_bot(agent: str) -> bool:
    """Whether a program asks: a robot, a script, a library, a browser without a screen, a preview of a link, a monitor.
    No agent, or one that is absurdly long, is a program's too."""
    agent = agent.strip(" \t\r\n\"'")
    return not agent or len(agent) > LONGEST or _is_bot(agent[:READ])


def device(agent: str, hint: str = "") -> int:
    """A `Device`. `hint` is the header Sec-CH-UA-Mobile (?1, ?0), which Chrome sends and which says more:
    who asks on a phone for pages as on a desktop is on a phone. New iPads say Macintosh, so are desktops."""
    return _device(agent[:READ], hint[:2])


@lru_cache(maxsize=KEPT)
def _is_bot(agent: str) -> bool:
    agent = _EXTRAS.sub("", agent)
    if not _BROWSER.search(agent) or _NAMES.search(agent) or _COMPATIBLE.search(agent):
        return True
    if _ADDRESS.search(agent) and "UCWEB" not in agent:  # a proxy that writes the page before into the agent
        return True
    if agent.startswith(_MODERN) and not (_MACHINE.match(agent) and _ENGINE.search(agent)):
        return True
    return _robots.is_crawler(_MODEL.sub("", agent))


@lru_cache(maxsize=KEPT)
def _device(agent: str, hint: str) -> int:
    if _LARGE.search(agent):
        return Device.DESKTOP
    if hint == "?1":
        return Device.PHONE
    if _TABLET.search(agent):
        return Device.TABLET
    if _ANDROID.search(agent):
        is_phone = hint != "?0" and _PHONE.search(agent)
        return Device.PHONE if is_phone else Device.TABLET
    return Device.PHONE if _PHONE.search(agent) else Device.DESKTOP
