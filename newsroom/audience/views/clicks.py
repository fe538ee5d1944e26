from django.http import Http404, HttpRequest, HttpResponse


def click(request: HttpRequest, **parts: str) -> HttpResponse:
    raise Http404
