"""Channels in the admin: what each kind needs, its secrets written and never shown, and the log of a webhook."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from .. import channels, networks, outgoing, share_text, webhooks
from ..models import Channel, Delivery, Section
from ..networks import apprise
from .few_links import OneWayMixin

SECRET = "secret_"  # noqa: S105 - how the fields begin
NEWEST_DELIVERIES = 50
ABOUT_WORDING = gettext_lazy(
    "Empty: “%(usual)s”. Places: {label} {headline} {standfirst} {url} {section} {tags}. The label of a sponsored "
    "story always comes first, and the link is never left out."
)


def _server(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme.lower(), parts.netloc.lower()


class NewChannelForm(forms.ModelForm):
    class Meta:
        model = Channel
        fields = ["name", "kind"]


class ChannelForm(forms.ModelForm):
    class Meta:
        model = Channel
        fields = ["name", "is_active", "address", "account", "wording", "limit"]
        widgets = {
            "wording": forms.Textarea({"rows": 5, "dir": "auto", "class": "vLargeTextField"}),
            "address": forms.URLInput({"dir": "ltr", "class": "vTextField"}),
            "account": forms.TextInput({"dir": "ltr", "class": "vTextField"}),
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        network = networks.of(self.instance)
        if "account" in self.fields and network.account:
            self.fields["account"].label = str(network.account)
            self.fields["account"].help_text = _("Such as %(example)s") % {"example": network.account_example}
        if "address" in self.fields:
            self._name_address(network)
        if "wording" in self.fields:
            usual = network.wording.replace("\n", " ")
            self.fields["wording"].help_text = ABOUT_WORDING % {"usual": usual}

    def _name_address(self, network: networks.Network) -> None:
        field = self.fields["address"]
        if network.address:
            field.label = str(network.address)
            field.help_text = _("Such as %(example)s") % {"example": network.address_example}
        else:
            field.label = _("Server")
            field.help_text = _("Empty: %(address)s") % {"address": network.usual_address}

    def clean_address(self) -> str:
        address = self.cleaned_data["address"].strip()
        if address:
            try:
                outgoing.check_where(address)
            except outgoing.Refused as refused:
                raise forms.ValidationError(str(refused)) from None
        return address

    def clean_wording(self) -> str:
        wording = self.cleaned_data["wording"].replace("\r\n", "\n").strip()
        if unknown := share_text.unknown_places(wording):
            places = ", ".join(f"{{{place}}}" for place in share_text.PLACES)
            raise forms.ValidationError(
                _("There is no place called {%(name)s}. Use %(places)s.") % {"name": unknown[0], "places": places}
            )
        return wording

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._ask_anew_for_secrets(data)
        url = data.get(f"{SECRET}url")
        if self.instance.kind == Channel.Kind.APPRISE and url:
            try:
                apprise.check(url)
            except apprise.Absent as absent:
                self.add_error(f"{SECRET}url", str(absent))
        if data.get("is_active") and (lacks := self._lacks(data)):
            self.add_error("is_active", " ".join([_("It cannot be in use yet."), *lacks]))
        return data

    def _ask_anew_for_secrets(self, data: dict[str, Any]) -> None:
        """What opens a door is told to no other server than the one it was given for: whoever may set an address could
        have it sent to themselves."""
        if "address" not in data or _server(data["address"]) == _server(self.initial.get("address", "")):
            return
        for name, source in channels.sources_of(self.instance).items():
            if source is channels.Source.DATABASE and not data.get(f"{SECRET}{name}"):
                self.add_error(f"{SECRET}{name}", _("Type it anew: the one that is kept was given for another server."))

    def _lacks(self, data: dict[str, Any]) -> list[str]:
        """What would still be missing with what was typed."""
        typed = Channel(pk=self.instance.pk, kind=self.instance.kind)
        typed.address, typed.account = data.get("address") or "", data.get("account") or ""
        if "address" in self.errors:
            typed.address = "-"  # it says what is wrong with it itself
        given = {_("%(what)s is missing.") % {"what": label} for name, label in self.secret_labels() if data.get(name)}
        return [sentence for sentence in channels.missing(typed) if sentence not in given]

    def secret_labels(self) -> list[tuple[str, Any]]:
        return [(f"{SECRET}{name}", label) for name, label in networks.of(self.instance).secrets.items()]


def secret_fields(channel: Channel) -> dict[str, forms.Field]:
    """Fields that take a secret and never show one."""
    about = {
        channels.Source.DATABASE: _("Kept, and not shown. Type a new one to replace it."),
        channels.Source.ENVIRONMENT: _("Taken from the environment, %(name)s. What is typed here is not used."),
        channels.Source.NOWHERE: _("Missing. It is kept and never shown again, or set %(name)s in the environment."),
    }
    sources = channels.sources_of(channel)
    return {
        f"{SECRET}{name}": forms.CharField(
            label=label,
            required=False,
            max_length=2000,
            strip=True,
            widget=forms.PasswordInput({"class": "vTextField", "dir": "ltr", "autocomplete": "off"}),
            help_text=about[sources[name]] % {"name": channels.setting_of(channel, name)},
        )
        for name, label in networks.of(channel).secrets.items()
    }


@admin.register(Channel)
class ChannelAdmin(OneWayMixin, admin.ModelAdmin):
    if_empty = gettext_lazy(
        "Stories are told of nowhere yet. Add a channel: a network, a webhook, or one that is shared on by hand."
    )
    list_display = ["name", "kind", "state", "language", "stories"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name"]
    change_form_template = "admin/articles/channel/change_form.html"

    def get_urls(self):
        def view(action):
            return self.admin_site.admin_view(require_POST(action))

        return [
            path("<int:number>/key/", view(self.key_view), name="articles_channel_key"),
            path("<int:number>/test/", view(self.test_view), name="articles_channel_test"),
            path("<int:number>/again/<int:delivery>/", view(self.again_view), name="articles_channel_again"),
            *super().get_urls(),
        ]

    # The form.

    def get_fieldsets(self, request: HttpRequest, obj: Channel | None = None):
        if obj is None:
            return [(None, {"fields": ["name", "kind"]})]
        network = networks.of(obj)
        door = [f"{SECRET}{name}" for name in network.secrets]
        if network.account:
            door.insert(0, "account")
        if network.address or network.usual_address:
            door.insert(0, "address")
        which = (_("Which stories"), {"fields": ["language", "sections", "stories"]})
        if obj.is_webhook:
            events = ["tells_published", "tells_updated", "tells_withdrawn", "with_body"]
            return [
                (None, {"fields": ["name", "is_active", *door]}),
                (_("What it is told"), {"fields": events}),
                which,
            ]
        by_itself = ["is_automatic"] if network.post else []
        return [
            (None, {"fields": ["name", "is_active", *door]}),
            (_("When and how"), {"fields": ["is_default", *by_itself, "wording", "limit"]}),
            which,
        ]

    def get_form(self, request: HttpRequest, obj: Channel | None = None, change: bool = False, **kwargs):
        if obj is None:
            return super().get_form(request, obj, change, form=NewChannelForm, **kwargs)
        form = type("ChannelForm", (ChannelForm,), secret_fields(obj))
        return super().get_form(request, obj, change, form=form, **kwargs)

    def formfield_for_manytomany(self, db_field, request: HttpRequest, **kwargs):
        if db_field.name == "sections":
            kwargs["queryset"] = Section.objects.order_by("language", "name")
            kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Channel, form, change: bool) -> None:
        if obj.is_active:
            obj.stopped_because, obj.failing_since = "", None
        super().save_model(request, obj, form, change)
        given = {
            name.removeprefix(SECRET): value
            for name, value in form.cleaned_data.items()
            if name.startswith(SECRET) and value
        }
        channels.keep_secrets(obj, given, at=timezone.now())

    def response_add(self, request: HttpRequest, obj: Channel, post_url_continue: str | None = None) -> HttpResponse:
        messages.success(request, _("Made. Now say what opens its door and which stories it gets."))
        return redirect("admin:articles_channel_change", obj.pk)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args, **kwargs):
        obj = kwargs.get("obj")
        if obj is not None:
            context |= {
                "lacks": channels.missing(obj),
                "deliveries": list(obj.deliveries.select_related("article")[:NEWEST_DELIVERIES])
                if obj.is_webhook
                else [],
                "keys": channels.key_facts(obj, at=timezone.now()) if obj.is_webhook else [],
            }
        return super().render_change_form(request, context, *args, **kwargs)

    # What is done with a webhook.

    def key_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """A new signing key, in the answer to the form and nowhere else."""
        channel = self._webhook(request, number)
        key = channels.rotate(channel, at=timezone.now())
        self.log_change(request, channel, _("Made a new signing key."))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": channel,
            "title": _("New signing key"),
            "key": key,
        }
        return TemplateResponse(request, "admin/articles/channel/key.html", context)

    def test_view(self, request: HttpRequest, number: int) -> HttpResponse:
        channel = self._webhook(request, number)
        if lacks := channels.missing(channel):
            messages.error(request, " ".join(lacks))
        else:
            webhooks.test(channel, at=timezone.now())
            messages.success(
                request, _("A test is on its way. Its answer stands below within seconds: reload the page.")
            )
        return redirect("admin:articles_channel_change", channel.pk)

    def again_view(self, request: HttpRequest, number: int, delivery: int) -> HttpResponse:
        channel = self._webhook(request, number)
        try:
            webhooks.send_again(get_object_or_404(Delivery, pk=delivery, channel=channel), at=timezone.now())
        except channels.ChannelRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("It is on its way again, with the same number."))
        return redirect("admin:articles_channel_change", channel.pk)

    def _webhook(self, request: HttpRequest, number: int) -> Channel:
        channel = get_object_or_404(Channel, pk=number)
        if not self.has_change_permission(request, channel):
            raise PermissionDenied
        if not channel.is_webhook:
            raise Http404
        return channel

    # The list.

    @admin.display(description=gettext_lazy("State"))
    def state(self, obj: Channel) -> SafeString:
        if obj.stopped_because:
            return format_html('<span class="desk-state desk-state--failed">{}</span>', _("Switched off by itself"))
        label = _("In use") if obj.is_active else _("Off")
        return format_html('<span class="desk-state{}">{}</span>', " desk-state--live" if obj.is_active else "", label)
