"""The admin, grouped by job and not by app."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from articles.public_forms import over_limit

from . import navigation

FAILED_LOGINS = 20
FAILED_LOGINS_SECONDS = 15 * 60


class NewsroomAdminSite(AdminSite):
    site_title = gettext_lazy("Newsroom")
    index_title = gettext_lazy("Today")
    enable_nav_sidebar = True

    @property
    def site_header(self) -> str:
        from articles.models import Brand  # its models are not there yet when Django loads this site

        return Brand.current().said("name", get_language() or "en")

    def get_urls(self) -> list:
        """Our pages, and Django's without the shortcut that tells any member of staff where an object would be."""
        # Models are not there yet when this module is loaded.
        from ads.admin import answer_times, counting, exports, overview, reports, search

        from .audience.admin import issue_report
        from .views import calendar, first_run, waiting

        own = [
            path("waiting/", self.admin_view(waiting.waits, cacheable=True), name="waiting"),
            path("first-steps/away/", self.admin_view(first_run.put_away), name="first_run_away"),
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
            path("audience/issue/<int:pk>/report/", self.admin_view(issue_report.show), name="audience_issue_report"),
            path(
                "audience/issue/<int:pk>/report/report.csv",
                self.admin_view(issue_report.table),
                name="audience_issue_report_table",
            ),
            path(
                "audience/issue/<int:pk>/sending/<slug:name>/",
                self.admin_view(issue_report.move),
                name="audience_issue_sending",
            ),
        ]
        return [*own, *(url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site")]

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Today: what waits for this person."""
        from . import first_run, today

        at = timezone.now()
        panels = today.panels(request.user, at=at)
        context = {
            "steps": first_run.steps(request.user, at=at),
            "panels": panels,
            "full": [panel for panel in panels if panel.rows],
            "clear": [panel for panel in panels if not panel.rows],
            "now": timezone.localtime(at),
            "zone": timezone.get_current_timezone_name(),
        }
        return super().index(request, context | (extra_context or {}))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict]:
        """The jobs that this person may do; an app's own page shows that app as Django does."""
        apps = self._build_app_dict(request, app_label)
        if app_label:
            return sorted(apps.values(), key=lambda app: app["name"])
        return navigation.jobs(request, apps, self.name)

    def each_context(self, request: HttpRequest) -> dict:
        """With what is wrong, for those who can do something about it; asked only where a page draws it."""
        from . import alarm  # its models are not there yet when Django loads this site

        def troubles() -> list[alarm.Trouble]:
            may_help = request.user.is_active and request.user.has_perm("articles.publish_article")
            return alarm.troubles(timezone.now()) if may_help else []

        context = super().each_context(request)
        bar = navigation.grouped(context["available_apps"])
        return {**context, "bar": bar, "troubles": SimpleLazyObject(troubles)}

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
