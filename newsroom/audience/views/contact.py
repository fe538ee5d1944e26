from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from articles.public_forms import TRIED_PER_HOUR, over_limit, public_post

from .. import inbox
from ..forms import ContactForm


@public_post
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "audience/contact.html", {"form": ContactForm()})
    form = ContactForm(request.POST)
    is_too_much = over_limit("contact-tried", request, limit=TRIED_PER_HOUR)
    if is_too_much or (form.is_valid() and over_limit("contact", request)):
        form.add_error(None, _("Many messages came from your network in the last hour. Please try again later."))
        return render(request, "audience/contact.html", {"form": form}, status=429)
    if not form.is_valid():
        return render(request, "audience/contact.html", {"form": form}, status=403 if form.is_forged else 400)
    data = form.cleaned_data
    inbox.receive(
        reason=data["reason"],
        name=data["name"],
        email=data["email"],
        text=data["message"],
        form_key=form.form_key,
        language=get_language() or "en",
        suspicion=form.suspicion,
        at=timezone.now(),
    )
    return redirect("message_sent")


@require_safe
def message_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "audience/message_sent.html")
