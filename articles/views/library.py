"""What the picture chooser of the admin asks for: the newest pictures, some by number, and an upload."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_POST

from .. import library
from ..models import MediaAsset
from ..picture_forms import ChosenPictureForm
from ..uploads import pictures

A_PAGE = 24
MOST_PAGES = 1000
MOST_NUMBERS = 200

may_view = permission_required("articles.view_mediaasset", raise_exception=True)
may_add = permission_required("articles.add_mediaasset", raise_exception=True)


@require_GET
@may_view
def chooser(request: HttpRequest) -> JsonResponse:
    """One page of the library, newest first, of those in which every word of `q` stands."""
    number = request.GET.get("page", "1")
    page = min(max(int(number), 1), MOST_PAGES) if number.isdecimal() and len(number) < 9 else 1
    found = MediaAsset.objects.matching(request.GET.get("q", ""))
    rows = list(found[(page - 1) * A_PAGE : page * A_PAGE + 1])
    return JsonResponse(
        {
            "pictures": [as_json(asset) for asset in rows[:A_PAGE]],
            "page": page,
            "has_older": len(rows) > A_PAGE,
            "may_upload": request.user.has_perm("articles.add_mediaasset"),
        }
    )


@require_GET
@may_view
def by_number(request: HttpRequest) -> JsonResponse:
    """The pictures of `ids=7,8`. Numbers that the library does not know are left out."""
    wanted = [part for part in request.GET.get("ids", "").split(",") if part.isdecimal() and len(part) < 19]
    found = MediaAsset.objects.filter(pk__in=wanted[:MOST_NUMBERS])
    return JsonResponse({"pictures": [as_json(asset) for asset in found]})


@require_POST
@may_add
def upload(request: HttpRequest) -> JsonResponse:
    """Take a picture in. What is refused is answered with 400 and the sentence that says why; what the library has
    already with 409, the sentence and that `picture`, unless it shall `keep_both`."""
    form = ChosenPictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"error": next(iter(form.errors.values()))[0]}, status=400)
    fields = dict(form.cleaned_data)
    data, keep_both = fields.pop("file"), fields.pop("keep_both")
    try:
        asset = library.add(data, by=request.user, is_wanted_twice=keep_both, **fields)
    except library.AlreadyThere as twin:
        return JsonResponse({"error": str(twin), "picture": as_json(twin.asset)}, status=409)
    except pictures.PictureRefused as refusal:
        return JsonResponse({"error": str(refusal)}, status=400)
    return JsonResponse(as_json(asset))


def as_json(asset: MediaAsset) -> dict[str, Any]:
    return {
        "id": asset.pk,
        "title": str(asset),
        "alt": asset.alt,
        "decorative": asset.decorative,
        "caption": asset.caption,
        "credit": asset.credit,
        "thumb": asset.url("full", 320),
        "src": asset.url("full", 640),
        "width": asset.width,
        "height": asset.height,
    }


def editor_urls(site: AdminSite) -> list[URLPattern]:
    """For `get_urls` of the library's ModelAdmin, before Django's own."""
    return [
        path("chooser/", site.admin_view(chooser), name="articles_mediaasset_chooser"),
        path("chooser/by-number/", site.admin_view(by_number), name="articles_mediaasset_by_number"),
        path("chooser/upload/", site.admin_view(upload), name="articles_mediaasset_chooser_upload"),
    ]
