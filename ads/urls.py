from django.urls import path

from articles import converters  # noqa: F401  (registers `count`)

from .views import deal, deal_post, partners

app_name = "ads"
urlpatterns = [
    path("", partners.rate_card, name="rate_card"),
    path("request/", partners.request_form, name="request"),
    path("request/<slug:reference>/", partners.received, name="received"),
    path("deal/<str:token>/", deal.show, name="deal"),
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
