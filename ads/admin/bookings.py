"""Bookings in the admin: take a position for some days, hang artwork, cancel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.moves import Move, MovesMixin
from articles.uploads import pictures

from .. import alternative, artwork, click_address, deals, ledger, sales
from ..forms import DaysFromToday
from ..models import AdRequestItem, Booking, Material, Sighting
from ..views.artwork_files import send_sighting
from . import availability
from .booking_list import BookingListMixin
from .exports import ExportMixin
from .running import MOVES, RunningMixin


class BookingForm(DaysFromToday, forms.ModelForm):
    """A booking, and the artwork for it: a new file, or the one that came with the request."""

    sold_by = forms.ChoiceField(
        label=gettext_lazy("Sold as"),
        required=False,
        initial="share",
        choices=[
            ("share", gettext_lazy("A share of every day")),
            ("number", gettext_lazy("A number of impressions")),
        ],
        widget=forms.RadioSelect,
    )
    art = forms.FileField(
        label=gettext_lazy("Artwork"),
        required=False,
        widget=forms.FileInput({"accept": "image/jpeg,image/gif"}),
        help_text=gettext_lazy(
            "JPEG, JPG or GIF of exactly the position's size. Nothing is shown before there is artwork."
        ),
    )
    phone_art = forms.FileField(
        label=gettext_lazy("Phone artwork"),
        required=False,
        widget=forms.FileInput({"accept": "image/jpeg,image/gif"}),
        help_text=gettext_lazy("For the two wide positions: 320×100 or 300×250. Without it the wide one is shrunk."),
    )
    material = forms.ModelChoiceField(
        Material.objects.none(), required=False, label=gettext_lazy("Artwork that came with the request")
    )
    alt = forms.CharField(
        label=gettext_lazy("Alternative text"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("What the artwork says, for people who cannot see it."),
    )
    click_url = forms.CharField(
        label=gettext_lazy("Leads to"),
        required=False,
        strip=False,
        widget=forms.TextInput({"class": "vURLField", "dir": "ltr", "inputmode": "url"}),
    )

    class Meta:
        model = Booking
        fields = ["position", "advertiser", "request", "first_day", "last_day", "share", "impressions", "price"]

    field_order = ["sold_by"]  # the number asks what was chosen

    # What the verb refused with these values, to be said by the form.
    refusal: Exception | None = None

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["material"].queryset = Material.objects.filter(kind=Material.Kind.ARTWORK).select_related("request")
        if "advertiser" in self.fields:
            self.fields["advertiser"].required = False
            self.fields["advertiser"].help_text = _("Left empty: the company of the request, put on file.")
        if "price" in self.fields:
            self.fields["price"].required = False
            self.fields["price"].help_text = _(
                "Left empty: the rate card's price for the share and the weeks begun, or for the impressions."
            )
        if "share" in self.fields:
            self.fields["share"].required = False
            self.fields["share"].min_value = 1
            self.fields["share"].help_text = _("Out of 100: how much of every day. 100 is nobody else.")
            self.fields["impressions"].help_text = _("How often it is shown in all these days.")

    def clean_share(self) -> int:
        share = self.cleaned_data["share"]
        if share is None:
            return ledger.WHOLE
        if not 1 <= share <= ledger.WHOLE:
            raise forms.ValidationError(_("A share is from 1 to 100."))
        return share

    def clean_impressions(self) -> int | None:
        sold_by, number = self.cleaned_data.get("sold_by"), self.cleaned_data["impressions"]
        if sold_by == "share":
            return None  # a number that was typed before the other was chosen
        if number == 0 or (sold_by == "number" and number is None):
            raise forms.ValidationError(_("Write a number above zero."))
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        position = self.instance.position if self.instance.pk else data.get("position")
        self.checked_art = self._checked("art", position, phone=False)
        self.checked_phone_art = self._checked("phone_art", position, phone=True)
        if self.checked_phone_art and position and not position.phone_size:
            self.add_error("phone_art", _("This position shows the same artwork on phones."))
        if self.checked_art or data.get("material"):
            for name in ("alt", "click_url"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Artwork needs this."))
            self._normalise_texts(data)
        if data.get("impressions"):
            data["share"] = 0  # the number counts
        if not self.instance.pk and not data.get("advertiser") and not data.get("request"):
            self.add_error("advertiser", _("Choose an advertiser, or the request it comes from."))
        firm, deal = data.get("advertiser"), data.get("request")
        if not self.instance.pk and firm and deal and deal.advertiser and deal.advertiser != firm:
            self.add_error("advertiser", _("This request is of another advertiser. Leave one of the two empty."))
        if self.refusal:
            self.add_error("first_day" if "first_day" in self.fields else None, str(self.refusal))
        if not self.instance.pk and position and data.get("price") is None and not self.errors:
            data["price"] = self.instance.price = sales.price_for(
                position,
                data["first_day"],
                data["last_day"],
                share=data["share"],
                impressions=data["impressions"],
            )
        return data

    def _normalise_texts(self, data: dict[str, Any]) -> None:
        """Both texts as they are stored, or what is wrong with them."""
        names = [upload.name for upload in (data.get("art"), data.get("phone_art")) if upload]
        for name, normalise in (
            ("alt", lambda text: alternative.normalise(text, names)),
            ("click_url", click_address.normalise),
        ):
            if data.get(name):
                try:
                    data[name] = normalise(data[name])
                except ValidationError as refusal:
                    self.add_error(name, refusal)

    def _checked(self, name: str, position, *, phone: bool) -> pictures.Artwork | None:
        data = self.cleaned_data
        upload, material = data.get(name), data.get("material") if not phone else None
        if position is None or not (upload or material):
            return None
        if upload:
            upload.seek(0)  # the form may be drawn twice from one POST
            if upload.size > artwork.MAX_UPLOAD_BYTES:
                self.add_error(name, artwork.too_large(upload.size))
                return None
            content = upload.read()
        else:
            try:
                with material.file.open("rb") as file:
                    content = file.read()
            except OSError:
                self.add_error("material", _("This file is gone from the disk. Choose another, or ask for it again."))
                return None
        try:
            return artwork.check(position, content, phone=phone)
        except pictures.PictureRefused as refusal:
            self.add_error(name if upload else "material", refusal.message)
            return None


@admin.register(Booking)
class BookingAdmin(BookingListMixin, RunningMixin, ExportMixin, MovesMixin, admin.ModelAdmin):
    form = BookingForm
    formfield_overrides = {models.DateField: {"widget": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}}
    change_form_template = "admin/ads/booking/change_form.html"
    autocomplete_fields = ["advertiser", "request"]
    moves = (
        *MOVES,
        Move(
            name="cancel",
            label=gettext_lazy("Cancel booking"),
            question=gettext_lazy("Stop this booking now and give back today and the days to come?"),
            verb=deals.stop_booking,
            targets=frozenset([Booking.Status.CANCELLED]),
            permissions=("ads.change_booking",),
            done=gettext_lazy("Cancelled. The artwork disappears from all pages within a minute."),
            errors=(),
            is_grave=True,
        ),
    )

    def get_urls(self):
        calendar = self.admin_site.admin_view(availability.show)
        sighting = self.admin_site.admin_view(self.sighting)
        return [
            path("free/", calendar, name="ads_availability"),
            path("<int:pk>/sighting/<int:number>/", sighting, name="ads_booking_sighting"),
            *super().get_urls(),
        ]

    def sighting(self, request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
        """A picture of the artwork in its place, as a browser showed it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return send_sighting(get_object_or_404(Sighting, pk=number, creative__booking=pk))

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).prefetch_related("creatives")

    def has_delete_permission(self, request: HttpRequest, obj: Booking | None = None) -> bool:
        # A booking is cancelled, never forgotten.
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Booking | None = None):
        booked = ["position", "advertiser", "request", "first_day", "last_day", "bought", "price"]
        return [*booked, "running"] if obj else []

    def get_fieldsets(self, request: HttpRequest, obj: Booking | None = None):
        zone = _("From the first moment of the first day to the last moment of the last, in %(zone)s.") % {
            "zone": timezone.get_current_timezone_name()
        }
        status = ["running"] if obj else []
        bought = ["bought"] if obj else ["sold_by", "share", "impressions"]
        return [
            (None, {"fields": [*status, "position", "advertiser", "request"]}),
            (_("Days"), {"fields": [("first_day", "last_day"), *bought, "price"], "description": zone}),
            (_("Artwork"), {"fields": ["art", "phone_art", "material", "alt", "click_url"]}),
        ]

    def get_form(self, request: HttpRequest, obj: Booking | None = None, change: bool = False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        refusal = getattr(request, "refusal", None)
        return type(form.__name__, (form,), {"refusal": refusal}) if refusal else form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """`?item=` fills the form in from what a request asked for."""
        initial = super().get_changeform_initial_data(request)
        number = initial.pop("item", "")
        item = (
            AdRequestItem.objects.select_related("request", "position")
            .filter(pk=number if str(number).isdecimal() else 0, position__isnull=False)
            .first()
        )
        if item is None:
            return initial
        ad_request = item.request
        return initial | {
            "position": item.position_id,
            "advertiser": ad_request.advertiser_id,
            "request": ad_request.pk,
            "first_day": ad_request.first_day,
            "last_day": ad_request.last_day,
            "click_url": ad_request.website,
            "material": item.material.first(),
        }

    def save_model(self, request: HttpRequest, obj: Booking, form: BookingForm, change: bool) -> None:
        data, at = form.cleaned_data, timezone.now()
        art = {
            "art": form.checked_art,
            "phone_art": form.checked_phone_art,
            "alt": data.get("alt", ""),
            "click_url": data.get("click_url", ""),
        }
        if change:
            if form.checked_art:
                artwork.hang(
                    obj,
                    form.checked_art,
                    phone=form.checked_phone_art,
                    alt=art["alt"],
                    click_url=art["click_url"],
                    by=request.user,
                    at=at,
                )
            return
        try:
            booking = sales.book(
                position=data["position"],
                advertiser=data["advertiser"],
                request=data["request"],
                first_day=data["first_day"],
                last_day=data["last_day"],
                share=data["share"],
                impressions=data["impressions"],
                price=data["price"],
                by=request.user,
                at=at,
                **art,
            )
        except ledger.SoldOut as refusal:
            request.refusal = refusal
        else:
            obj.__dict__.update(booking.__dict__)

    def log_addition(self, request: HttpRequest, obj: Booking, message):
        return None if hasattr(request, "refusal") else super().log_addition(request, obj, message)

    def response_add(self, request: HttpRequest, obj: Booking, post_url_continue: str | None = None) -> HttpResponse:
        if hasattr(request, "refusal"):
            # Once more with the same POST: the form now says which day is taken.
            response = self.changeform_view(request)
            response.status_code = 409
            return response
        if not obj.creatives.exists():
            messages.warning(request, _("Booked. Nothing is shown until you add artwork."))
        return super().response_add(request, obj, post_url_continue)

    def render_change_form(
        self, request: HttpRequest, context, add=False, change=False, form_url="", obj: Booking | None = None
    ):
        context["moves"] = [(move, self.move_url(obj, move.name)) for move in self.open_moves(request, obj)]
        context["creatives"] = obj.creatives.all() if obj else []
        context["sightings"] = Sighting.objects.filter(creative__booking=obj) if obj else []
        context["history"] = obj and obj.moves.select_related("actor")
        if obj:
            context |= self.about_running(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=gettext_lazy("Bought"))
    def bought(self, obj: Booking) -> str:
        return obj.bought
