"""System checks: is what runs below us safe for what we do with it?"""

import sqlite3

from django.conf import settings
from django.core.checks import CheckMessage, Info, Tags, Warning, register

SAFE_SQLITE = (3, 51, 3)


@register(Tags.database)
def sqlite_is_safe(app_configs, **kwargs) -> list[CheckMessage]:
    """Says which SQLite runs, where the site lives on one that can lose commits."""
    if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
        return []
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= SAFE_SQLITE:
        return []
    return [
        Warning(
            f"SQLite {version} can lose commits in WAL mode when several connections write.",
            hint="Install pysqlite3 0.6.1 (in requirements.txt for Linux), or use PostgreSQL by DATABASE_URL.",
            id="newsroom.W001",
        )
    ]


@register(Tags.security, deploy=True)
def site_is_reached_over_tls(app_configs, **kwargs) -> list[CheckMessage]:
    if settings.HTTPS:
        return []
    return [
        Info(
            "SITE_URL begins with http://, so there is no redirect to https and no HSTS.",
            hint="Right for a test server. For readers, set SITE_URL to the https:// address.",
            id="newsroom.I001",
        )
    ]
