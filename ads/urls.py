from django.urls import path

from articles import converters  # noqa: F401  (registers `count`)

from .views import (
    availability,
    counting,
    deal,
    deal_artwork,
    deal_papers,
    deal_post,
    deal_quote,
    deal_report,
    deal_waiting,
    lost_link,
    partners,
    rate_card,
    waiting,
)

app_name = "ads"
urlpatterns = [
    path("", rate_card.rate_card, name="rate_card"),
    path("rate-card.pdf", rate_card.rate_card_paper, name="rate_card_paper"),
    path("request/", partners.request_form, name="request"),
    path("request/<slug:reference>/", partners.received, name="received"),
    path("free/", availability.free, name="availability"),
    path("free/wait/done/", waiting.done, name="wait_done"),
    path("free/wait/<slug:code>/<str:day>/", waiting.wait, name="wait"),
    path("free/leave/<str:token>/", waiting.leave, name="wait_leave"),
    path("counting/", counting.how_we_count, name="counting"),
    path("link/", lost_link.lost_link, name="lost_link"),
    path("link/sent/", lost_link.lost_link_sent, name="lost_link_sent"),
    path("deal/<str:token>/", deal.show, name="deal"),
    path("deal/<str:token>/ask/", deal.ask, name="deal_ask"),
    path("deal/<str:token>/renew/", deal.renew, name="deal_renew"),
    path("deal/<str:token>/report.csv", deal_report.table, name="deal_report_table"),
    path("deal/<str:token>/report.pdf", deal_report.paper, name="deal_report_paper"),
    path("deal/<str:token>/report/stop/", deal_report.stop, name="deal_report_stop"),
    path("deal/<str:token>/report/resume/", deal_report.resume, name="deal_report_resume"),
    path("deal/<str:token>/wait/<slug:code>/", deal_waiting.wait, name="deal_wait"),
    path("deal/<str:token>/wait/<int:number>/leave/", deal_waiting.leave, name="deal_unwait"),
    path("deal/<str:token>/accept/<int:version>/", deal_quote.accept, name="quote_accept"),
    path("deal/<str:token>/quote-<int:version>.pdf", deal_papers.quote_paper, name="quote_paper"),
    path("deal/<str:token>/<slug:number>.pdf", deal_papers.invoice_paper, name="invoice_paper"),
    path("deal/<str:token>/artwork/<int:pk>/", deal_artwork.send, name="deal_artwork"),
    path("deal/<str:token>/artwork/<int:pk>/<slug:which>/", deal_artwork.file, name="deal_artwork_file"),
    path("deal/<str:token>/post/<count:line>/<count:number>/file/", deal_post.file, name="deal_post_file"),
    path("deal/<str:token>/post/<count:line>/<count:number>/brief/", deal_post.brief, name="deal_post_brief"),
    path("deal/<str:token>/post/<count:line>/<count:number>/approve/", deal_post.approve, name="deal_post_approve"),
    path("deal/<str:token>/post/<count:line>/<count:number>/say/", deal_post.say, name="deal_post_say"),
    path("deal/<str:token>/post/<count:line>/<count:number>/text/", deal_post.text, name="deal_post_text"),
    path(
        "deal/<str:token>/post/<count:line>/<count:number>/media/<path:path>",
        deal_post.picture,
        name="deal_post_picture",
    ),
]
