from django.contrib import admin
from django.http import HttpRequest

from ..editor import NoncedMediaMixin, PictureWidget
from ..models import Author, Section, Tag


@admin.register(Section)
class SectionAdmin(admin.ModelAdmin):
    view_on_site = False
    list_display = ["name", "language", "parent", "order", "is_active"]
    list_filter = ["language"]
    list_select_related = ["parent"]
    list_editable = ["order"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    view_on_site = False
    list_display = ["name", "language", "slug"]
    list_filter = ["language"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    show_full_result_count = False


@admin.register(Author)
class AuthorAdmin(NoncedMediaMixin, admin.ModelAdmin):
    view_on_site = False
    list_display = ["name", "role", "user", "is_newsroom"]
    list_select_related = ["user"]
    search_fields = ["name", "name_ar"]
    prepopulated_fields = {"slug": ["name"]}

    def formfield_for_foreignkey(self, db_field, request: HttpRequest, **kwargs):
        if db_field.name == "photo":
            kwargs["widget"] = PictureWidget()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
