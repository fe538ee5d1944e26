"""Sponsored posts in the admin: who ordered what, where it stands, who approved which text, and what readers get."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.moves import Move, MoveForm, MovesMixin
from articles.models import Article, User

from .. import approving, intake, monitor, posts, promises
from ..models import AdRequestItem, PostCheck, QuoteLine, SponsoredPost

ERRORS = (posts.PostRefused, approving.ApprovalRefused)
DESK = ("ads.change_sponsoredpost",)


class ApprovalForm(MoveForm):
    """What the desk writes down of a yes that was said elsewhere."""

    name = forms.CharField(
        label=gettext_lazy("Who said yes"),
        max_length=160,
        widget=forms.TextInput({"class": "vTextField", "dir": "auto"}),
    )
    reference = forms.CharField(
        label=gettext_lazy("Where they said yes"),
        max_length=300,
        help_text=gettext_lazy("So that somebody finds it again: “mail of 3 November, B. Adeyemi”."),
        widget=forms.TextInput({"class": "vTextField", "dir": "auto"}),
    )
    number = forms.IntegerField(widget=forms.HiddenInput)
    review = "admin/ads/sponsoredpost/_read_first.html"

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["note"]
        self.fields["number"].initial = self.obj.article.head_number if self.obj.article else 0


class OrderForm(MoveForm):
    reference = forms.CharField(
        label=gettext_lazy("Number or day of the order"),
        max_length=200,
        widget=forms.TextInput({"class": "vTextField", "dir": "auto"}),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["note"]


class NoNoteForm(MoveForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["note"]


class BecauseForm(NoNoteForm):
    because = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, widget=forms.TextInput({"class": "vTextField", "dir": "auto"})
    )


def _name_as_written(post: SponsoredPost, **said: Any) -> None:
    posts.confirm_name(post, post.article.sponsor_name if post.article else "", **said)


def _move(name: str, label, question, verb, done, permissions=DESK, form=NoNoteForm, **options) -> Move:
    return Move(
        name=name,
        label=label,
        question=question,
        verb=verb,
        targets=frozenset([name]),
        permissions=permissions,
        done=done,
        errors=ERRORS,
        form=form,
        **options,
    )


class WithProblem(admin.SimpleListFilter):
    title = gettext_lazy("monitor")
    parameter_name = "problem"

    def lookups(self, request, model_admin):
        return [("yes", _("With a problem"))]

    def queryset(self, request, queryset):
        return queryset.exclude(problem="") if self.value() == "yes" else queryset


class PostList(ChangeList):
    """The posts of a page, with what was approved of them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        known = approving.know(self.result_list)
        at = timezone.now()
        for post in self.result_list:
            post.known = known[post.pk]
            post.stands = posts.state_of(post, at=at, known=post.known)


