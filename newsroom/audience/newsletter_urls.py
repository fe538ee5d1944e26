"""The pages of newsletters for readers."""

from django.urls import path

from .views import issues, subscribing

app_name = "newsletters"
urlpatterns = [
    path("", subscribing.sign_up, name="sign_up"),
    path("asked/", subscribing.asked, name="asked"),
    path("confirm/<str:token>/", subscribing.confirm, name="confirm"),
    path("mine/<str:token>/", subscribing.preferences, name="preferences"),
    path("mine/<str:token>/known.json", subscribing.known, name="known"),
    path("mine/<str:token>/forget/", subscribing.forget, name="forget"),
    path("mine/<str:token>/address/", subscribing.new_address, name="new_address"),
    path("link/", subscribing.lost_link, name="lost_link"),
    path("address/<str:token>/", subscribing.take_address, name="address"),
    path("gone/", subscribing.forgotten, name="forgotten"),
    path("leave/<str:token>/<slug:slug>/", subscribing.unsubscribe, name="unsubscribe"),
    path("<slug:slug>/<count:number>/", issues.issue, name="issue"),
]
