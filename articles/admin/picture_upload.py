"""Many pictures at once: a page that takes them one after another, and says of each what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import library
from ..models import MediaAsset
from ..picture_forms import ACCEPT, DescriptionForm, data_of, title_of
from ..uploads import pictures

# Without script one request brings them all, and somebody waits a second for each.
MOST_AT_ONCE = 20
MOST_DESCRIBED = 500


@dataclass
class Arrival:
    """What became of one file: "added" with its `form`, "twin" of an `asset` that was there, or "refused"."""

    name: str
    outcome: str
    sentence: str = ""
    asset: MediaAsset | None = None
    form: DescriptionForm | None = None
    alikes: list[MediaAsset] = field(default_factory=list)


def form_for(asset: MediaAsset, data: Any = None) -> DescriptionForm:
    return DescriptionForm(data, instance=asset, prefix=f"p{asset.pk}")


class UploadMixin:
    """For the library's ModelAdmin: its upload page, and where that sends the descriptions."""

    def get_urls(self):
        name = "articles_mediaasset"
        return [
            path("upload/", self.admin_site.admin_view(self.upload_view), name=f"{name}_upload"),
            path("describe/", self.admin_site.admin_view(self.describe_view), name=f"{name}_describe"),
            *super().get_urls(),
        ]

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """Without script: a form, and what became of its files. A script sends one file a request and reads JSON."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._upload_page(request, [])
        files = request.FILES.getlist("files")
        keep_both = bool(request.POST.get("keep_both"))
        arrivals = [self._arrive(request, one, keep_both=keep_both) for one in files[:MOST_AT_ONCE]]
        arrivals += [
            Arrival(one.name or "", "refused", _("Send at most %(most)d files at once.") % {"most": MOST_AT_ONCE})
            for one in files[MOST_AT_ONCE:]
        ]
        if request.headers.get("Accept") == "application/json":
            return JsonResponse(
                {
                    "arrivals": [
                        {"outcome": one.outcome, "html": render_to_string(ARRIVAL, {"arrival": one}, request)}
                        for one in arrivals
                    ]
                }
            )
        if not files:
            messages.error(request, _("Choose at least one picture."))
        return self._upload_page(request, arrivals, status=200 if files else 400)

    def describe_view(self, request: HttpRequest) -> HttpResponse:
        """Save what was written about pictures that came in. What cannot be saved stands in its form, all else is."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        numbers = [number for number in request.POST.getlist("ids") if number.isdecimal() and len(number) < 19]
        left, saved = [], 0
        for asset in MediaAsset.objects.filter(pk__in=numbers[:MOST_DESCRIBED]):
            form = form_for(asset, request.POST)
            sentence = ""
            if not self.has_change_permission(request, asset):
                sentence = _("Only an editor changes it: it is not yours, or readers see it.")
            elif form.is_valid():
                library.describe(asset, **form.cleaned_data)
                saved += 1
                continue
            left.append(Arrival(str(asset), "added" if not sentence else "refused", sentence, asset, form))
        if left or not saved:
            if not left:
                messages.error(request, _("There is nothing to save: upload pictures first."))
            return self._upload_page(request, left, status=400)
        messages.success(
            request, ngettext("%(count)d picture saved.", "%(count)d pictures saved.", saved) % {"count": saved}
        )
        bare = MediaAsset.objects.undescribed().filter(pk__in=numbers).count()
        if bare:
            sentence = ngettext(
                "%(count)d picture still has no alternative text. No story that shows it can be published.",
                "%(count)d pictures still have no alternative text. No story that shows them can be published.",
                bare,
            )
            messages.warning(request, sentence % {"count": bare})
        return redirect("admin:articles_mediaasset_changelist")

    def _arrive(self, request: HttpRequest, upload: UploadedFile, *, keep_both: bool) -> Arrival:
        name = upload.name or ""
        try:
            asset = library.add(data_of(upload), by=request.user, is_wanted_twice=keep_both, title=title_of(name))
        except library.AlreadyThere as twin:
            return Arrival(name, "twin", asset=twin.asset)
        except ValidationError as refusal:
            return Arrival(name, "refused", " ".join(refusal.messages))
        except pictures.PictureRefused as refusal:
            return Arrival(name, "refused", str(refusal))
        self.log_addition(request, asset, [{"added": {}}])
        return Arrival(name, "added", asset=asset, form=form_for(asset), alikes=library.look_alikes(asset))

    def _upload_page(self, request: HttpRequest, arrivals: list[Arrival], status: int = 200) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Upload pictures"),
            "arrivals": arrivals,
            "accept": ACCEPT,
            "words": {
                "settings": {"mostBytes": pictures.MAX_BYTES, "upload": reverse("admin:articles_mediaasset_upload")},
                **_words(),
            },
        }
        return TemplateResponse(request, "admin/articles/mediaasset/upload.html", context, status=status)


ARRIVAL = "admin/articles/mediaasset/_arrival.html"


def _words() -> dict[str, str]:
    """What the script says, in the language of the page. Placeholders are filled there."""
    return {
        "waiting": _("Waiting"),
        "sending": _("%s sent"),
        "drawing": _("Sent. It is being drawn …"),
        "heavy": _("This picture is heavier than 20 MB, which is the most that is taken."),
        "network": _("The network failed. Please try again."),
        "loggedOut": _("You are logged out. Log in in another tab, then try again."),
        "unexpected": _("The server did not answer as expected. Please try again."),
        "retry": _("Try again"),
        "drop": _("Leave it out"),
        "summary": _("%(done)s of %(all)s files are done, %(added)s were added."),
    }
