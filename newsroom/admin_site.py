"""The admin, grouped by job and not by app."""

from __future__ import annotations

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from articles.public_forms import over_limit

FAILED_LOGINS = 20
FAILED_LOGINS_SECONDS = 15 * 60

# What a person comes to do, and the models for it in their order.
JOBS = [
    (
        "stories",
        gettext_lazy("Stories"),
        [
            "articles.Article",
            "articles.DueAction",
            "articles.MediaAsset",
            "articles.BreakingNews",
            "articles.Correction",
        ],
    ),
    ("homepage", gettext_lazy("Homepage"), ["newsroom.FrontEdition"]),
    (
        "shelves",
        gettext_lazy("Sections, tags, authors"),
        ["articles.Section", "articles.Tag", "articles.Series", "articles.Author"],
    ),
    (
        "desk",
        gettext_lazy("Ad desk"),
        [
            "ads.AdRequest",
            "ads.Quote",
            "ads.InboundMail",
            "ads.NextAction",
            "ads.Booking",
            "ads.DeliveryAlarm",
            "ads.MakeGood",
            "ads.WaitingEntry",
            "ads.Invoice",
            "ads.Creative",
            "ads.HouseCreative",
            "ads.WordList",
            "ads.QuietStory",
            "ads.Advertiser",
            "ads.Position",
            "ads.PostProduct",
            "ads.Service",
        ],
    ),
    ("readers", gettext_lazy("Readers"), ["audience.ContactMessage", "articles.SearchMiss"]),
    ("settings", gettext_lazy("Settings"), ["articles.Redirect", "articles.User", "auth.Group"]),
]


class NewsroomAdminSite(AdminSite):
    site_title = gettext_lazy("Newsroom")
    index_title = gettext_lazy("Today")
    enable_nav_sidebar = True

    @property
    def site_header(self) -> str:
        return settings.SITE_NAME_AR if get_language() == "ar" else settings.SITE_NAME

    def get_urls(self) -> list:
        """Our pages, and Django's without the shortcut that tells any member of staff where an object would be."""
        # Models are not there yet when this module is loaded.
        from ads.admin import answer_times, counting, exports, overview, reports, search

        from .views import calendar

        own = [
            path("calendar/", self.admin_view(calendar.calendar), name="calendar"),
            path("calendar/move/<int:pk>/", self.admin_view(calendar.move), name="calendar_move"),
            path("answer-times/", self.admin_view(answer_times.answer_times), name="ads_answer_times"),
            path("ads/overview/", self.admin_view(overview.show), name="ads_overview"),
            path("ads/overview/months.csv", self.admin_view(overview.months_csv), name="ads_overview_csv"),
            path("ads/counting/", self.admin_view(counting.page), {"site": self}, name="ads_counting"),
            path("ads/counting/check/", self.admin_view(counting.check), name="ads_counting_check"),
            path("ads/search/", self.admin_view(search.page), {"site": self}, name="ads_search"),
            path("ads/report/", self.admin_view(reports.show), name="ads_report"),
            path("ads/report/<int:pk>/", self.admin_view(reports.of_deal), name="ads_report_deal"),
            path("ads/report/<int:pk>/report.csv", self.admin_view(reports.table), name="ads_report_table"),
            path("ads/report/<int:pk>/report.pdf", self.admin_view(reports.paper), name="ads_report_paper"),
            path("ads/export/", self.admin_view(exports.page), {"site": self}, name="ads_export"),
        ]
        return [*own, *(url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site")]

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Today: what waits for this person."""
        from . import today

        at = timezone.now()
        context = {
            "panels": today.panels(request.user, at=at),
            "now": timezone.localtime(at),
            "zone": timezone.get_current_timezone_name(),
        }
        return super().index(request, context | (extra_context or {}))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict]:
        """The jobs that this person may do; an app's own page shows that app as Django does."""
        apps = self._build_app_dict(request, app_label)
        if app_label:
            return sorted(apps.values(), key=lambda app: app["name"])
        models = {f"{label}.{model['object_name']}": model for label, app in apps.items() for model in app["models"]}
        jobs = [
            {
                "name": name,
                "app_label": slug,
                "app_url": "",
                "has_module_perms": True,
                "models": [models.pop(label) for label in labels if label in models],
            }
            for slug, name, labels in JOBS
        ]
        rest = {"name": _("Operation"), "app_label": "rest", "app_url": "", "has_module_perms": True}
        if stories := jobs[0]["models"]:
            address = reverse("admin:calendar", current_app=self.name)
            stories.insert(
                1, {"name": _("Calendar"), "object_name": "Calendar", "admin_url": address, "view_only": True}
            )
        desk = next(job for job in jobs if job["app_label"] == "desk")["models"]
        if request.user.has_perm("ads.view_booking"):
            address = reverse("admin:ads_availability", current_app=self.name)
            desk.insert(
                1, {"name": _("What is free"), "object_name": "Availability", "admin_url": address, "view_only": True}
            )
            address = reverse("admin:ads_report", current_app=self.name)
            entry = {"name": _("Reports"), "object_name": "Report", "admin_url": address, "view_only": True}
            desk.insert(2, entry)
        if request.user.has_perm("ads.view_turn"):
            address = reverse("admin:ads_answer_times", current_app=self.name)
            entry = {"name": _("Answer times"), "object_name": "Turn", "admin_url": address, "view_only": True}
            desk.insert(min(2, len(desk)), entry)
        if request.user.has_perm("ads.view_invoice"):
            address = reverse("admin:ads_overview", current_app=self.name)
            entry = {"name": _("Overview"), "object_name": "Overview", "admin_url": address, "view_only": True}
            desk.insert(min(2, len(desk)), entry)
        if request.user.has_perm("ads.view_sealedday"):
            address = reverse("admin:ads_counting", current_app=self.name)
            desk.append({"name": _("Counting"), "object_name": "Counting", "admin_url": address, "view_only": True})
        if desk and request.user.has_perm("ads.export_desk"):
            address = reverse("admin:ads_export", current_app=self.name)
            desk.append({"name": _("Export"), "object_name": "Export", "admin_url": address, "view_only": True})
        return [job for job in [*jobs, {**rest, "models": list(models.values())}] if job["models"]]

    def each_context(self, request: HttpRequest) -> dict:
        """With what is wrong, for those who can do something about it; asked only where a page draws it."""
        from . import alarm  # its models are not there yet when Django loads this site

        def troubles() -> list[alarm.Trouble]:
            may_help = request.user.is_active and request.user.has_perm("articles.publish_article")
            return alarm.troubles(timezone.now()) if may_help else []

        return {**super().each_context(request), "troubles": SimpleLazyObject(troubles)}

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Slow guessing down by network: the rightful owner elsewhere is never locked out."""
        if request.method == "POST":
            name = request.POST.get("username", "")[:150].casefold()
            if over_limit(f"login:{name}", request, limit=FAILED_LOGINS, seconds=FAILED_LOGINS_SECONDS) or over_limit(
                "login", request, limit=FAILED_LOGINS * 3, seconds=FAILED_LOGINS_SECONDS
            ):
                sentence = _("Too many attempts from your network. Please wait a quarter of an hour.")
                return HttpResponse(sentence, status=429, content_type="text/plain; charset=utf-8")
        return super().login(request, extra_context)


class NewsroomAdminConfig(AdminConfig):
    default_site = "newsroom.admin_site.NewsroomAdminSite"
