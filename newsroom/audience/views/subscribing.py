"""Newsletters for readers: asked for, confirmed, changed and left, without an account.

What a GET shows, a POST does: programs that look into mails follow links and press no button. The answer to a typed
address is the same whoever it belongs to. Pages behind a reader's link are stored, indexed and told to nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.models import Brand
from articles.public_forms import (
    FILLED_HIDDEN,
    TRIED_PER_HOUR,
    PublicForm,
    network,
    over_limit,
    public_post,
    same_site,
)
from articles.views.previews import PRIVATE

from .. import known as on_file
from .. import letters, links, subscribing
from ..models import Newsletter, Subscriber
from ..subscribing import Refused, TooLate, Where
from ..subscribing_forms import LinkForm, NewAddressForm, PreferencesForm, SignUpForm

# What a mail program sends (RFC 8058).
ONE_CLICK = ("List-Unsubscribe", "One-Click")


def _where(request: HttpRequest, page: str) -> Where:
    return Where(source=page, network=network(request))


def _sentence(newsletters: list[Newsletter] | tuple[Newsletter, ...]) -> str:
    """What a reader agrees to, as it stands above the button and is kept."""
    names = _(", ").join(one.name for one in newsletters)
    site = Brand.current().said("name", get_language() or "en")
    return _("I want these newsletters of %(site)s by e-mail: %(names)s. I can leave at any time.") % {
        "site": site,
        "names": names,
    }


# Strangers.


@public_post
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Also where the form that stands on other pages leads: it has no key, as those pages are the same for everybody,
    and so what was typed into it is shown again, with the boxes to tick."""
    if request.method != "POST":
        return render(request, "audience/newsletters.html", {"form": SignUpForm()})
    if "key" not in request.POST:
        typed = request.POST.get("email", "").replace("\0", "")[:254]
        form = SignUpForm(initial={"email": typed})
        return render(request, "audience/newsletters.html", {"form": form, "is_second_step": True})
    form = SignUpForm(request.POST)
    if busy := _too_many(request, form, "newsletter"):
        return render(request, "audience/newsletters.html", {"form": form}, status=busy)
    if not form.is_valid():
        return render(request, "audience/newsletters.html", {"form": form}, status=403 if form.is_forged else 400)
    wish = form.wish()
    subscribing.sign_up(
        form.cleaned_data["email"],
        wish,
        said=_sentence(wish.newsletters),
        where=_where(request, request.path),
        suspicion=_suspicion(form),
        by=None,
        at=timezone.now(),
    )
    return redirect("newsletters:asked")


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """The same for everybody, whatever was known of the address."""
    return render(request, "audience/newsletter_asked.html")


@public_post
@require_http_methods(["GET", "HEAD", "POST"])
def lost_link(request: HttpRequest) -> HttpResponse:
    form = LinkForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "audience/newsletter_link.html", {"form": form})
    if busy := _too_many(request, form, "newsletter-link"):
        return render(request, "audience/newsletter_link.html", {"form": form}, status=busy)
    if not form.is_valid():
        status = 403 if form.is_forged else 400
        return render(request, "audience/newsletter_link.html", {"form": form}, status=status)
    if not _suspicion(form):
        subscribing.send_link(form.cleaned_data["email"], at=timezone.now())
    return redirect("newsletters:asked")


def _too_many(request: HttpRequest, form: PublicForm, name: str) -> int:
    """429 with the reason in the form, where a network or all of them together ask too much. 0 where not."""
    if over_limit(f"{name}-tried", request, limit=TRIED_PER_HOUR) or (form.is_valid() and over_limit(name, request)):
        form.add_error(None, _("Many requests came from your network in the last hour. Please try again later."))
        return 429
    if form.is_valid() and letters.is_busy(timezone.now()):
        form.add_error(None, _("Very many people sign up at this moment. Please try again in an hour."))
        return 429
    return 0


def _suspicion(form: PublicForm) -> str:
    """Of the two signs only the hidden field: who comes from the short form on another page has little left to type."""
    return form.suspicion if form.suspicion == FILLED_HIDDEN else ""


# Readers, by their link.


View = Callable[..., HttpResponse]


