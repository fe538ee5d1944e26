"""A request in four steps: what, dates, material, check. Each works without script; what was typed is kept under a
private address from the first step on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.public_forms import FILLED_HIDDEN, TRIED_PER_HOUR, over_limit, public_post, same_site
from articles.views.previews import PRIVATE

from .. import asking, draft_files, drafts
from ..asking import STEPS, Asked
from ..draft_files import Place
from ..models import RequestDraft
from ..step_forms import BeginForm, SaveForm, StepForm

# By one network in an hour, besides what every public form allows.
STEPS_PER_HOUR, FILES_PER_HOUR, LINKS_PER_HOUR = 400, 120, 10
CONTENT_TYPES = {"GIF": "image/gif", "JPEG": "image/jpeg"}


def names() -> dict[str, str]:
    return {"what": pgettext("step", "What"), "dates": _("Dates"), "material": _("Material"), "check": _("Check")}


def too_many() -> str:
    return _("Many requests came from your network in the last hour. Please try again later.")


def draft_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For views under the token of a draft: the open draft is handed in; else a page that says how to begin anew, the
    same for every wrong token. One that was sent leads to its receipt. Never stored, indexed, or told to another
    site."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not same_site(request, has_secret_address=True):
            raise PermissionDenied
        draft = drafts.find(token, at=timezone.now())
        if draft is None:
            response: HttpResponseBase = render(request, "ads/request/over.html", status=404)
        elif draft.request:
            response = redirect("ads:received", reference=draft.request.reference)
        else:
            response = view(request, token, *args, draft=draft, **kwargs)
        for name, value in PRIVATE.items():
            response[name] = value
        return response

    return wrapped


@public_post
@require_http_methods(["GET", "HEAD", "POST"])
def request_form(request: HttpRequest) -> HttpResponse:
    """The first step, for everybody. A draft begins when it is sent."""
    asked = Asked({})
    card: dict[str, Any] = {"positions": asked.positions, "products": asked.products}
    if request.method != "POST":
        wanted = {f"want_{code}": True for code in request.GET.getlist("want")[:20]}
        days = {name: day.isoformat() for name, day in _days(request).items()}
        return _draw_first(request, BeginForm(initial=wanted, **card), asked, days=days)
    form = BeginForm(request.POST, **card)
    if over_limit("request-tried", request, limit=TRIED_PER_HOUR):
        form.add_error(None, too_many())
        return _draw_first(request, form, asked, status=429)
    is_kept = request.POST.get("go") == "save" and not form["key"].errors
    if not (form.is_valid() or is_kept):
        return _draw_first(request, form, asked, status=403 if form.is_forged else 400)
    what = asking.typed(request.POST, "what", asked)
    draft, token = drafts.begin(
        {"what": what, "dates": _typed_days(request, form)},
        form_key=form.form_key,
        language=get_language() or "en",
        suspicion=FILLED_HIDDEN if form.suspicion == FILLED_HIDDEN else "",
        at=timezone.now(),
    )
    if is_kept:
        return redirect("ads:request_save", token)
    drafts.reach(draft, "dates")
    return redirect("ads:request_dates", token)


def _draw_first(
    request: HttpRequest, form: BeginForm, asked: Asked, *, status: int = 200, days: dict[str, str] | None = None
) -> HttpResponse:
    if form.is_bound:
        asked = Asked({"what": asking.typed(request.POST, "what", asked)})
    elif form.initial:
        asked = Asked({"what": {name: "on" for name in form.initial if name.startswith("want_")}})
    context = {
        "form": form,
        "step": "what",
        "steps": _steps("what", reached="what", token=""),
        "price": asked.price(),
        "price_address": reverse("ads:request_price"),
        "days": days or {name: request.POST.get(name, "") for name in ("from", "until")},
    }
    return render(request, "ads/request.html", context, status=status)


def _days(request: HttpRequest) -> dict[str, date]:
    """The days that an address names, as the calendar's links do."""
    days = {name: request.GET.get(name, "") for name in ("from", "until")}
    return {name: day for name, text in days.items() if (day := _parse_day(text))}


def _parse_day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:  # the 31st of February
        return None


def _typed_days(request: HttpRequest, form: BeginForm) -> dict[str, str]:
    """The days that the address of the first page named, for every position."""
    first, last = (_parse_day(request.POST.get(name, "")[:10]) for name in ("from", "until"))
    if not (first and last):
        return {}
    codes = [line.code for line in form.lines() if line.position]
    return {f"first_{code}": first.isoformat() for code in codes} | {f"last_{code}": last.isoformat() for code in codes}


@draft_page
@require_safe
def back(request: HttpRequest, token: str, *, draft: RequestDraft) -> HttpResponse:
    """The mailed link: to where one was."""
    wrong = Asked(draft.answers).first_wrong(before=draft.step)
    return redirect(f"ads:request_{wrong or draft.step}", token)


