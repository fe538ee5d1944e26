"""What mail programs, mail providers and links in mails call; the same in every language."""

from django.urls import URLPattern

app_name = "post"
urlpatterns: list[URLPattern] = []