def _with_link(find: Callable[[str], Subscriber | None]) -> Callable[[View], View]:
    """For pages behind a token, whose reader is found so: 404 with a way to another link, nothing from other sites,
    nothing kept."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def wrapped(request: HttpRequest, token: str, **parts) -> HttpResponse:
            if request.method == "POST" and not same_site(request, has_secret_address=True):
                raise PermissionDenied
            subscriber = find(token)
            response = view(request, subscriber, token, **parts) if subscriber else _dead(request)
            return _private(response)

        return wrapped

    return decorate


def _private(response: HttpResponse) -> HttpResponse:
    for name, value in PRIVATE.items():
        response[name] = value
    return response


def _dead(request: HttpRequest) -> HttpResponse:
    return render(request, "audience/newsletter_dead.html", status=404)


@_with_link(links.find)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, subscriber: Subscriber, token: str) -> HttpResponse:
    at = timezone.now()
    sentence = _sentence(list(subscriber.newsletters.all()))
    context = {"subscriber": subscriber, "token": token, "sentence": sentence}
    if request.method == "POST" and "again" in request.POST:
        try:
            subscribing.ask_again(subscriber, by=None, at=at)
        except Refused as refusal:
            return render(request, "audience/newsletter_confirm.html", context | {"refusal": refusal}, status=409)
        return redirect("newsletters:asked")
    try:
        if request.method == "POST":
            subscribing.confirm(subscriber, said=sentence, where=_where(request, "confirm"), by=None, at=at)
            subscriber.refresh_from_db()
        elif subscriber.state == Subscriber.State.PENDING and not subscribing.is_open(subscriber, at=at):
            raise TooLate(_("This link was good for seven days."))
    except Refused as refusal:
        context |= {"refusal": refusal, "is_late": isinstance(refusal, TooLate)}
        return render(request, "audience/newsletter_confirm.html", context, status=410)
    return render(request, "audience/newsletter_confirm.html", context)


@_with_link(links.find)
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, subscriber: Subscriber, token: str) -> HttpResponse:
    if subscriber.state == Subscriber.State.PENDING:
        return redirect("newsletters:confirm", token)
    context = {"subscriber": subscriber, "token": token, "address_form": NewAddressForm()}
    if request.method != "POST":
        form = PreferencesForm(subscriber=subscriber)
        return render(request, "audience/newsletter_mine.html", context | {"form": form})
    at, where = timezone.now(), _where(request, "mine")
    if "leave" in request.POST:
        subscribing.leave(subscriber, where=where, by=None, at=at)
        return _mine(request, subscriber, token, _("You get no newsletters any more."))
    form = PreferencesForm(request.POST, subscriber=subscriber)
    if not form.is_valid():
        return render(request, "audience/newsletter_mine.html", context | {"form": form}, status=400)
    wish = form.wish()
    try:
        subscribing.choose(subscriber, wish, said=_sentence(wish.newsletters), where=where, by=None, at=at)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return render(request, "audience/newsletter_mine.html", context | {"form": form}, status=409)
    return _mine(request, subscriber, token, _("Saved. It holds from the next mail on."))


def _mine(request: HttpRequest, subscriber: Subscriber, token: str, done: str) -> HttpResponse:
    """The page again, as things stand now. Without a redirect: no cookie could carry the sentence over one."""
    subscriber = Subscriber.objects.get(pk=subscriber.pk)
    context = {
        "subscriber": subscriber,
        "token": token,
        "form": PreferencesForm(subscriber=subscriber),
        "address_form": NewAddressForm(),
        "done": done,
    }
    return render(request, "audience/newsletter_mine.html", context)


@_with_link(links.find)
@require_POST
def new_address(request: HttpRequest, subscriber: Subscriber, token: str) -> HttpResponse:
    form = NewAddressForm(request.POST)
    refusal, status = "", 400
    if over_limit("newsletter-address", request) or letters.is_busy(timezone.now()):
        form.add_error(None, _("Many requests came from your network in the last hour. Please try again later."))
        status = 429
    if form.is_valid():
        try:
            where = _where(request, "mine")
            subscribing.ask_new_address(subscriber, form.cleaned_data["email"], where=where, at=timezone.now())
        except Refused as error:
            refusal, status = str(error), 409
        else:
            return _mine(request, subscriber, token, _("A mail is on its way to the new address. It has a link."))
    if refusal:
        form.add_error("email", refusal)
    context = {
        "subscriber": subscriber,
        "token": token,
        "form": PreferencesForm(subscriber=subscriber),
        "address_form": form,
    }
    return render(request, "audience/newsletter_mine.html", context, status=status)


@_with_link(links.find_new_address)
@require_http_methods(["GET", "HEAD", "POST"])
def take_address(request: HttpRequest, subscriber: Subscriber, token: str) -> HttpResponse:
    context, status = {"subscriber": subscriber, "email": subscriber.new_email}, 200
    if request.method == "POST":
        try:
            where = _where(request, "address")
            subscribing.take_new_address(subscriber, where=where, at=timezone.now())
        except Refused as refusal:
            context["refusal"], status = refusal, 410 if isinstance(refusal, TooLate) else 409
        else:
            context["mine"] = links.preferences_url(subscriber).removeprefix(settings.SITE_URL)
    return render(request, "audience/newsletter_address.html", context, status=status)


@_with_link(links.find)
@require_POST
def known(request: HttpRequest, subscriber: Subscriber, token: str) -> HttpResponse:
    """What is on file of them, as a file."""
    response = JsonResponse(
        on_file.known(subscriber, at=timezone.now()), json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    response["Content-Disposition"] = 'attachment; filename="newsletters.json"'
    return response


@_with_link(links.find)
@require_http_methods(["GET", "HEAD", "POST"])
def forget(request: HttpRequest, subscriber: Subscriber, token: str) -> HttpResponse:
    if request.method != "POST":
        return render(request, "audience/newsletter_forget.html", {"subscriber": subscriber, "token": token})
    subscribing.erase(subscriber, by=None, at=timezone.now())
    return redirect("newsletters:forgotten")


@require_safe
def forgotten(request: HttpRequest) -> HttpResponse:
    return render(request, "audience/newsletter_forgotten.html")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str, slug: str) -> HttpResponse:
    """A mail program posts `List-Unsubscribe=One-Click` from anywhere, without a cookie, and is done; people see a
    page with buttons first. Who left already, or is not written to any more, is told the same."""
    name, value = ONE_CLICK
    is_one_click = request.method == "POST" and request.POST.get(name) == value
    if request.method == "POST" and not is_one_click and not same_site(request, has_secret_address=True):
        raise PermissionDenied
    subscriber = links.find(token)
    newsletter = Newsletter.objects.filter(slug=slug).first()
    if subscriber is None or newsletter is None:
        return _private(_dead(request))
    context = {"subscriber": subscriber, "newsletter": newsletter, "token": token}
    if request.method == "POST":
        is_all = "all" in request.POST and not is_one_click
        where = Where("one-click" if is_one_click else "leave", network(request))
        subscribing.leave(subscriber, None if is_all else newsletter, where=where, by=None, at=timezone.now())
        context |= {"has_left": True, "is_all": is_all}
        if is_one_click:
            return _private(HttpResponse(_("You are unsubscribed."), content_type="text/plain; charset=utf-8"))
    return _private(render(request, "audience/newsletter_leave.html", context))
