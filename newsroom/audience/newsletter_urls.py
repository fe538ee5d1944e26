"""The pages of newsletters for readers."""

from django.urls import path

from .views import issues, subscribing

app_name = "newsletters"
urlpatterns = [
    path("", subscribing.sign_up, name="sign_up"),
    path("asked/", subscribing.asked, name="asked"),
    path("confirm/<str:token>/", subscribing.confirm, name="confirm"),
    path("mine/<str:token>/", subscribing.preferences, name="preferences"),
    path("leave/<str:token>/<slug:slug>/", subscribing.unsubscribe, name="unsubscribe"),
    path("<slug:slug>/<count:number>/", issues.issue, name="issue"),
]
