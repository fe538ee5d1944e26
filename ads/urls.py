from django.urls import path

from .views import deal, deal_papers, partners

app_name = "ads"
urlpatterns = [
    path("", partners.rate_card, name="rate_card"),
    path("request/", partners.request_form, name="request"),
    path("request/<slug:reference>/", partners.received, name="received"),
    path("deal/<str:token>/", deal.show, name="deal"),
    path("deal/<str:token>/quote-<int:version>.pdf", deal_papers.quote_paper, name="quote_paper"),
    path("deal/<str:token>/<slug:number>.pdf", deal_papers.invoice_paper, name="invoice_paper"),
]
