from django.contrib import admin

from ..models import Series


@admin.register(Series)
class SeriesAdmin(admin.ModelAdmin):
    view_on_site = False
    list_display = ["title", "language", "slug"]
    list_filter = ["language"]
    search_fields = ["title"]
    prepopulated_fields = {"slug": ["title"]}
