from django.urls import path

from .views import availability, deal, deal_waiting, partners, waiting

app_name = "ads"
urlpatterns = [
    path("", partners.rate_card, name="rate_card"),
    path("request/", partners.request_form, name="request"),
    path("request/<slug:reference>/", partners.received, name="received"),
    path("free/", availability.free, name="availability"),
    path("free/wait/done/", waiting.done, name="wait_done"),
    path("free/wait/<slug:code>/<str:day>/", waiting.wait, name="wait"),
    path("free/leave/<str:token>/", waiting.leave, name="wait_leave"),
    path("deal/<str:token>/", deal.show, name="deal"),
    path("deal/<str:token>/wait/<slug:code>/", deal_waiting.wait, name="deal_wait"),
    path("deal/<str:token>/wait/<int:number>/leave/", deal_waiting.leave, name="deal_unwait"),
]
