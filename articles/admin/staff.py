from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import User


@admin.register(User)
class StaffAdmin(UserAdmin):
    """Publishers hire: they give a login and its groups. What makes an operator stays with operators."""

    list_display = ["username", "first_name", "last_name", "is_active", "last_login"]
    list_filter = ["is_active", "groups"]

    def get_queryset(self, request: HttpRequest):
        staff = super().get_queryset(request)
        return staff if request.user.is_superuser else staff.filter(is_superuser=False)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None):
        if obj is None or request.user.is_superuser:
            return super().get_fieldsets(request, obj)
        return [
            (None, {"fields": ["username", "password"]}),
            (_("Person"), {"fields": ["first_name", "last_name", "email"]}),
            (_("What they may do"), {"fields": ["is_active", "is_staff", "groups"]}),
        ]
