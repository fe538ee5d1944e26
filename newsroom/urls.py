from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from ads.views.machines import ads_txt
from articles.views.media import media

from .audience.views.contact import contact, message_sent
from .views import health, icons, manifest, pages, place, styleguide

handler400 = "newsroom.views.pages.bad_request"
handler403 = "newsroom.views.pages.forbidden"
handler404 = "newsroom.views.pages.not_found"
handler500 = "newsroom.views.pages.server_error"

urlpatterns = [
    path("livez", health.alive, name="livez"),
    path("readyz", health.ready, name="readyz"),
    path("ads.txt", ads_txt, name="ads_txt"),
    path("icon-<count:size>.png", icons.icon, name="icon"),
    path("s/place/<str:token>", place.place, name="place"),
    path("s/", include("ads.delivery_urls")),
    path("media/<path:path>", media, name="media"),
    path("api/v1/", include("articles.api_urls")),
    path("", include("articles.machine_urls")),
    path("", include("newsroom.audience.machine_urls")),
    *i18n_patterns(
        path("", pages.front_page, name="front_page"),
        path("site.webmanifest", manifest.manifest, name="manifest"),
        path("admin/", admin.site.urls),
        path("lite/", pages.lite_front, name="lite_front"),
        path("styleguide/", styleguide.show, name="styleguide"),
        path("contact/", contact, name="contact"),
        path("contact/sent/", message_sent, name="message_sent"),
        path("newsletter/", include("newsroom.audience.newsletter_urls")),
        path("partners/", include("ads.urls")),
        path("", include("articles.feed_urls")),
        path("", include("articles.urls")),
        prefix_default_language=False,
    ),
]
