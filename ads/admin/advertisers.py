from django.contrib import admin
from django.db import models

from ..models import Advertiser


@admin.register(Advertiser)
class AdvertiserAdmin(admin.ModelAdmin):
    list_display = ["company", "contact_name", "email", "country", "created_at"]
    list_filter = ["created_at"]
    search_fields = ["company", "contact_name", "email"]
    show_full_result_count = False
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
