from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from ..editor import NoncedMediaMixin, PictureWidget
from ..models import Author, Section, Tag


@admin.register(Section)
class SectionAdmin(admin.ModelAdmin):
    if_empty = gettext_lazy("There is no section yet. Every story stands in one, so add the first.")
    view_on_site = False
    list_display = ["name", "language", "parent", "order", "is_active"]
    list_filter = ["language"]
    list_select_related = ["parent"]
    list_editable = ["order"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    if_empty = gettext_lazy("There is no tag yet. Tags lead readers from a story to others about the same thing.")
    view_on_site = False
    list_display = ["name", "language", "slug"]
    list_filter = ["language"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    show_full_result_count = False


@admin.register(Author)
class AuthorAdmin(NoncedMediaMixin, admin.ModelAdmin):
    if_empty = gettext_lazy("There is no author yet. Bylines name authors; add the newsroom itself as one, too.")
    view_on_site = False
    list_display = ["name", "role", "user", "is_newsroom"]
    list_select_related = ["user"]
    search_fields = ["name", "name_ar"]
    prepopulated_fields = {"slug": ["name"]}

    def formfield_for_foreignkey(self, db_field, request: HttpRequest, **kwargs):
        if db_field.name == "photo":
            kwargs["widget"] = PictureWidget()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
