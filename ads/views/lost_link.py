"""A new private link by mail, for who lost theirs. The answer tells nobody whether there is such a deal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from articles.public_forms import FILLED_HIDDEN, TRIED_PER_HOUR, over_limit, public_post

from .. import lost_links
from ..deal_forms import LostLinkForm


@public_post
@require_http_methods(["GET", "HEAD", "POST"])
def lost_link(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "ads/deal/lost.html", {"form": LostLinkForm()})
    form = LostLinkForm(request.POST)
    if over_limit("lost-link-tried", request, limit=TRIED_PER_HOUR) or (
        form.is_valid() and over_limit("lost-link", request, limit=10)
    ):
        form.add_error(None, _("Many requests came from your network in the last hour. Please try again later."))
        return render(request, "ads/deal/lost.html", {"form": form}, status=429)
    if not form.is_valid():
        return render(request, "ads/deal/lost.html", {"form": form}, status=403 if form.is_forged else 400)
    if form.suspicion != FILLED_HIDDEN:
        lost_links.replace(form.cleaned_data["reference"], form.cleaned_data["email"], at=timezone.now())
    return redirect("ads:lost_link_sent")


@require_safe
def lost_link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "ads/deal/lost_sent.html")