@admin.register(SponsoredPost)
class SponsoredPostAdmin(MovesMixin, admin.ModelAdmin):
    if_empty = gettext_lazy("No sponsored post was ordered yet. An accepted quote with a post begins one.")
    change_form_template = "admin/ads/sponsoredpost/change_form.html"
    formfield_overrides = {models.DateField: {"widget": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}}
    list_display = ["story", "client", "kind", "writer", "deadline", "state", "approval", "address", "look"]
    list_filter = [WithProblem, "written_by"]
    search_fields = ["article__headline", "advertiser__company", "order_reference"]
    autocomplete_fields = ["advertiser"]
    show_full_result_count = False
    list_per_page = 50
    moves = (
        _move(
            "offer",
            gettext_lazy("Send for approval"),
            gettext_lazy(
                "Ask the advertiser to read and approve the text as it is now? They get a mail with their link."
            ),
            approving.offer,
            gettext_lazy("Sent. They approve it on their private page."),
        ),
        _move(
            "record",
            gettext_lazy("Record an approval"),
            gettext_lazy("The advertiser approved this very text elsewhere?"),
            approving.record,
            gettext_lazy("Recorded."),
            form=ApprovalForm,
        ),
        _move(
            "vouch",
            gettext_lazy("Record an order made elsewhere"),
            gettext_lazy("This post was ordered and agreed elsewhere, and you stand in for it?"),
            posts.vouch,
            gettext_lazy("Recorded. It may be published once it is approved."),
            permissions=(posts.VOUCH,),
            form=OrderForm,
        ),
        _move(
            "name",
            gettext_lazy("Confirm the name on the label"),
            gettext_lazy("The label names who paid otherwise than the company is called. Is that name right?"),
            _name_as_written,
            gettext_lazy("Confirmed."),
        ),
        _move(
            "check",
            gettext_lazy("Check now"),
            gettext_lazy("Look at its page as a reader gets it?"),
            lambda post, *, by, at: monitor.check(post, at=at),
            gettext_lazy("Looked at. What was found stands under Checks."),
        ),
        _move(
            "unwatch",
            gettext_lazy("It is down on purpose"),
            gettext_lazy("Nobody needs to look after its page any more?"),
            posts.stop_watching,
            gettext_lazy("Nobody looks after it any more."),
            form=BecauseForm,
            is_grave=True,
        ),
    )

    # What can be done with a post, by its facts: it has no status of its own.
    def reachable(self, obj: SponsoredPost) -> set[str]:
        article = obj.article
        open_: set[str] = set()
        if article is None:
            return open_ if posts.has_order(obj) else {"vouch"}
        known = approving.know([obj])[obj.pk]
        if not known.is_approved:
            open_ |= {"record"} | ({"offer"} if obj.deal and not known.is_on_offer else set())
        if not posts.has_order(obj):
            open_.add("vouch")
        if article.is_sponsored and article.sponsor_name not in (obj.advertiser.company, obj.confirmed_name):
            open_.add("name")
        if article.public_since and article.was_public(timezone.now()) and obj.unwatched_at is None:
            open_ |= {"check"} | ({"unwatch"} if obj.problem else set())
        return open_

    def status_of(self, obj: SponsoredPost) -> str:
        return posts.state_of(obj, at=timezone.now())[1]

    def get_queryset(self, request: HttpRequest):
        posts_ = super().get_queryset(request)
        rows = posts_.select_related(
            "article",
            "advertiser",
            "writer",
            "line__quote__request",
            "line__product",
            "line__position",
            "item__request",
        )
        return rows.prefetch_related("material").defer("article__body")

    def get_changelist(self, request: HttpRequest, **kwargs):
        return PostList

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False  # an order is not forgotten

    def get_fields(self, request: HttpRequest, obj: SponsoredPost | None = None):
        if obj is None:
            return ["article", "advertiser", "written_by", "brief", "deadline", "writer"]
        begun = [] if obj.article else ["article"]
        return [*begun, "client", "order", "written_by", "brief", "deadline", "writer"]

    def get_readonly_fields(self, request: HttpRequest, obj: SponsoredPost | None = None):
        return ["client", "order"] if obj else []

    def formfield_for_foreignkey(self, db_field, request: HttpRequest, **kwargs):
        if db_field.name == "article":
            kwargs["queryset"] = Article.objects.visible_to(request.user).sponsored().filter(sponsored_post=None)
        if db_field.name == "writer":
            able = [
                user.pk for user in User.objects.filter(is_active=True, is_staff=True) if posts.may_be_written_by(user)
            ]
            kwargs["queryset"] = User.objects.filter(pk__in=able)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request: HttpRequest, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "writer" and field is not None:
            for name in ("can_add_related", "can_change_related", "can_view_related"):
                setattr(field.widget, name, False)
        return field

    def get_urls(self):
        wrap = self.admin_site.admin_view
        begin = path("begin/<int:line>/<int:number>/", wrap(self.begin), name="ads_sponsoredpost_begin")
        return [begin, *super().get_urls()]

    def begin(self, request: HttpRequest, line: int, number: int) -> HttpResponse:
        """Begin a post of an ordered line, and go to it: with a draft where we write it, else with its place alone."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("ads.add_sponsoredpost"):
            raise PermissionDenied
        ordered = get_object_or_404(QuoteLine.objects.select_related("quote__request", "product"), pk=line)
        try:
            if ordered.written_by == AdRequestItem.WrittenBy.NEWSROOM:
                post = posts.begin(ordered, number, by=request.user, at=timezone.now())
            else:
                post = posts.open_for(ordered, number)
        except posts.PostRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:ads_adrequest_change", ordered.quote.request_id)
        return redirect("admin:ads_sponsoredpost_change", post.pk)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            context |= facts_of(obj)
            context["moves"] = [(move, self.move_url(obj, move.name)) for move in self.open_moves(request, obj)]
            context["may_open"] = request.user.has_perm("articles.handle_sponsored")
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=gettext_lazy("Story"), ordering="article__headline")
    def story(self, obj: SponsoredPost) -> str:
        return obj.article.headline if obj.article else _("not begun")

    @admin.display(description=gettext_lazy("Client"), ordering="advertiser__company")
    def client(self, obj: SponsoredPost) -> str:
        return obj.advertiser.company

    @admin.display(description=gettext_lazy("Order"))
    def order(self, obj: SponsoredPost) -> SafeString | str:
        if obj.line:
            address = reverse("admin:ads_adrequest_change", args=[obj.line.quote.request_id])
            return format_html('<a href="{}"><bdi>{}</bdi></a>: {}', address, obj.line.quote.number, obj.line)
        if obj.order_reference:
            said = {"reference": obj.order_reference, "who": obj.order_vouched_by or "–"}
            return _("%(reference)s, recorded by %(who)s") % said
        return _("Nobody ordered it yet.")

    @admin.display(description=gettext_lazy("Kind"))
    def kind(self, obj: SponsoredPost) -> str:
        if obj.article:
            return obj.article.get_kind_display()
        return str(obj.line.product) if obj.line and obj.line.product else "–"

    @admin.display(description=gettext_lazy("State"))
    def state(self, obj: SponsoredPost) -> SafeString:
        return format_html('<span class="desk-state desk-state--{}">{}</span>', *obj.stands)  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("Approval"))
    def approval(self, obj: SponsoredPost) -> str:
        """The newest yes, and whether it still holds."""
        given = obj.known.given  # type: ignore[attr-defined]
        if not given:
            return "–"
        said = {"name": given[0].name, "number": given[0].number}
        if given[0].holds:
            return _("%(name)s, revision %(number)d") % said
        return _("void: %(name)s, revision %(number)d") % said

    @admin.display(description=gettext_lazy("Live link"))
    def address(self, obj: SponsoredPost) -> SafeString | str:
        article = obj.article
        if article is None or obj.stands[0] != "live":  # type: ignore[attr-defined]
            return "–"
        return format_html('<a href="{0}" dir="ltr">{1}</a>', article.get_absolute_url(), _("Open"))

    @admin.display(description=gettext_lazy("Last check"), ordering="checked_at")
    def look(self, obj: SponsoredPost) -> SafeString | str:
        if obj.problem:
            return format_html('<span class="desk-state desk-state--overdue">{}</span>', monitor.sentence_of(obj))
        if not obj.checked_at:
            return "–"
        return date_format(timezone.localtime(obj.checked_at), "SHORT_DATETIME_FORMAT")


def facts_of(post: SponsoredPost) -> dict[str, Any]:
    """What the screen of a post shows beside its fields."""
    at = timezone.now()
    state, said = posts.state_of(post, at=at)
    checks = [(one, monitor.PROBLEMS.get(one.problem, "")) for one in PostCheck.objects.filter(post=post)[:10]]
    return {
        "state": state,
        "state_said": said,
        "given": approving.given(post),
        "report": post.report,
        "report_counts": post.report and intake.counts_in_words(post.report),
        "report_dropped": post.report and intake.in_words(post.report),
        "files": post.material.select_related("article"),
        "checks": checks,
        "problem": monitor.sentence_of(post),
        "promises": [one for one in promises.of(post.deal) if one.line_id == post.line_id] if post.deal else [],
    }


def of_request(deal) -> dict[str, Any]:
    """For the panel on the screen of a request: its posts, its Word files without one, and what was promised."""
    at = timezone.now()
    return {
        "post_places": [
            (place, posts.state_of(place.post, at=at, written_by=place.written_by)) for place in posts.places(deal)
        ],
        # Word files that came without saying for what: by mail.
        "loose_files": deal.material.filter(kind="word", item=None, post=None, article=None),
        "deal_promises": promises.of(deal),
    }
