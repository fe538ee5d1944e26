"""Settings, all read from the environment (`docs/operators.md` lists every name). Bad values are refused loudly."""

import os
import re
import shutil
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from ads import authorised_sellers
from articles import mail_providers, robots, site_verification

BASE_DIR = Path(__file__).resolve().parent.parent
DEVELOPMENT_KEY = "for-development-only-never-for-a-site-that-people-can-reach"

env = environ.Env()


def _is_mailbox(url: str) -> bool:
    """Whether a mailbox and a login can be read from an address (`ads.mailbox.Account` does it)."""
    try:
        parts = urlsplit(url)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_known = parts.scheme in ("imaps", "imap+starttls")
    return bool(is_known and has_port and parts.hostname and parts.username and parts.password)


def _number(name: str, what: str, default: int, low: int = 0, high: int | None = None) -> int:
    found = env.int(name, default=default)
    if found < low or (high is not None and found > high):
        bounds = f", so {low} or more" if high is None else f" from {low} to {high}"
        raise ImproperlyConfigured(f"{name} is a number of {what}{bounds}.")
    return found


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default=DEVELOPMENT_KEY)
if SECRET_KEY == DEVELOPMENT_KEY and not DEBUG:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Set it to 50 or more random characters, for example the output of: "
        "python -c 'import secrets; print(secrets.token_urlsafe(50))'"
    )
# Secrets that were SECRET_KEY before: what was signed or sealed with them stays good.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
_site = urlsplit(SITE_URL)
if _site.scheme not in ("http", "https") or not _site.hostname or _site.path:
    raise ImproperlyConfigured(f"SITE_URL must look like https://news.example, not {SITE_URL!r}.")
HTTPS = _site.scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or [_site.hostname] + (
    ["127.0.0.1", "localhost"] if DEBUG else []
)

# How many reverse proxies of ours stand in front. Forwarded headers are believed from these only (`TrustedProxies`).
TRUSTED_PROXIES = _number("TRUSTED_PROXIES", "proxies", 0)

# Who publishes, until somebody says it in the admin (`articles.models.Brand`).
SITE_NAME = env.str("SITE_NAME", default="Newsroom")
SITE_NAME_AR = env.str("SITE_NAME_AR", default="غرفة الأخبار")
SITE_TAGLINE = env.str("SITE_TAGLINE", default="")
SITE_TAGLINE_AR = env.str("SITE_TAGLINE_AR", default="")
CURRENCY = env.str("CURRENCY", default="USD")
# What offers and invoices say beside the price; days for which an offer stands.
TAX_NAME = env.str("TAX_NAME", default="")
TAX_RATE = Decimal(env.str("TAX_RATE", default="0"))
QUOTE_VALID_DAYS = env.int("QUOTE_VALID_DAYS", default=14)
# Days before the last booking of a deal ends at which a renewal is offered by mail; 0: never.
RENEWAL_DAYS = _number("RENEWAL_DAYS", "days", 14, 0, 90)
if not 0 <= TAX_RATE <= 100:
    raise ImproperlyConfigured("TAX_RATE is a percentage from 0 to 100.")


def _paper_text(name: str, default: str = "", most: int = 1500) -> str:
    """Text for quotes and invoices; `\\n` in it begins a new line."""
    text = env.str(name, default=default).replace("\\n", "\n").strip()
    if len(text) > most or any(sign < " " and sign != "\n" for sign in text):
        raise ImproperlyConfigured(f"{name} has control characters, or more than {most} characters.")
    return text


