from django.urls import path

from .views import deal, deal_artwork, partners

app_name = "ads"
urlpatterns = [
    path("", partners.rate_card, name="rate_card"),
    path("request/", partners.request_form, name="request"),
    path("request/<slug:reference>/", partners.received, name="received"),
    path("deal/<str:token>/", deal.show, name="deal"),
    path("deal/<str:token>/artwork/<int:pk>/", deal_artwork.send, name="deal_artwork"),
    path("deal/<str:token>/artwork/<int:pk>/<slug:which>/", deal_artwork.file, name="deal_artwork_file"),
]
