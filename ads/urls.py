from django.urls import path

from .views import deal, lost_link, partners

app_name = "ads"
urlpatterns = [
    path("", partners.rate_card, name="rate_card"),
    path("request/", partners.request_form, name="request"),
    path("request/<slug:reference>/", partners.received, name="received"),
    path("link/", lost_link.lost_link, name="lost_link"),
    path("link/sent/", lost_link.lost_link_sent, name="lost_link_sent"),
    path("deal/<str:token>/", deal.show, name="deal"),
    path("deal/<str:token>/ask/", deal.ask, name="deal_ask"),
    path("deal/<str:token>/renew/", deal.renew, name="deal_renew"),
]
