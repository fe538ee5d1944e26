from django.urls import path

from .views import deal, deal_quote, partners

app_name = "ads"
urlpatterns = [
    path("", partners.rate_card, name="rate_card"),
    path("request/", partners.request_form, name="request"),
    path("request/<slug:reference>/", partners.received, name="received"),
    path("deal/<str:token>/", deal.show, name="deal"),
    path("deal/<str:token>/accept/<int:version>/", deal_quote.accept, name="quote_accept"),
]
