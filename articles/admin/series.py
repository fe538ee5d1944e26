from django.contrib import admin
from django.utils.translation import gettext_lazy

from ..models import Series


@admin.register(Series)
class SeriesAdmin(admin.ModelAdmin):
    if_empty = gettext_lazy("There is no series yet. A series leads readers through stories in their order.")
    view_on_site = False
    list_display = ["title", "language", "slug"]
    list_filter = ["language"]
    search_fields = ["title"]
    prepopulated_fields = {"slug": ["title"]}
