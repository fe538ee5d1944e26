"""Lists of subscribers as files: brought with proof of consent, and taken away by who may."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ads import spreadsheet

from .. import import_files, importing
from ..models import Newsletter, Subscriber, SubscriberImport

logger = logging.getLogger(__name__)

MAY = "audience.export_subscriber"
RECENT = 20


class BringForm(forms.Form):
    """A file, and what holds for rows that do not say it themselves."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt,text/csv"}),
        help_text=gettext_lazy(
            "CSV with the columns email, name, language, newsletters, consented_at and proof; only email must be there."
        ),
    )
    newsletters = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Newsletters, for rows that name none"),
        queryset=Newsletter.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(label=gettext_lazy("Language, for rows that name none"), choices=settings.LANGUAGES)
    statement = forms.CharField(
        label=gettext_lazy("Proof of consent, for rows that have none"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"class": "vLargeTextField", "rows": 3, "dir": "auto"}),
        help_text=gettext_lazy("Where, when and to what these people said yes, as you would show it to an authority."),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > import_files.MOST_BYTES:
            most = import_files.MOST_BYTES // (1024 * 1024)
            raise forms.ValidationError(_("This file has more than %(most)d MB. Split it.") % {"most": most})
        return file


class TakeForm(forms.Form):
    newsletter = forms.ModelChoiceField(
        label=gettext_lazy("Newsletter"),
        queryset=Newsletter.objects.all(),
        required=False,
        empty_label=gettext_lazy("All"),
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("All")), *Subscriber.State.choices]  # type: ignore[attr-defined]


class FilesMixin(admin.ModelAdmin):
    """For the ModelAdmin of subscribers."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("files/", wrap(self.files), name="audience_subscriber_files"),
            path("files/export/", wrap(self.take), name="audience_subscriber_export"),
            path("files/<int:pk>/", wrap(self.brought), name="audience_subscriber_import"),
            *super().get_urls(),
        ]

    def _may(self, request: HttpRequest) -> None:
        if not request.user.has_perm(MAY):
            raise PermissionDenied

    def _draw(self, request: HttpRequest, template: str, status: int = 200, **more: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **more}
        return TemplateResponse(request, f"admin/audience/subscriber/{template}", context, status=status)

    def files(self, request: HttpRequest) -> HttpResponse:
        """GET says what can be brought and taken; POST brings a file, which is looked at before anything happens."""
        self._may(request)
        form = BringForm(request.POST or None, request.FILES or None, label_suffix="")
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            try:
                brought = importing.bring(
                    said["file"],
                    said["file"].name,
                    newsletters=list(said["newsletters"]),
                    language=said["language"],
                    statement=said["statement"],
                    by=request.user,
                    at=timezone.now(),
                )
            except importing.NotImported as error:
                form.add_error("file", str(error))
            else:
                return redirect("admin:audience_subscriber_import", brought.pk)
        return self._draw(
            request,
            "files.html",
            400 if form.errors else 200,
            title=_("Import and export"),
            form=form,
            take_form=TakeForm(label_suffix=""),
            recent=SubscriberImport.objects.select_related("by")[:RECENT],
        )

    def brought(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What a file would do, how far it was read, or what it did. POST with `go` reads it in, with `stop` not."""
        self._may(request)
        one = get_object_or_404(SubscriberImport.objects.select_related("by"), pk=pk)
        at = timezone.now()
        if request.method == "POST":
            try:
                if "go" in request.POST:
                    importing.start(one, at=at)
                    logger.info("%s imports %d rows of subscribers.", request.user.get_username(), one.rows)
                elif "stop" in request.POST:
                    importing.cancel(one, at=at)
                    messages.success(request, _("Put away. The file is deleted."))
                else:
                    messages.error(request, _("Choose what to do with the file."))
            except importing.NotImported as error:
                messages.error(request, str(error))
            return redirect("admin:audience_subscriber_import", pk)
        is_open = one.state == SubscriberImport.State.CHECKED
        ahead = importing.forecast(one, at=at) if is_open else None
        looked_at = importing.LOOKED_AT if one.rows > importing.LOOKED_AT else 0
        percent = 100 * one.rows_read // one.rows if one.rows else 100
        return self._draw(
            request, "brought.html", title=one.name, one=one, ahead=ahead, percent=percent, looked_at=looked_at
        )

    def take(self, request: HttpRequest) -> HttpResponseBase:
        """The subscribers as a table, as they are asked for."""
        self._may(request)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = TakeForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Choose a newsletter and a state of the list."))
            return redirect("admin:audience_subscriber_files")
        chosen = Subscriber.objects.order_by("pk")
        if newsletter := form.cleaned_data["newsletter"]:
            chosen = chosen.filter(newsletters=newsletter)
        if state := form.cleaned_data["state"]:
            chosen = chosen.filter(state=state)
        logger.info("%s exports subscribers.", request.user.get_username())
        heads = ["email", "name", "language", "newsletters", "consented_at", "state", "how_often", "left_at"]
        name = f"subscribers-{timezone.localdate().isoformat()}"
        return spreadsheet.download(spreadsheet.lines(heads, _rows(chosen)), name)


def _rows(chosen) -> Iterator[list[Any]]:
    for one in chosen.prefetch_related("newsletters").iterator(1000):
        yield [
            one.email,
            one.name,
            one.language,
            ", ".join(letter.slug for letter in one.newsletters.all()),
            one.confirmed_at.isoformat() if one.confirmed_at else "",
            one.state,
            one.most_often,
            one.left_at.isoformat() if one.left_at else "",
        ]
