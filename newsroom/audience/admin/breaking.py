"""Breaking news by mail: a page that says to how many it goes, and a POST that sends it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from articles.models import Article

from .. import composing
from ..models import Issue, Newsletter


class BreakingForm(forms.Form):
    newsletters = forms.ModelMultipleChoiceField(
        label=gettext_lazy("To whom"),
        queryset=Newsletter.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one newsletter.")},
    )

    def __init__(self, *args, ready: list[Newsletter], **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        field = self.fields["newsletters"]
        field.queryset = Newsletter.objects.filter(pk__in=[one.pk for one in ready])
        field.choices = [(one.pk, _said(one)) for one in ready]
        field.initial = [one.pk for one in ready]


def _said(newsletter: Newsletter) -> str:
    number = composing.recipients(newsletter)
    readers = ngettext("%(number)d reader", "%(number)d readers", number) % {"number": number}
    return f"{newsletter.name} ({readers})"


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, story: int, site: AdminSite) -> HttpResponse:
    if not request.user.has_perm("audience.send_issue"):
        raise PermissionDenied
    found = get_object_or_404(Article.objects.visible_to(request.user), pk=story)
    at = timezone.now()
    ready = composing.may_break(found, at=at)
    form = BreakingForm(request.POST if request.method == "POST" else None, ready=ready)
    if ready and form.is_valid():
        chosen = list(form.cleaned_data["newsletters"])
        try:
            number = composing.break_story(found, chosen, by=request.user, at=at)
        except composing.IssueRefused as refusal:
            messages.error(request, str(refusal))
        else:
            said = ngettext("It goes out to %(number)d newsletter.", "It goes out to %(number)d newsletters.", number)
            messages.success(request, said % {"number": number})
        return redirect("admin:audience_issue_changelist")
    context = {
        **site.each_context(request),
        "title": _("Send as breaking news"),
        "original": found,
        "form": form,
        "ready": ready,
        "is_live": Article.objects.live(at).filter(pk=found.pk).exists(),
        "had": list(Issue.objects.filter(breaking=found).select_related("newsletter")),
        "status": 400 if form.is_bound else 200,
    }
    return TemplateResponse(request, "admin/audience/issue/breaking.html", context, status=context["status"])
