"""Word lists in the admin, and a text to try them on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import word_lists
from ..models import Booking, Targeting, WordList

# A page carries the numbers of the lists that it has words of, and its key has an end.
MOST_LISTS = 100


class WordListForm(forms.ModelForm):
    class Meta:
        model = WordList
        fields = ["name", "words", "is_for_all"]
        widgets = {"words": forms.Textarea({"rows": 16, "dir": "auto", "class": "vLargeTextField"})}
        help_texts = {
            "words": gettext_lazy(
                "One word or phrase a line, in English or Arabic, at most eight words each. Only whole words are "
                "found, whatever their capitals, accents and vowel signs; an Arabic word also behind its article and "
                "behind “and”, “with”, “for” and the like."
            )
        }

    def clean_words(self) -> str:
        lines: dict[str, str] = {}
        for line in self.cleaned_data["words"].splitlines():
            line = " ".join(line.split())
            words = word_lists.words_of(line)
            if not line:
                continue
            if not words or len(words) > word_lists.MOST_WORDS or max(map(len, words)) >= word_lists.MOST_LETTERS:
                raise forms.ValidationError(
                    _("“%(line)s” is no word or phrase of at most %(most)d words. Change or remove this line."),
                    params={"line": line[:60], "most": word_lists.MOST_WORDS},
                )
            lines.setdefault(" ".join(words), line)
        return "\n".join(lines.values())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.instance.pk and WordList.objects.count() >= MOST_LISTS:
            raise forms.ValidationError(
                _("There are %(most)d lists, the most there can be."), params={"most": MOST_LISTS}
            )
        return data


class TryForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=200_000,
        widget=forms.Textarea({"rows": 12, "dir": "auto", "class": "vLargeTextField"}),
    )


@admin.register(WordList)
class WordListAdmin(admin.ModelAdmin):
    if_empty = gettext_lazy(
        "There is no word list, and no story is kept from any advertiser. A list does nothing until a booking keeps "
        "away from it, or you say that no advertising at all stands beside it."
    )
    form = WordListForm
    change_list_template = "admin/ads/wordlist/change_list.html"
    list_display = ["name", "how_many", "is_for_all", "used"]
    search_fields = ["name", "words"]
    list_per_page = 50
    show_full_result_count = False
    actions = None  # nothing is deleted from a list

    def get_queryset(self, request: HttpRequest):
        of_list = Targeting.not_words.through.objects.filter(wordlist=OuterRef("pk")).order_by()  # type: ignore[attr-defined]
        count = of_list.values("wordlist").annotate(count=Count("pk")).values("count")
        return super().get_queryset(request).annotate(bookings=Coalesce(Subquery(count), 0))

    def get_urls(self):
        return [path("try/", self.admin_site.admin_view(self.try_text), name="ads_wordlist_try"), *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: WordList | None = None):
        return ["used"] if obj else []

    def get_fields(self, request: HttpRequest, obj: WordList | None = None):
        return ["name", "words", "is_for_all", *(["used"] if obj else [])]

    def has_delete_permission(self, request: HttpRequest, obj: WordList | None = None) -> bool:
        # An advertiser who wants to keep away from it would be beside it without anybody's decision.
        return super().has_delete_permission(request, obj) and not (obj and _running(obj))

    def changelist_view(self, request: HttpRequest, extra_context=None):
        # By nobody's default: a name to begin with, and no words in it.
        first = _("Violence and disasters")
        return super().changelist_view(request, {"first_list": first, **(extra_context or {})})

    def try_text(self, request: HttpRequest) -> HttpResponse:
        """Which lists have words of a text. Nothing of it is kept."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = TryForm(request.POST if request.method == "POST" else None)
        rows = None
        if form.is_valid():
            lists = list(WordList.objects.all())
            found = word_lists.words_found(form.cleaned_data["text"], [word_lists.Words.of(one) for one in lists])
            rows = [(one, found[one.pk]) for one in lists if one.pk in found]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Try a text"),
            "form": form,
            "rows": rows,
        }
        return TemplateResponse(request, "admin/ads/wordlist/try.html", context, status=400 if form.errors else 200)

    @admin.display(description=gettext_lazy("Number of words"))
    def how_many(self, obj: WordList) -> int:
        return len(obj.words.splitlines())

    @admin.display(description=gettext_lazy("Bookings that keep away from it"))
    def used(self, obj: WordList) -> int:
        return obj.bookings  # type: ignore[attr-defined]  # get_queryset


def _running(word_list: WordList) -> bool:
    """Whether a booking that runs or will run keeps away from it."""
    today = timezone.localdate()
    return Booking.objects.filter(
        targeting__not_words=word_list, status=Booking.Status.BOOKED, last_day__gte=today
    ).exists()
