"""The posts of a deal on its private page: send the Word file or the brief, read the text as it will be, approve it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from articles.content import Content
from articles.models import Article, Revision
from articles.public_forms import over_limit
from articles.rehearsal import pictures_of
from articles.uploads import word
from articles.views.media import FOR_STAFF, send
from articles.views.previews import draw

from .. import approving, conversation, intake, posts, promises
from ..models import AdRequest, AdRequestItem, DealLink, DealMessage, SponsoredPost
from . import deal as deal_views

SENT_PER_HOUR = 30
DOCX = ".docx,application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class PostForm(forms.Form):
    """One of the forms of a post. Its fields have names of their own, so that several stand on a page."""

    error_css_class = "is-invalid"
    what = ""

    def __init__(self, *args, place: posts.Place, **kwargs) -> None:
        kwargs["prefix"] = f"{self.what}-{place.line.pk}-{place.number}"
        super().__init__(*args, **kwargs)
        self.place = place
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class WordForm(PostForm):
    what = "file"
    file = forms.FileField(
        label=gettext_lazy("Word file"),
        widget=forms.FileInput({"accept": DOCX}),
        help_text=gettext_lazy("A .docx file, at most 10 MB. We tell you at once what we found in it."),
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > word.MAX_BYTES:
            raise forms.ValidationError(
                _("This file has %(size)s; at most %(most)s is taken. Make it smaller and choose it again.")
                % {"size": filesizeformat(upload.size), "most": filesizeformat(word.MAX_BYTES)}
            )
        return upload


class BriefForm(PostForm):
    what = "brief"
    text = forms.CharField(
        label=gettext_lazy("Brief"),
        max_length=20_000,
        widget=forms.Textarea({"rows": 8, "dir": "auto"}),
        help_text=gettext_lazy(
            "What is it about, who should read it, which facts and links belong in it, and by when do you need it?"
        ),
    )


class ApproveForm(PostForm):
    what = "approve"
    name = forms.CharField(
        label=gettext_lazy("Your full name"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name", "dir": "auto"}),
    )
    agreed = forms.BooleanField(
        label=gettext_lazy("I have read this text and approve it for publication."),
        error_messages={"required": gettext_lazy("Tick the box to approve the text.")},
    )
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class SayForm(PostForm):
    what = "say"
    text = forms.CharField(
        label=gettext_lazy("What should change?"), max_length=4000, widget=forms.Textarea({"rows": 4, "dir": "auto"})
    )


@dataclass
class Shown:
    """A post as its part of the page draws it. Forms are None where there is nothing to send."""

    place: posts.Place
    state: str
    said: str
    counts: str
    dropped: list[str]
    known: approving.Known
    article: Article | None
    words: WordForm | None
    brief: BriefForm | None
    approve: ApproveForm | None
    say: SayForm | None
    refused: PostForm | None
    addresses: dict[str, str]


def part(deal: AdRequest, *, at: datetime, token: str, refused: PostForm | None = None) -> dict[str, Any] | None:
    """What `ads/deal/_post.html` draws; None for a deal without a post. `refused` is a form that was not taken."""
    bought = posts.places(deal)
    promised = promises.of(deal)
    if not (bought or promised):
        return None
    known = approving.know([place.post for place in bought if place.post])
    return {
        "posts": [_shown(deal, place, known, at=at, token=token, refused=refused) for place in bought],
        "promises": promised,
    }


def _shown(deal: AdRequest, place: posts.Place, known, *, at: datetime, token: str, refused) -> Shown:
    post = place.post
    facts = known[post.pk] if post else approving.Known([], False)
    state, said = posts.state_of(post, at=at, written_by=place.written_by, known=facts, brief=place.brief)
    is_open = deal.status in AdRequest.Status.agreed() and state not in ("live", "scheduled", "withdrawn")
    is_theirs = place.written_by == AdRequestItem.WrittenBy.CLIENT
    asks = bool(post and facts.is_on_offer and not facts.is_approved)
    mine = (
        refused if refused and (refused.place.line.pk, refused.place.number) == (place.line.pk, place.number) else None
    )

    def form(kind: type[PostForm], wanted: bool, **initial: Any) -> Any:
        if not wanted:
            return None
        return mine if isinstance(mine, kind) else kind(place=place, initial=initial)

    report = post.report if post else None
    where = [token, place.line.pk, place.number]
    return Shown(
        place=place,
        state=state,
        said=said,
        counts=intake.counts_in_words(report) if report else "",
        dropped=intake.in_words(report) if report else [],
        known=facts,
        article=post.article if post and state == "live" else None,
        words=form(WordForm, is_open and is_theirs),
        brief=form(BriefForm, is_open and not is_theirs, text=place.brief),
        approve=form(ApproveForm, asks, number=post.offered_number if post else None),
        say=form(SayForm, bool(post and post.offered_number) and state != "withdrawn"),
        refused=mine,
        addresses={
            name: reverse(f"ads:deal_post_{name}", args=where) for name in ("file", "brief", "approve", "say", "text")
        },
    )


def _place(link: DealLink, line: int, number: int) -> posts.Place:
    """A post of this deal, and of no other."""
    for place in posts.places(link.request):
        if (place.line.pk, place.number) == (line, number):
            return place
    raise Http404


def _refuse(request: HttpRequest, token: str, link: DealLink, form: PostForm, status: int = 400) -> HttpResponse:
    at = timezone.now()
    again = part(link.request, at=at, token=token, refused=form)
    return deal_views.draw(request, token, link, at=at, status=status, is_wrong=True, parts={"post": again})


def _taken(request: HttpRequest, form: PostForm) -> int:
    """0 where a form may be looked at further, else the status of its refusal."""
    if over_limit("deal-post", request, limit=SENT_PER_HOUR):
        form.is_valid()
        form.add_error(None, _("Many answers came from your network in the last hour. Please try again later."))
        return 429
    return 0 if form.is_valid() else 400


@deal_views.deal_page
@require_POST
def file(request: HttpRequest, token: str, line: int, number: int, *, link: DealLink) -> HttpResponse:
    """Take a Word file, converted at once to say what it holds and what will be left out."""
    place = _place(link, line, number)
    form = WordForm(request.POST, request.FILES, place=place)
    if status := _taken(request, form):
        return _refuse(request, token, link, form, status)
    upload = form.cleaned_data["file"]
    try:
        post = posts.open_for(place.line, place.number)
        intake.receive(post, upload.read(), name=upload.name, at=timezone.now())
    except (word.WordRefused, posts.PostRefused) as refusal:
        form.add_error("file", str(refusal))
        return _refuse(request, token, link, form)
    return deal_views.back(token, "word", "posts")


@deal_views.deal_page
@require_POST
def brief(request: HttpRequest, token: str, line: int, number: int, *, link: DealLink) -> HttpResponse:
    place = _place(link, line, number)
    form = BriefForm(request.POST, place=place)
    if status := _taken(request, form):
        return _refuse(request, token, link, form, status)
    try:
        post = posts.open_for(place.line, place.number)
    except posts.PostRefused as refusal:
        form.add_error(None, str(refusal))
        return _refuse(request, token, link, form, 409)
    posts.take_brief(post, form.cleaned_data["text"], at=timezone.now())
    return deal_views.back(token, "brief", "posts")


@deal_views.deal_page
@require_POST
def approve(request: HttpRequest, token: str, line: int, number: int, *, link: DealLink) -> HttpResponse:
    place = _place(link, line, number)
    form = ApproveForm(request.POST, place=place)
    if status := _taken(request, form):
        return _refuse(request, token, link, form, status)
    if place.post is None:
        raise Http404
    said = form.cleaned_data
    try:
        approving.approve(place.post, number=said["number"], name=said["name"], link=link, at=timezone.now())
    except approving.ApprovalRefused as refusal:
        form.add_error(None, str(refusal))
        return _refuse(request, token, link, form, 409)
    return deal_views.back(token, "approved", "posts")


@deal_views.deal_page
@require_POST
def say(request: HttpRequest, token: str, line: int, number: int, *, link: DealLink) -> HttpResponse:
    """What should change: it goes to the thread of the deal, with the revision that they read."""
    place = _place(link, line, number)
    form = SayForm(request.POST, place=place)
    if status := _taken(request, form):
        return _refuse(request, token, link, form, status)
    deal, post = link.request, place.post
    if deal.status in AdRequest.Status.over():
        form.add_error(None, _("This deal is over. Renew it, or begin a new request."))
        return _refuse(request, token, link, form, 409)
    shown = {"post": post or place.line, "number": post.offered_number or 0 if post else 0}
    about = _("About “%(post)s”, revision %(number)d:") % shown
    text = f"{about}\n\n{form.cleaned_data['text']}"
    conversation.hear(deal, text, name=deal.name, via=DealMessage.Via.PAGE, at=timezone.now())
    return deal_views.back(token, "said", "posts")


@deal_views.deal_page
@require_safe
def text(request: HttpRequest, token: str, line: int, number: int, *, link: DealLink) -> HttpResponse:
    """The post as its page will look: the revision that is to be approved, or that readers have."""
    post, revision = _offered(link, line, number)
    content = Content.from_json(revision.content)
    context = {
        "preview": {"number": revision.number, "saved_at": revision.created_at},
        "deal": link.request,
        "back": reverse("ads:deal", args=[token]) + "#posts",
    }
    assert post.article is not None  # noqa: S101  (`_offered` found its revision)
    with translation.override(content.language):
        html = draw(request, post.article, content, "ads/deal/post_text.html", context, at=timezone.now())
    for asset in pictures_of(content):
        where = reverse("ads:deal_post_picture", args=[token, line, number, asset.key.hex])
        html = html.replace(settings.MEDIA_URL + asset.key.hex, where)
    return HttpResponse(html)


@deal_views.deal_page
@require_safe
def picture(request: HttpRequest, token: str, line: int, number: int, path: str, *, link: DealLink) -> HttpResponseBase:
    """A picture of the text that is shown, and no other."""
    _post, revision = _offered(link, line, number)
    if path.partition("/")[0] not in {one.key.hex for one in pictures_of(Content.from_json(revision.content))}:
        raise Http404
    return send(request, path, FOR_STAFF)


def _offered(link: DealLink, line: int, number: int) -> tuple[SponsoredPost, Revision]:
    """What the advertiser may read of a post: only a text that was sent to them for approval."""
    post = _place(link, line, number).post
    if post is None or post.article is None or post.offered_number is None:
        raise Http404
    revision = Revision.objects.filter(article=post.article, number=post.offered_number).first()
    if revision is None:
        raise Http404
    return post, revision
