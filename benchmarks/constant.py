"""The site, and beside it a view that returns a constant, with the middleware that every page has."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def constant(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"constant")


application = get_wsgi_application()

from newsroom import urls  # noqa: E402  (once Django is set up)

urlpatterns = [path("constant", constant), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
settings.ROOT_URLCONF = "benchmarks.constant"
