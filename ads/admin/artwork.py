"""Artwork in the admin: what waits for review first, each version in its place on the page, and a yes or a no."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.listing import a_time
from articles.admin.moves import Move, MoveForm, MovesMixin

from .. import artwork, artwork_display, artwork_review, click_address, rotation
from ..artwork_forms import ArtworkForm
from ..models import Booking, Creative
from ..views.artwork_files import send_file

Status = Creative.Status
REVIEW = ("ads.review_creative",)
# The largest side of a thumbnail: all are drawn to one scale, a fifth of the widest position.
SCALE = 0.2


class RefusalForm(MoveForm):
    """What the advertiser is told."""

    note = None  # type: ignore[assignment]
    reason = forms.CharField(
        label=gettext_lazy("What should change? The advertiser gets this by mail."),
        max_length=500,
        widget=forms.Textarea({"class": "vLargeTextField", "rows": 4, "dir": "auto"}),
    )


class ApprovalForm(MoveForm):
    """Asks, where versions take turns, whether this one takes turns with them."""

    INSTEAD, BESIDE = "instead", "beside"

    turns = forms.ChoiceField(
        label=gettext_lazy("Several versions of this booking take turns"),
        choices=[
            (INSTEAD, gettext_lazy("Show this one instead of them")),
            (BESIDE, gettext_lazy("Show this one beside them")),
        ],
        widget=forms.RadioSelect,
    )
    weight = forms.IntegerField(
        label=gettext_lazy("Its weight, beside them"),
        required=False,
        min_value=1,
        max_value=rotation.MOST,
        help_text=gettext_lazy("Shown twice as often as another with half of its weight."),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        weighted = rotation.weighted(self.obj.booking)
        if not weighted:
            del self.fields["turns"], self.fields["weight"]
        else:
            self.fields["weight"].initial = round(sum(one.weight or 0 for one in weighted) / len(weighted))

    def clean(self) -> dict[str, Any]:
        """`beside` for the verb, and nothing where nothing was asked."""
        data = super().clean() or {}
        turns, weight = data.pop("turns", None), data.pop("weight", None)
        if turns == self.BESIDE and not weight and "weight" not in self.errors:
            self.add_error("weight", _("Say how much it weighs beside the others, from 1 to 100."))
        return data | ({"beside": weight if turns == self.BESIDE else None} if turns else {})


@admin.register(Creative)
class CreativeAdmin(MovesMixin, admin.ModelAdmin):
    """The list, and a page for each version. Versions never change; they are approved or refused."""

    if_empty = gettext_lazy(
        "No artwork came yet. Advertisers send it on their private page; you can add it on a booking."
    )
    list_display = ["thumbnail", "where", "firm", "number", "file_weight", "checked", "state", "arrived"]
    list_display_links = ["thumbnail", "where"]
    list_filter = ["status", "booking__position", "format"]
    list_per_page = 50
    search_fields = ["booking__advertiser__company", "booking__request__reference", "alt", "click_url"]
    show_full_result_count = False
    moves = (
        Move(
            name="approve",
            label=gettext_lazy("Approve"),
            question=gettext_lazy("You looked at it in its place, and where it leads?"),
            verb=artwork_review.approve,
            targets=frozenset([Status.APPROVED]),
            permissions=REVIEW,
            done=gettext_lazy("Approved. The advertiser gets a mail."),
            errors=(artwork_review.ReviewRefused,),
            form=ApprovalForm,
        ),
        Move(
            name="refuse",
            label=gettext_lazy("Refuse"),
            question=gettext_lazy("Refuse this version and ask for another?"),
            verb=artwork_review.refuse,
            targets=frozenset([Status.REFUSED]),
            permissions=REVIEW,
            done=gettext_lazy("Refused. The advertiser gets a mail with what to change."),
            errors=(artwork_review.ReviewRefused,),
            is_grave=True,
            form=RefusalForm,
        ),
    )

    class Media:
        css = {"all": ["desk/artwork.css"]}

    def get_queryset(self, request: HttpRequest):
        """What waits for review first, the one that begins soonest on top; then the newest."""
        waits = Case(When(status=Status.WAITING, then=Value(0)), default=Value(1), output_field=IntegerField())
        begins = Case(When(status=Status.WAITING, then="booking__first_day"))
        return (
            super()
            .get_queryset(request)
            .select_related("booking__position", "booking__advertiser", "booking__request")
            .prefetch_related("booking__creatives")
            .order_by(waits, begins, "-created_at", "-pk")
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Creative | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Creative | None = None) -> bool:
        return False

    def may_move(self, request: HttpRequest, obj: Creative) -> bool:
        return self.has_view_permission(request, obj)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/file/<slug:which>/", wrap(self.file), name="ads_creative_file"),
            path("booking/<int:pk>/", wrap(self.send), name="ads_creative_send"),
            *super().get_urls(),
        ]

    def file(self, request: HttpRequest, pk: int, which: str) -> HttpResponseBase:
        """A file of a version, also one that is private."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        return send_file(get_object_or_404(Creative, pk=pk), which)

    def send(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Artwork that came to the desk, or with the request, as the next version; then to its review."""
        if not request.user.has_perm("ads.change_booking"):
            raise PermissionDenied
        booking = get_object_or_404(
            Booking.objects.select_related("position", "advertiser", "request").prefetch_related("creatives"), pk=pk
        )
        if request.method == "POST":
            form, status = ArtworkForm(request.POST, request.FILES, booking=booking), 400
            try:
                creative = form.submit(by=request.user, at=timezone.now())
            except artwork.TooMany as refused:
                form.add_error(None, str(refused))
            else:
                if creative:
                    messages.success(request, _("Taken. Look at it in its place and approve it."))
                    return redirect("admin:ads_creative_change", creative.pk)
        else:
            material = request.GET.get("material", "")
            form, status = ArtworkForm(booking=booking, initial={"material": material} if material else None), 200
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Artwork for %(booking)s") % {"booking": booking},
            "booking": booking,
            "form": form,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/ads/creative/send.html", context, status=status)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context=None):
        """The review page."""
        creative = self.get_object(request, object_id)
        if creative is None:
            raise Http404
        if not self.has_view_permission(request, creative):
            raise PermissionDenied
        if request.method == "POST":
            raise PermissionDenied  # a version never changes
        at = timezone.now()
        versions = artwork_display.versions_of(creative.booking, at=at)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Artwork, version %(number)d") % {"number": creative.version},
            "original": creative,
            "booking": creative.booking,
            "version": next(version for version in versions if version.creative.pk == creative.pk),
            "others": [version for version in versions if version.creative.pk != creative.pk],
            "host": click_address.spoken_host(creative.click_url),
            "history": creative.moves.select_related("actor"),
            "moves": [(move, self.move_url(creative, move.name)) for move in self.open_moves(request, creative)],
            "media": self.media,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/ads/creative/change_form.html", context)

    def consequences(self, request: HttpRequest, obj: Creative, move: Move) -> list[str]:
        at, position = timezone.now(), obj.booking.position
        if move.name == "refuse":
            if not artwork_review.is_shown(obj, at=at):
                return []
            instead = artwork_review.after(obj)
            return [
                _("It runs now, and is down within a minute."),
                _("Version %(number)d runs instead.") % {"number": instead.version}
                if instead
                else _("Nothing runs in its place until artwork is approved."),
            ]
        state = artwork_display.checks(obj)
        running = artwork.all_shown(obj.booking)
        if len(running) == 1 and running[0].version < obj.version and not running[0].weight:
            state.append(_("It takes the place of version %(number)d.") % {"number": running[0].version})
        elif running and running[0].weight:
            state.append(
                _("These take turns now: %(versions)s.")
                % {"versions": rotation.in_words({one.version: one.weight or 0 for one in running})}
            )
        elif position.phone_size is None:
            state.append(_("Phones show the same file."))
        return state

    # The list.

    @admin.display(description=gettext_lazy("Artwork"))
    def thumbnail(self, obj: Creative) -> SafeString:
        position = obj.booking.position
        return format_html(
            '<img class="desk-piece" src="{}" width="{}" height="{}" alt="{}" loading="lazy">',
            reverse("admin:ads_creative_file", args=[obj.pk, "art"]),
            round(position.width * SCALE),
            round(position.height * SCALE),
            obj.alt,
        )

    @admin.display(description=gettext_lazy("Position"), ordering="booking__position__order")
    def where(self, obj: Creative) -> str:
        return str(obj.booking.position)

    @admin.display(description=gettext_lazy("Advertiser"), ordering="booking__advertiser__company")
    def firm(self, obj: Creative) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj.booking.advertiser.company)

    @admin.display(description=gettext_lazy("Version"), ordering="version")
    def number(self, obj: Creative) -> int:
        return obj.version

    @admin.display(description=gettext_lazy("Weight"), ordering="bytes")
    def file_weight(self, obj: Creative) -> str:
        """Of the file. Not named `weight`, for that is a field of the row: how often a version takes its turn."""
        return _("%(weight)d of %(limit)d KB") % {
            "weight": obj.kilobytes,
            "limit": obj.booking.position.max_kilobytes,
        }

    @admin.display(description=gettext_lazy("Arrived"), ordering="created_at")
    def arrived(self, obj: Creative) -> SafeString:
        return a_time(obj.created_at)

    @admin.display(description=gettext_lazy("Checks"))
    def checked(self, obj: Creative) -> SafeString:
        position = obj.booking.position
        words = [obj.format]
        if obj.frames > 1:
            words.append(_("%(seconds)s s of animation") % {"seconds": f"{obj.play_seconds:.1f}"})
        if position.phone_size:
            has_phone = artwork_display.has_phone_artwork(obj)
            words.append(_("with phone artwork") if has_phone else _("no phone artwork"))
        return format_html_join(", ", "{}", ((word,) for word in words))

    @admin.display(description=gettext_lazy("Status"), ordering="status")
    def state(self, obj: Creative) -> SafeString:
        versions = list(obj.booking.creatives.all())
        style, words = artwork_display.state(obj, shown=artwork_display.shown_of(versions), at=timezone.now())
        return format_html('<span class="desk-state desk-state--art-{}">{}</span>', style, words)
