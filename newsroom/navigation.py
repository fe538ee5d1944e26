"""The way through the admin: what a person comes to do, and the pages for it in their order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@dataclass(frozen=True)
class Page:
    """A page that is no list of a model: its name, its address by name, and the permission that opens it."""

    name: str | Promise
    address: str
    permission: str


@dataclass(frozen=True)
class Job:
    """`pages` are labels of models and `Page`s. Jobs of one `group` stand under its name, each with its own."""

    slug: str
    name: str | Promise
    pages: list[str | Page]
    group: str | Promise = ""


@dataclass
class Shown:
    """Jobs as they are drawn: one, or those of a group."""

    name: str | Promise
    slug: str
    jobs: list[dict] = field(default_factory=list)

    @property
    def is_current(self) -> bool:
        return any(job["is_current"] for job in self.jobs)


DESK = gettext_lazy("Ad desk")

JOBS = [
    Job(
        "stories",
        gettext_lazy("Stories"),
        [
            "articles.Article",
            Page(gettext_lazy("Calendar"), "calendar", "articles.view_article"),
            "articles.DueAction",
            "articles.BreakingNews",
            "articles.Correction",
        ],
    ),
    Job("homepage", gettext_lazy("Homepage and media"), ["newsroom.FrontEdition", "articles.MediaAsset"]),
    Job(
        "shelves",
        gettext_lazy("Sections, tags, authors"),
        ["articles.Section", "articles.Tag", "articles.Series", "articles.Author"],
    ),
    Job(
        "selling",
        gettext_lazy("Selling"),
        [
            "ads.AdRequest",
            "ads.NextAction",
            "ads.Quote",
            "ads.Advertiser",
            Page(gettext_lazy("What is free"), "ads_availability", "ads.view_booking"),
            "ads.Booking",
            "ads.WaitingEntry",
            "ads.InboundMail",
            Page(gettext_lazy("Answer times"), "ads_answer_times", "ads.view_turn"),
        ],
        DESK,
    ),
    Job(
        "delivery",
        gettext_lazy("Delivery"),
        [
            "ads.Creative",
            "ads.SponsoredPost",
            "ads.Promise",
            Page(gettext_lazy("Newsletter mentions"), "audience_issue_mentions", "ads.view_promise"),
            "ads.HouseCreative",
            "ads.DeliveryAlarm",
            "ads.MakeGood",
            "ads.QuietStory",
            Page(gettext_lazy("Reports"), "ads_report", "ads.view_booking"),
            Page(gettext_lazy("Counting"), "ads_counting", "ads.view_sealedday"),
        ],
        DESK,
    ),
    Job(
        "money",
        gettext_lazy("Money"),
        [
            "ads.Invoice",
            Page(gettext_lazy("Overview"), "ads_overview", "ads.view_invoice"),
            Page(gettext_lazy("Export"), "ads_export", "ads.export_desk"),
        ],
        DESK,
    ),
    Job(
        "prices",
        gettext_lazy("Set up"),
        ["ads.Position", "ads.PostProduct", "ads.Service", "ads.WordList"],
        DESK,
    ),
    Job(
        "readers",
        gettext_lazy("Readers"),
        [
            "audience.ContactMessage",
            "audience.Issue",
            "audience.Newsletter",
            "audience.Subscriber",
            "audience.Suppression",
            "articles.Channel",
            "articles.Share",
            "articles.SearchMiss",
        ],
    ),
    Job("activity", gettext_lazy("Activity"), ["admin.LogEntry"]),
    Job("settings", gettext_lazy("Settings"), ["articles.Brand", "articles.User", "auth.Group", "articles.Redirect"]),
]

# What a list is called here, where its model has another name.
NAMES = {"LogEntry": gettext_lazy("Activity")}

# Where something may wait for somebody: the key under which `newsroom.waiting` counts it.
WAITS = {
    "Article": "review",
    "AdRequest": "requests",
    "NextAction": "next",
    "Creative": "artwork",
    "DeliveryAlarm": "alarms",
    "ContactMessage": "messages",
}


def jobs(request: HttpRequest, apps: dict[str, Any], site: str) -> list[dict]:
    """The jobs that this person may do, of Django's `apps`; what no job names stands under the last."""
    models = {f"{label}.{model['object_name']}": model for label, app in apps.items() for model in app["models"]}
    shown = [_entry(job, request, models, site) for job in JOBS]
    rest = _as_app("rest", _("Operation"), list(models.values()), "")
    return _mark([job for job in [*shown, rest] if job["models"]], request.path)


def grouped(jobs: list[dict]) -> list[Shown]:
    """The jobs for the bar at the side: those of one group together."""
    bar: list[Shown] = []
    for job in jobs:
        group = job["group"]
        if group and bar and bar[-1].name == group:
            bar[-1].jobs.append(job)
        else:
            bar.append(Shown(name=group or job["name"], slug=job["app_label"], jobs=[job]))
    return bar


def _entry(job: Job, request: HttpRequest, models: dict[str, dict], site: str) -> dict:
    entries = []
    for page in job.pages:
        if isinstance(page, str):
            if page in models:
                entries.append(models.pop(page))
        elif request.user.has_perm(page.permission):
            address = reverse(f"admin:{page.address}", current_app=site)
            name = page.address.rpartition("_")[2].title()
            entries.append({"name": page.name, "object_name": name, "admin_url": address, "view_only": True})
    return _as_app(job.slug, job.name, entries, job.group)


def _as_app(slug: str, name: str | Promise, entries: list[dict], group: str | Promise) -> dict:
    return {
        "name": name,
        "app_label": slug,
        "app_url": "",
        "has_module_perms": True,
        "models": entries,
        "group": group,
        "is_current": False,
    }


def _mark(jobs: list[dict], path: str) -> list[dict]:
    """With the entry that leads to this page, or to the list it belongs to: the longest address that begins its own."""
    best: tuple[int, dict, dict] | None = None
    for job in jobs:
        for entry in job["models"]:
            entry["name"] = NAMES.get(entry["object_name"], entry["name"])
            entry["waits"] = WAITS.get(entry["object_name"], "")
            address = entry.get("admin_url") or ""
            if address and path.startswith(address) and (best is None or len(address) > best[0]):
                best = (len(address), job, entry)
    if best:
        best[1]["is_current"] = best[2]["is_current"] = True
    return jobs