@draft_page
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, token: str, name: str, *, draft: RequestDraft) -> HttpResponseBase:
    if request.method == "POST":
        return _take(request, token, name, draft)
    asked = Asked(draft.answers, email=draft.email)
    if wrong := asked.first_wrong(before=name):
        return redirect(f"{reverse(f'ads:request_{wrong}', args=[token])}?again")
    form = asked.form(name) if "again" in request.GET and name in draft.answers else asked.unbound(name)
    return _draw(request, token, name, draft, form, asked=asked)


def _take(request: HttpRequest, token: str, name: str, draft: RequestDraft) -> HttpResponseBase:
    at = timezone.now()
    go = request.POST.get("go", "on").replace("\0", "")
    asked = Asked(draft.answers)
    if over_limit("request-step", request, limit=STEPS_PER_HOUR):
        form = asked.unbound(name)
        return _refuse(request, token, name, draft, form, too_many(), asked=asked)
    typed = asking.typed(request.POST, name, asked)
    if name == "dates":
        typed |= _used(go, typed)
    drafts.keep(draft, name, typed, at=at)
    drafts.reach(draft, name)
    if draft.request_id:
        return redirect("ads:request_back", token)
    asked = Asked(draft.answers)
    slots = draft_files.places(draft, asked.lines) if name == "material" else []
    errors = _take_files(request, draft, slots, at=at)
    if go.startswith("remove:"):
        draft_files.remove(draft, go.removeprefix("remove:"))
        return redirect(f"{reverse('ads:request_material', args=[token])}#files")
    if go.startswith("use:"):
        return redirect(f"{reverse('ads:request_dates', args=[token])}#days")
    form = asked.form(name)
    if errors or (go not in ("save", "back") and not form.is_valid()):
        return _draw(request, token, name, draft, form, asked=asked, places=slots, status=400)
    if go == "save":
        return redirect("ads:request_save", token)
    if go == "back":
        return redirect(f"ads:request_{STEPS[max(STEPS.index(name) - 1, 0)]}", token)
    if name == "check":
        return _send(request, token, draft, form, asked, at=at)
    if wrong := asked.first_wrong(before=name):
        return redirect(f"{reverse(f'ads:request_{wrong}', args=[token])}?again")
    following = STEPS[STEPS.index(name) + 1]
    drafts.reach(draft, following)
    return redirect(f"ads:request_{following}", token)


def _send(
    request: HttpRequest, token: str, draft: RequestDraft, form: StepForm, asked: Asked, *, at: datetime
) -> HttpResponse:
    if request.POST.get("homepage"):
        RequestDraft.objects.filter(pk=draft.pk).update(suspected=FILLED_HIDDEN)
    if over_limit("request", request):
        return _refuse(request, token, "check", draft, form, too_many(), asked=asked)
    try:
        made = drafts.send(draft, at=at)
    except drafts.NotReady as wrong:
        return redirect(f"{reverse(f'ads:request_{wrong.step}', args=[token])}?again")
    return redirect("ads:received", reference=made.reference)


def _used(go: str, typed: dict[str, str]) -> dict[str, str]:
    """The days of a free week that somebody chose with its button, or those of the first position for all."""
    kind, _colon, value = go.partition(":")
    if kind != "use":
        return {}
    if value == "all":
        codes = [name.removeprefix("last_") for name in typed if name.startswith("last_")]
        pairs = [(typed.get(f"first_{code}", ""), typed[f"last_{code}"]) for code in codes]
        chosen = next(filter(all, pairs), next(filter(any, pairs), ("", "")))
        days = dict(zip(("first", "last"), chosen, strict=True))
        return {f"{end}_{code}": day for code in codes for end, day in days.items()}
    code, _colon, monday = value.rpartition(":")
    day = _parse_day(monday[:10])
    if not day or f"last_{code}" not in typed or day.year > 9000:
        return {}
    return {f"first_{code}": day.isoformat(), f"last_{code}": (day + timedelta(days=6)).isoformat()}


def _take_files(request: HttpRequest, draft: RequestDraft, places: list[Place], *, at: datetime) -> bool:
    """Keep what is in order of the files that were sent. True where one was refused, which its slot then says."""
    is_wrong = False
    for slot in (slot for place in places for slot in place.slots):
        upload = request.FILES.get(slot.field)
        if not upload:
            continue
        try:
            if over_limit("request-file", request, limit=FILES_PER_HOUR):
                raise draft_files.FileRefused(too_many())
            draft_files.take(draft, slot, upload, at=at)
        except draft_files.FileRefused as refused:
            slot.error, is_wrong = str(refused), True
    return is_wrong