# Who sells, as quotes and invoices say it; empty: the brand. An issued invoice keeps what it said.
SELLER_NAME = _paper_text("SELLER_NAME", most=160)
SELLER_NAME_AR = _paper_text("SELLER_NAME_AR", most=160)
SELLER_ADDRESS, SELLER_ADDRESS_AR = _paper_text("SELLER_ADDRESS"), _paper_text("SELLER_ADDRESS_AR")
SELLER_TAX_ID = _paper_text("SELLER_TAX_ID", most=60)
BANK_DETAILS, BANK_DETAILS_AR = _paper_text("BANK_DETAILS"), _paper_text("BANK_DETAILS_AR")
INVOICE_TERMS, INVOICE_TERMS_AR = _paper_text("INVOICE_TERMS", most=4000), _paper_text("INVOICE_TERMS_AR", most=4000)
# Before year and number: INV-2027-0001, CN-2027-0001.
INVOICE_PREFIX = env.str("INVOICE_PREFIX", default="INV")
CREDIT_NOTE_PREFIX = env.str("CREDIT_NOTE_PREFIX", default="CN")
for _name, _prefix in {"INVOICE_PREFIX": INVOICE_PREFIX, "CREDIT_NOTE_PREFIX": CREDIT_NOTE_PREFIX}.items():
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9-]{0,11}", _prefix):
        raise ImproperlyConfigured(f"{_name} is 1 to 12 capitals, digits and hyphens, like INV, not {_prefix!r}.")
if INVOICE_PREFIX == CREDIT_NOTE_PREFIX:
    raise ImproperlyConfigured("INVOICE_PREFIX and CREDIT_NOTE_PREFIX must differ, or two papers get one number.")
# Days from an invoice to the day it is due.
PAYMENT_DAYS = _number("PAYMENT_DAYS", "days", 14, 0, 365)
NEWSROOM_EMAIL = env.str("NEWSROOM_EMAIL", default=f"newsroom@{_site.hostname}")
ADVERTISING_EMAIL = env.str("ADVERTISING_EMAIL", default=f"partners@{_site.hostname}")
# What /ads.txt tells buyers: lines of the IAB's ads.txt 1.1, `\n` between them; empty: that nobody else sells here.
ADS_TXT = env.str("ADS_TXT", default="").replace("\\n", "\n").strip()
try:
    ADS_TXT = (
        authorised_sellers.checked(ADS_TXT)
        if ADS_TXT
        else authorised_sellers.only_ourselves(_site.hostname.removeprefix("www."), ADVERTISING_EMAIL)
    )
except authorised_sellers.BadLine as error:
    raise ImproperlyConfigured(f"ADS_TXT cannot be read by buyers: {error}.") from None
# What search consoles look for in the front page: `google=abc bing=def`.
try:
    SITE_VERIFICATION = site_verification.marks(env.str("SITE_VERIFICATION", default=""))
except site_verification.BadMark as error:
    raise ImproperlyConfigured(f"SITE_VERIFICATION cannot be used: {error}.") from None
# Feeds (`articles.feeds`): what they carry of a story, how many stories a page; the hub that is told of news, empty:
# none; the name in the ids of stories, which a site that moves to another name keeps.
FEED_TEXT = env.str("FEED_TEXT", default="summary")
if FEED_TEXT not in ("full", "summary"):
    raise ImproperlyConfigured(f"FEED_TEXT is full or summary, not {FEED_TEXT!r}.")
FEED_ITEMS = _number("FEED_ITEMS", "stories", 30, 1, 200)
WEBSUB_HUB = env.str("WEBSUB_HUB", default="")
if WEBSUB_HUB and not re.fullmatch(r"https?://[^\s/?#@<>\"]+(/[^\s<>\"]*)?", WEBSUB_HUB):
    raise ImproperlyConfigured(f"WEBSUB_HUB must look like https://hub.example/, not {WEBSUB_HUB!r}.")
FEED_AUTHORITY = env.str("FEED_AUTHORITY", default=_site.hostname)
if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", FEED_AUTHORITY):
    raise ImproperlyConfigured(f"FEED_AUTHORITY is the name of a host, like news.example, not {FEED_AUTHORITY!r}.")
# For programs that read the site: more lines for /robots.txt, `\n` between them; where to report a hole, empty: the
# operator's mailbox; the pages that every language has and search engines shall know, by name.
try:
    ROBOTS_TXT = robots.checked(env.str("ROBOTS_TXT", default="").replace("\\n", "\n"))
