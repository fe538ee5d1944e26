"""What every form that strangers may send has in common, without a cookie.

The page carries a signed key, made when it was drawn. It proves that the form came from us, tells how long the
person took, and makes the second of two clicks the same as the first. A hidden field that people leave empty, a
minimum time and a limit by network hold spam back; what looks like spam is stored and shown to staff, never dropped.
"""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from urllib.parse import urlsplit

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

FORM_LIFETIME = timedelta(hours=24)
SHORTEST_TIME = timedelta(seconds=3)
# By one network: forms taken, and forms sent at all. The second is counted before anything of a form is read.
SENT_PER_HOUR = 20
TRIED_PER_HOUR = 60
# What staff read about a form that no person would send so.
FILLED_HIDDEN = "filled in a hidden field"

logger = logging.getLogger(__name__)
signer = signing.TimestampSigner(salt="public-form")


def same_site(request: HttpRequest, *, has_secret_address: bool = False) -> bool:
    """Whether a POST comes from a page of ours, by what the browser says of it. No word at all counts as ours.

    Pages with a secret in their address send no referrer, and so browsers call their origin "null".
    """
    meta = request.META  # `headers` would read all of them, which delivery has no time for
    if meta.get("HTTP_SEC_FETCH_SITE", "same-origin") not in ("same-origin", "none"):
        return False
    origin = meta.get("HTTP_ORIGIN")
    if has_secret_address and origin == "null":
        return True
    try:
        return origin is None or urlsplit(origin).netloc == request.get_host()
    except ValueError:  # an address that cannot be read, such as http://[
        return False


def network(request: HttpRequest) -> str:
    """The caller's /24 or /48, hashed: enough to count by, not enough to find anybody. All that is no address counts
    as one network."""
    place = prefix(request.META.get("REMOTE_ADDR", ""))
    return hashlib.blake2s(f"{settings.SECRET_KEY}:{place}".encode()).hexdigest()[:16]


def prefix(address: str) -> str:
    """192.0.2.0/24 for 192.0.2.1, 192.0.2.1:50000 and ::ffff:192.0.2.1."""
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ipaddress.ip_network(f"{ip}/{24 if ip.version == 4 else 48}", strict=False))


def over_limit(name: str, request: HttpRequest, *, limit: int = SENT_PER_HOUR, seconds: int = 3600) -> bool:
    """Count one use and say whether it was one too many. A cache that is away lets people through."""
    key = f"limit:{name}:{network(request)}"
    try:
        cache.add(key, 0, seconds)
        return cache.incr(key) > limit
    except ValueError:  # expired between the two calls
        return False
    except Exception as error:
        logger.warning("Uses of %s are not counted, the cache does not answer: %s", name, error)
        return False


def public_post(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For views that take a public form: cross-site posts are refused, and nothing is ever cached."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method == "POST" and not same_site(request):
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return wrapped


class PublicForm(forms.Form):
    """Base of the public forms. After `is_valid()`: `form_key` (the same for a repeated send) and `suspicion`
    (an English phrase for staff, empty for people)."""

    error_css_class = "is-invalid"

    key = forms.CharField(widget=forms.HiddenInput, required=False)
    # Named like something a form filler wants to fill, and out of sight.
    homepage = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    form_key = ""
    suspicion = ""
    is_forged = False

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", signer.sign(secrets.token_urlsafe(18)))
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        for field in self.fields.values():
            if isinstance(field.widget, forms.EmailInput | forms.URLInput):
                field.widget.attrs["dir"] = "ltr"

    def clean_key(self) -> str:
        key = self.cleaned_data["key"]
        try:
            self.form_key = signer.unsign(key, max_age=FORM_LIFETIME)
        except signing.BadSignature:
            self.is_forged = True
            # The page that answers carries a fresh key, so that sending again works.
            data = MultiValueDict(dict(self.data.lists()) if isinstance(self.data, MultiValueDict) else {})
            data[self.add_prefix("key")] = self.initial["key"]
            self.data = data
            raise forms.ValidationError(
                _("This page was open for too long, or was changed on its way. Please send the form again.")
            ) from None
        try:
            signer.unsign(key, max_age=SHORTEST_TIME)
        except signing.SignatureExpired:
            pass
        else:
            self.suspicion = "sent within three seconds"
        return key

    def clean_homepage(self) -> str:
        if self.cleaned_data["homepage"]:
            self.suspicion = FILLED_HIDDEN
        return ""