def _refuse(
    request: HttpRequest, token: str, name: str, draft: RequestDraft, form: StepForm, said: str, *, asked: Asked
) -> HttpResponse:
    bound = form if form.is_bound else asked.form(name)
    bound.add_error(None, said)
    return _draw(request, token, name, draft, bound, asked=asked, status=429)


def _draw(
    request: HttpRequest,
    token: str,
    name: str,
    draft: RequestDraft,
    form: StepForm,
    *,
    asked: Asked,
    places: list[Place] | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "token": token,
        "step": name,
        "steps": _steps(name, reached=draft.step, token=token),
        "price": asked.price(),
        "price_address": reverse("ads:request_draft_price", args=[token, name]),
        "last_day": timezone.localdate(draft.expires_at),
        "alternates": {
            code: translate_url(reverse(f"ads:request_{name}", args=[token]), code)
            for code, _language in settings.LANGUAGES
        },
    }
    if name == "dates":
        form.name_weeks()  # type: ignore[attr-defined]
        context["rows"] = list(form.rows())  # type: ignore[attr-defined]
        context["positions"] = len([line for line in asked.lines if line.position])
    elif name in ("material", "check"):
        context["places"] = places or draft_files.places(draft, asked.read_all())
        for place in context["places"] if name == "material" else ():
            field = f"brief_{place.line.code}"
            place.brief = form[field] if field in form.fields else None
        context["refused"] = [slot for place in context["places"] for slot in place.slots if slot.error]
        context["lines"] = [(asking.priced(place.line), place) for place in context["places"]]
    return render(request, "ads/request.html", context, status=status)


def _steps(now: str, *, reached: str, token: str) -> list[dict[str, Any]]:
    """The four steps with their names: which is this one, which are done, and where those one has been to lie."""
    farthest = max(STEPS.index(now), STEPS.index(reached))
    return [
        {
            "number": number + 1,
            "name": name,
            "is_now": step == now,
            "is_done": number < STEPS.index(now),
            "address": reverse(f"ads:request_{step}", args=[token]) if token and number <= farthest else "",
        }
        for number, (step, name) in enumerate(names().items())
    ]


@public_post
@require_POST
def price(request: HttpRequest) -> HttpResponse:
    """What the first step costs as it stands in the browser: the aside alone, computed here."""
    if over_limit("request-price", request, limit=STEPS_PER_HOUR * 3):
        return HttpResponse(status=429)
    asked = Asked({})
    asked = Asked({"what": asking.typed(request.POST, "what", asked)})
    return render(request, "ads/_price_so_far.html", {"price": asked.price()})


@draft_page
@require_POST
def draft_price(request: HttpRequest, token: str, name: str, *, draft: RequestDraft) -> HttpResponse:
    """The same of a draft; nothing is kept by asking."""
    if over_limit("request-price", request, limit=STEPS_PER_HOUR * 3):
        return HttpResponse(status=429)
    typed = asking.typed(request.POST, name, Asked(draft.answers)) if name in STEPS else {}
    asked = Asked(draft.answers | {name: typed})
    return render(request, "ads/_price_so_far.html", {"price": asked.price()})


@draft_page
@require_safe
def file(request: HttpRequest, token: str, slot: str, *, draft: RequestDraft) -> HttpResponseBase:
    """A kept picture, as a picture and nothing else."""
    kept = draft.files.filter(slot=slot[:80], format__in=CONTENT_TYPES).first()
    if kept is None:
        raise Http404
    try:
        opened = kept.file.open("rb")
    except OSError:
        raise Http404 from None
    response = FileResponse(opened, content_type=CONTENT_TYPES[kept.format])
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@draft_page
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, token: str, *, draft: RequestDraft) -> HttpResponse:
    """Ask where the link to come back should go, and mail it. The answer is the same whoever asks how often."""
    context = {"token": token, "step": draft.step, "last_day": timezone.localdate(draft.expires_at)}
    context["back_address"] = reverse(f"ads:request_{draft.step}", args=[token])
    if request.method != "POST":
        known = draft.email or draft.answers.get("check", {}).get("email", "")
        form = SaveForm(initial={"email": known})
        return render(request, "ads/request/save.html", context | {"form": form, "is_sent": "sent" in request.GET})
    form = SaveForm(request.POST)
    if form.is_valid() and over_limit("request-saved", request, limit=LINKS_PER_HOUR):
        form.add_error(None, too_many())
        return render(request, "ads/request/save.html", context | {"form": form}, status=429)
    if not form.is_valid():
        return render(request, "ads/request/save.html", context | {"form": form}, status=400)
    drafts.mail_link(draft, form.cleaned_data["email"], at=timezone.now())
    return redirect(f"{reverse('ads:request_save', args=[token])}?sent")
