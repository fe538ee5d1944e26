"""Doing one thing to many pictures: a page that asks, and another that says for each what happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .. import library
from ..models import MediaAsset
from ..picture_forms import WIDGETS

MOST = 200
# Somebody who uploads a picture needs a while until a story shows it.
A_DAY = timedelta(days=1)


class NothingToSay(forms.Form):
    pass


class CreditForm(forms.ModelForm):
    class Meta:
        model = MediaAsset
        fields = ["credit"]
        widgets = WIDGETS


class LicenceForm(forms.ModelForm):
    class Meta:
        model = MediaAsset
        fields = ["licence", "licence_until"]
        widgets = WIDGETS


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """One thing that is done to each of many pictures. `do` returns what happened in words, or raises
    LibraryRefused."""

    name: str
    label: str | Promise
    question: str | Promise
    do: Callable[[MediaAsset, dict[str, Any], datetime], str]
    permission: str
    form: type[forms.BaseForm] = NothingToSay
    is_grave: bool = False


def _describe(asset: MediaAsset, said: dict[str, Any], at: datetime) -> str:
    library.describe(asset, **said)
    return _("Changed.")


def _call_decorative(asset: MediaAsset, said: dict[str, Any], at: datetime) -> str:
    if asset.alt or asset.alt_ar:
        raise library.LibraryRefused(
            _("It has an alternative text, which would be lost. Decide about this one on its own page.")
        )
    library.describe(asset, decorative=True)
    return _("Changed.")


def _remove(asset: MediaAsset, said: dict[str, Any], at: datetime) -> str:
    if at - asset.created_at < A_DAY:
        raise library.LibraryRefused(
            _("Uploaded less than a day ago: somebody may be about to use it. Delete it on its own page.")
        )
    library.remove(asset)
    return _("Deleted.")


BULKS = (
    Bulk(
        name="set_credit",
        label=gettext_lazy("Set the credit"),
        question=gettext_lazy("Give all of these pictures this credit? What they have now is replaced."),
        do=_describe,
        permission="articles.change_mediaasset",
        form=CreditForm,
    ),
    Bulk(
        name="set_licence",
        label=gettext_lazy("Set the licence"),
        question=gettext_lazy("Give all of these pictures this licence? What they have now is replaced."),
        do=_describe,
        permission="articles.change_mediaasset",
        form=LicenceForm,
    ),
    Bulk(
        name="call_decorative",
        label=gettext_lazy("Mark as decorative"),
        question=gettext_lazy(
            "Say of all of these pictures that nothing is lost by not seeing them? They then need no alternative text."
        ),
        do=_call_decorative,
        permission="articles.change_mediaasset",
    ),
    Bulk(
        name="delete_unused",
        label=gettext_lazy("Delete the unused"),
        question=gettext_lazy(
            "Delete those of these pictures that nothing uses, for good? What a story, a draft or an author shows "
            "stays."
        ),
        do=_remove,
        permission="articles.delete_mediaasset",
        is_grave=True,
    ),
)


class BulkMixin:
    """For the library's ModelAdmin: the actions of its list."""

    def get_actions(self, request: HttpRequest) -> dict[str, tuple[Callable, str, Any]]:
        return {
            bulk.name: (self._action(bulk), bulk.name, bulk.label)
            for bulk in BULKS
            if request.user.has_perm(bulk.permission)
        }

    def _action(self, bulk: Bulk) -> Callable:
        def run(model_admin, request: HttpRequest, queryset) -> HttpResponse | None:
            return self._ask_or_do(request, bulk, list(queryset[: MOST + 1]))

        return run

    def _ask_or_do(self, request: HttpRequest, bulk: Bulk, chosen: list[MediaAsset]) -> HttpResponse | None:
        if len(chosen) > MOST:
            sentence = _("Choose at most %(most)d pictures at once. Narrow the list with a filter, for example.")
            messages.error(request, sentence % {"most": MOST})
            return None
        form = bulk.form(request.POST if "confirmed" in request.POST else None)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": bulk.label,
            "bulk": bulk,
            "form": form,
            "chosen": chosen,
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "back": request.get_full_path(),
        }
        if form.is_valid():
            at = timezone.now()
            results = [(asset, *self._do(request, bulk, asset, form.cleaned_data, at)) for asset in chosen]
            done = sum(went_well for _asset, went_well, _sentence in results)
            context["results"] = results
            context["summary"] = ngettext(
                "%(done)d of %(all)d picture.", "%(done)d of %(all)d pictures.", len(chosen)
            ) % {
                "done": done,
                "all": len(chosen),
            }
        return TemplateResponse(request, "admin/articles/mediaasset/bulk.html", context)

    def _do(self, request: HttpRequest, bulk: Bulk, asset: MediaAsset, said: dict, at: datetime) -> tuple[bool, str]:
        if not bulk.is_grave and not self.has_change_permission(request, asset):
            return False, _("Only an editor changes it: it is not yours, or readers see it.")
        pk = asset.pk
        try:
            sentence = bulk.do(asset, said, at)
        except library.LibraryRefused as refusal:
            return False, str(refusal)
        if bulk.is_grave:
            asset.pk = pk  # the page still names what is gone
            self.log_deletions(request, [asset])
        else:
            self.log_change(request, asset, [{"changed": {"fields": [str(bulk.label)]}}])
        return True, sentence
