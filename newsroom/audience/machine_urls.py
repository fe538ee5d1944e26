"""What mail programs, mail providers and links in mails call; the same in every language."""

from django.urls import path

from .views import clicks

app_name = "post"
urlpatterns = [path("n/<str:token>", clicks.click, name="click")]
