"""The front page in the admin: one entry that opens its desk. Editions are made there and nowhere else.

The brand stands in a module of its own."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.urls import path

from . import activity as activity  # registers its list
from . import brand_screen  # noqa: F401 - registers the brand
from .models import FrontEdition
from .views.front_desk import desk_urls, start


@admin.register(FrontEdition)
class FrontEditionAdmin(admin.ModelAdmin):
    def get_urls(self):
        """The desk, and none of Django's pages for one edition: nobody changes or deletes what readers had."""
        first = path("", self.admin_site.admin_view(start), name="newsroom_frontedition_changelist")
        return [first, *desk_urls(self.admin_site)]

    def has_view_permission(self, request: HttpRequest, obj: FrontEdition | None = None) -> bool:
        return request.user.has_perm("newsroom.edit_front_page")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
