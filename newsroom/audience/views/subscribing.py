from django.http import Http404, HttpRequest, HttpResponse


def sign_up(request: HttpRequest, **parts: str) -> HttpResponse:
    raise Http404


def asked(request: HttpRequest, **parts: str) -> HttpResponse:
    raise Http404


def confirm(request: HttpRequest, **parts: str) -> HttpResponse:
    raise Http404


def preferences(request: HttpRequest, **parts: str) -> HttpResponse:
    raise Http404


def unsubscribe(request: HttpRequest, **parts: str) -> HttpResponse:
    raise Http404
