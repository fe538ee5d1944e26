"""An advertiser in the admin: its people, what is next, what was written down, and everything that happened."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import merging, records
from ..models import AdRequest, Advertiser, AdvertiserNote, Contact
from . import exports
from .firms import AdvertiserListMixin, amounts

# Open deals that the screen lists; the list of requests has the others.
DEALS_SHOWN = 10


class ContactForm(forms.ModelForm):
    """Whether another is the main contact, the model settles when it is saved, and the formset that it is one."""

    class Meta:
        model = Contact
        fields = ["name", "email", "phone", "role", "language", "is_main"]
        widgets = {
            "name": forms.TextInput({"dir": "auto", "autocomplete": "off"}),
            "email": forms.EmailInput({"dir": "ltr", "autocomplete": "off"}),
            "phone": forms.TextInput({"dir": "ltr", "type": "tel", "autocomplete": "off"}),
            "role": forms.TextInput({"dir": "auto"}),
        }

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | {"is_main"}


class ContactFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        kept = [form.cleaned_data for form in self.forms if hasattr(form, "cleaned_data") and form.cleaned_data]
        kept = [said for said in kept if not said.get("DELETE")]
        if sum(bool(said.get("is_main")) for said in kept) > 1:
            raise forms.ValidationError(_("Only one of them can be the main contact."))
        emails = [said["email"].casefold() for said in kept if said.get("email")]
        if len(emails) != len(set(emails)):
            raise forms.ValidationError(_("The same e-mail address stands there twice."))


class ContactInline(admin.TabularInline):
    model = Contact
    form = ContactForm
    formset = ContactFormSet
    extra = 0
    verbose_name_plural = gettext_lazy("People")


class NoteForm(forms.ModelForm):
    class Meta:
        model = AdvertiserNote
        fields = ["text"]
        widgets = {"text": forms.Textarea({"rows": 3, "dir": "auto", "class": "vLargeTextField"})}


class MergeForm(forms.Form):
    other = forms.ModelChoiceField(Advertiser.objects.current(), label=gettext_lazy("The other entry of the same firm"))

    def __init__(self, *args: Any, kept: Advertiser, site: admin.AdminSite, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = kept
        field = AdRequest._meta.get_field("advertiser")
        self.fields["other"].widget = AutocompleteSelect(field, site, choices=self.fields["other"].choices)
        self.fields["other"].widget.attrs["data-width"] = "100%"

    def clean_other(self) -> Advertiser:
        other = self.cleaned_data["other"]
        if why := merging.refusal(self.kept, other):
            raise forms.ValidationError(why)
        return other


@admin.register(Advertiser)
class AdvertiserAdmin(AdvertiserListMixin, admin.ModelAdmin):
    change_form_template = "admin/ads/advertiser/change_form.html"
    inlines = [ContactInline]
    fieldsets = [
        (None, {"fields": ["company", "email", "website", "country", "industry", "no_reminders"]}),
        (gettext_lazy("Invoices"), {"fields": ["billing_name", "billing_address", "tax_id"]}),
    ]
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https"},
        models.TextField: {"widget": forms.Textarea({"rows": 3, "dir": "auto"})},
    }

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/note/", wrap(self.note), name="ads_advertiser_note"),
            path("<int:pk>/merge/", wrap(self.merge), name="ads_advertiser_merge"),
            path("<int:pk>/export/", wrap(self.export), name="ads_advertiser_export"),
            *super().get_urls(),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Advertiser | None = None) -> bool:
        # What was sold to it stays on record; the same firm twice is merged.
        return False

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context=None):
        """A merged entry leads to the one that is kept."""
        if object_id.isdecimal() and (firm := Advertiser.objects.filter(pk=object_id).first()) and firm.merged_into_id:
            if not self.has_view_permission(request):
                raise PermissionDenied
            messages.info(request, _("%(company)s was merged into this entry.") % {"company": firm.company})
            return redirect("admin:ads_advertiser_change", firm.merged_into_id)
        return super().change_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self, request: HttpRequest, context, add=False, change=False, form_url="", obj: Advertiser | None = None
    ):
        if obj:
            page = request.GET.get("page", "")
            context["dealings"] = dealings = records.dealings([obj.pk])[obj.pk]
            context["value"] = amounts(dealings.value)
            deals = obj.requests.filter(status__in=records.OPEN, suspected="").order_by("-received_at")
            context["open_deals"] = deals[:DEALS_SHOWN]
            context["notes"] = obj.entries.filter(kind=AdvertiserNote.Kind.NOTE).select_related("author")[:50]
            context["note_form"] = NoteForm(auto_id="note-%s")
            context["history"] = records.history(obj, page=int(page) if page.isdecimal() and len(page) < 4 else 1)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def note(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("ads.add_advertisernote"):
            raise PermissionDenied
        firm, form = get_object_or_404(Advertiser, pk=pk), NoteForm(request.POST)
        if form.is_valid():
            records.write_note(firm, form.cleaned_data["text"], by=request.user, at=timezone.now())
            messages.success(request, _("Written down."))
        else:
            messages.error(request, _("The note was empty or too long, so nothing was written down."))
        return redirect(reverse("admin:ads_advertiser_change", args=[pk]) + "#notes")

    def merge(self, request: HttpRequest, pk: int) -> HttpResponse:
        """First which one, then what would move, then the verb."""
        if not request.user.has_perm("ads.merge_advertiser"):
            raise PermissionDenied
        kept = get_object_or_404(Advertiser.objects.current(), pk=pk)
        form = MergeForm(request.POST or None, kept=kept, site=self.admin_site)
        other = form.cleaned_data["other"] if form.is_valid() else None
        if other and "sure" in request.POST:
            try:
                merging.merge(other, into=kept, by=request.user, at=timezone.now())
            except merging.MergeRefused as refused:
                messages.error(request, str(refused))
            else:
                messages.success(request, _("%(company)s was merged into this entry.") % {"company": other.company})
            return redirect("admin:ads_advertiser_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": kept,
            "title": _("Merge another entry into %(company)s") % {"company": kept.company},
            "form": form,
            "media": self.media + form.media,
            "other": other,
            "weight": merging.weight(other) if other else [],
        }
        return TemplateResponse(request, "admin/ads/advertiser/merge.html", context)

    def export(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return exports.one_advertiser(request, get_object_or_404(Advertiser, pk=pk))
