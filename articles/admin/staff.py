from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import User

# Made by newsroom/migrations/0001_groups.py. Other groups are an operator's to make and to give.
GROUPS = ("Reporter", "Editor", "Ad manager", "Publisher")


@admin.register(User)
class StaffAdmin(UserAdmin):
    """Publishers hire: they give a login and its groups. What makes an operator stays with operators."""

    list_display = ["username", "first_name", "last_name", "is_active", "last_login"]
    list_filter = ["is_active", "groups"]

    def get_queryset(self, request: HttpRequest):
        staff = super().get_queryset(request)
        if request.user.is_superuser:
            return staff
        # Whoever may more than the four groups is out of reach, or a new password would hand that over.
        operators = Group.objects.exclude(name__in=GROUPS)
        return staff.filter(is_superuser=False, user_permissions=None).exclude(groups__in=operators)

    def formfield_for_manytomany(self, db_field, request: HttpRequest, **kwargs):
        if db_field.name == "groups" and not request.user.is_superuser:
            kwargs["queryset"] = Group.objects.filter(name__in=GROUPS)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form, change: bool) -> None:
        """Who gets an account here works here: a login to the admin, until somebody takes it away."""
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None):
        if obj is None or request.user.is_superuser:
            return super().get_fieldsets(request, obj)
        return [
            (None, {"fields": ["username", "password"]}),
            (_("Person"), {"fields": ["first_name", "last_name", "email"]}),
            (_("What they may do"), {"fields": ["is_active", "is_staff", "groups"]}),
        ]
