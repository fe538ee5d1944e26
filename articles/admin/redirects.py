from django.contrib import admin
from django.utils.translation import gettext_lazy

from ..models import Redirect


@admin.register(Redirect)
class RedirectAdmin(admin.ModelAdmin):
    if_empty = gettext_lazy("No address leads elsewhere. One is added by itself when a story's address changes.")
    list_display = ["old_path", "article", "new_path", "created_at"]
    list_select_related = ["article"]
    search_fields = ["old_path", "new_path"]
    autocomplete_fields = ["article"]
    show_full_result_count = False
