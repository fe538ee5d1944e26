from django.contrib import admin

from ..models import Redirect


@admin.register(Redirect)
class RedirectAdmin(admin.ModelAdmin):
    list_display = ["old_path", "article", "new_path", "created_at"]
    list_select_related = ["article"]
    search_fields = ["old_path", "new_path"]
    autocomplete_fields = ["article"]
    show_full_result_count = False
