"""Putting the list of first steps away."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from .. import first_run


@require_POST
def put_away(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(first_run.HIRING):
        raise PermissionDenied
    first_run.put_away(by=request.user, at=timezone.now())
    return redirect("admin:index")
