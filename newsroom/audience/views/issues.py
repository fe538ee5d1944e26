from django.http import Http404, HttpRequest, HttpResponse


def issue(request: HttpRequest, **parts: str) -> HttpResponse:
    raise Http404