except robots.BadLine as error:
    raise ImproperlyConfigured(f"ROBOTS_TXT cannot be read by robots: {error}.") from None
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="")
if SECURITY_CONTACT and not re.fullmatch(r"(https://|mailto:|tel:)\S+|[^\s@:/]+@[^\s@:/]+", SECURITY_CONTACT):
    raise ImproperlyConfigured(
        f"SECURITY_CONTACT is a mail address, or begins with https://, mailto: or tel:; not {SECURITY_CONTACT!r}."
    )
SITEMAP_PAGES = ["front_page", "articles:archive", "articles:corrections", "contact", "ads:rate_card"]
# Who is told when no worker runs, or something is late or failed.
OPERATOR_EMAIL = env.str("OPERATOR_EMAIL", default=NEWSROOM_EMAIL)
# Seconds between two looks of a web process whether the operator must be told; 0: it never looks.
WATCH_EVERY = env.int("WATCH_EVERY", default=60)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=NEWSROOM_EMAIL)

INSTALLED_APPS = [
    "newsroom",  # before the admin: its templates and static files override the admin's
    "newsroom.audience",
    "ads",
    "articles",
    "newsroom.admin_site.NewsroomAdminConfig",
    "anymail",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_countries",
    "django_prose_editor",
    "django_tasks",
    "django_tasks_db",
]

# Sessions, CSRF cookies, users and messages are lazy: a public page that does not ask for them sets no cookie and
# does not vary, which tests/newsroom/test_public_pages.py holds.
MIDDLEWARE = [
    "newsroom.middleware.TrustedProxies",
    "newsroom.middleware.RequestLimits",
    "django.middleware.security.SecurityMiddleware",
    "newsroom.middleware.SecurityHeaders",
    "newsroom.middleware.HealthByAddress",
    "newsroom.compression.CompressText",
    "newsroom.middleware.DeliveryFirst",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "newsroom.middleware.LanguageFromPath",
    "newsroom.middleware.WordsForForms",
    "newsroom.middleware.ScheduledChanges",
    "newsroom.middleware.OldAddresses",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "newsroom.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'newsroom.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
        " PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;",
    }
    # A file, not memory: threads and other processes share it in tests as they do in life.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Opening one costs more than most of what is asked of it, on SQLite too.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Seconds that a page waits for Redis before it goes on without.
REDIS_TIMEOUT = env.float("REDIS_TIMEOUT", default=0.1)
if REDIS_URL := env.str("REDIS_URL", default=""):
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "newsroom",
            "OPTIONS": {"socket_timeout": REDIS_TIMEOUT, "socket_connect_timeout": REDIS_TIMEOUT},
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "newsroom",
            "OPTIONS": {"MAX_ENTRIES": 10_000},
        }
    }

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

# Whether webhooks, channels and pings may call addresses inside the own network (`articles.outgoing`).
ALLOW_PRIVATE_ADDRESSES = env.bool("ALLOW_PRIVATE_ADDRESSES", default=False)
# Secrets of channels that shall not lie in the database: CHANNEL_<number>_<NAME> (docs/channels.md).
CHANNEL_SECRETS = {name: value for name, value in os.environ.items() if re.fullmatch(r"CHANNEL_\d+_[A-Z_]+", name)}

# The key by which search engines are told of stories (IndexNow); `/<key>.txt` proves it to be ours. Empty: never.
INDEXNOW_KEY = env.str("INDEXNOW_KEY", default="")
INDEXNOW_ENDPOINT = env.str("INDEXNOW_ENDPOINT", default="https://api.indexnow.org/indexnow")
if INDEXNOW_KEY and not re.fullmatch(r"[A-Za-z0-9-]{8,128}", INDEXNOW_KEY):
    raise ImproperlyConfigured("INDEXNOW_KEY is 8 to 128 letters, digits and hyphens.")
