"""What mail programs, mail providers and links in mails call; the same in every language."""

from django.urls import path

from .views import clicks, hooks

app_name = "post"
urlpatterns = [
    path("n/<str:token>", clicks.click, name="click"),
    path("hooks/mail/<slug:provider>/", hooks.mail, name="hook"),
]