if urlsplit(INDEXNOW_ENDPOINT).scheme not in ("http", "https"):
    raise ImproperlyConfigured(f"INDEXNOW_ENDPOINT is an address that begins with https://, not {INDEXNOW_ENDPOINT!r}.")

# Requests of the content API and of oEmbed that one network may send in a minute; 0: as many as it likes.
API_PER_MINUTE = _number("API_PER_MINUTE", "requests", 120)

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10
# A provider's API in the place of SMTP, and the secret under which it tells of bounces (`newsroom.audience.providers`).
vars().update(mail_providers.read(os.environ))
# Mails that readers' forms make in an hour at most, all addresses together: 1,000 victims get no more between them.
READER_MAILS_PER_HOUR = _number("READER_MAILS_PER_HOUR", "mails", 500, 1)

# Mails of newsletters that all workers together hand to the mail server in a minute; 0: as many as it takes.
NEWSLETTER_PER_MINUTE = _number("NEWSLETTER_PER_MINUTE", "mails", 600, 0, 1_000_000)

# The mailbox that requests and answers come to, over TLS; empty: none is read. The folder that mails are moved to once
# they are kept; empty: they stay where they are, marked as read. Seconds between two looks.
MAILBOX_URL = env.str("MAILBOX_URL", default="")
MAILBOX_DONE = env.str("MAILBOX_DONE", default="")
MAILBOX_EVERY = _number("MAILBOX_EVERY", "seconds", 120, 1)
if MAILBOX_URL and not _is_mailbox(MAILBOX_URL):
    raise ImproperlyConfigured(  # without the value, which holds a password
        "MAILBOX_URL must look like imaps://user:password@mail.example:993/INBOX or imap+starttls://..., with signs "
        "that an address cannot hold written as %40 and the like."
    )

# The browser that takes pictures of artwork in its place for reports (`ads.sightings`); empty: none are taken.
CHROMIUM = env.str(
    "CHROMIUM",
    default=next(
        filter(None, map(shutil.which, ["/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"])), ""
    ),
)

AUTH_USER_MODEL = "articles.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "newsroom" / "locale"]
FORMAT_MODULE_PATH = "newsroom.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Africa/Lagos")

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Hashed and compressed by collectstatic for readers; straight from their folders for developers and the demo.
STATIC_HASHED = env.bool("STATIC_HASHED", default=not DEBUG)
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not STATIC_HASHED
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    # Published pictures, served under /media/ by our own view.
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Originals and advertisers' material: never served to the public, to staff as downloads.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "private", "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_HASHED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# The largest upload a form takes is 15 MB; what comes beyond that is cut off with 413 (newsroom/middleware.py).
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
MAX_REQUEST_BYTES = env.int("MAX_REQUEST_BYTES", default=48 * 1024 * 1024)

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Load balancers ask by address, not by name and not over TLS (`HealthByAddress`).
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
X_FRAME_OPTIONS = "DENY"

# Names of Django 6's own setting, so that our middleware goes away with the next long-term release.
EMBED_HOSTS = ["https://www.youtube-nocookie.com", "https://player.vimeo.com"]
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "media-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "manifest-src": ["'self'"],
    "frame-src": EMBED_HOSTS,
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
SECURE_CSP_ADMIN = SECURE_CSP | {
    # The one <style> that Tiptap (in django_prose_editor/editor.js) adds to a page with a text editor. It changes with
    # that library alone, and tests/articles/test_editor.py computes it again.
    "style-src": ["'self'", "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"],
    "img-src": ["'self'", "data:", "blob:"],
    "frame-src": ["'self'", *EMBED_HOSTS],
    "frame-ancestors": ["'self'"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "newsroom.logs.Discreet", "format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "imapclient": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django_tasks": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django_tasks_db": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # It names the whole address where an answer cannot be read, and some hold a token.
        "urllib3": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        # What draws papers tells of every glyph it leaves out of a file.
        "fontTools": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "fpdf": {"handlers": ["console"], "level": "ERROR", "propagate": False},
    },
}
