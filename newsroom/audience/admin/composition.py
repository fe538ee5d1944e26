"""What somebody composes, as their browser holds it: words, and blocks in an order that buttons or dragging change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Case, Q, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ads import click_address
from ads.models import Creative, Promise
from articles.models import Article, User
from articles.models.article import ArticleQuerySet

from .. import promised, rendering
from ..composing import MOST_BLOCKS, Block, Words
from ..models import Issue, IssueBlock
from ..readiness import SUBJECT_SHOWN

Kind = IssueBlock.Kind
FIELDS = ("kind", "article", "promise", "order", "headline", "text", "sponsor_name", "url", "creative")
MOST_ARTWORK = 60


class WordsForm(forms.Form):
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=160,
        required=False,
        widget=forms.TextInput({"dir": "auto", "data-most": SUBJECT_SHOWN, "class": "vTextField"}),
    )
    preheader = forms.CharField(
        label=gettext_lazy("Preview line"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("What mail programs show after the subject."),
        widget=forms.TextInput({"dir": "auto", "class": "vTextField"}),
    )
    introduction = forms.CharField(
        label=gettext_lazy("Introduction"),
        max_length=4000,
        required=False,
        help_text=gettext_lazy("An empty line begins a new paragraph. Links and bold may be written in HTML."),
        widget=forms.Textarea({"dir": "auto", "rows": 3}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput({"autocomplete": "off"}), min_value=1, max_value=2**31 - 1)

    def words(self) -> Words:
        data = self.cleaned_data
        return Words(subject=data["subject"], preheader=data["preheader"], introduction=data["introduction"])


def _hidden_number() -> forms.IntegerField:
    return forms.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput({"autocomplete": "off"})
    )


class BlockForm(forms.Form):
    """One block. `story` and `mention` are what its numbers name, for the page."""

    story: Article | None = None
    mention: Promise | None = None

    kind = forms.ChoiceField(choices=Kind.choices, widget=forms.HiddenInput({"autocomplete": "off"}))
    article = _hidden_number()
    promise = _hidden_number()
    order = forms.IntegerField(
        required=False, min_value=0, max_value=999, widget=forms.HiddenInput({"autocomplete": "off", "data-order": ""})
    )
    headline = forms.CharField(
        label=gettext_lazy("Headline"), max_length=250, required=False, widget=forms.TextInput({"dir": "auto"})
    )
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=4000, required=False, widget=forms.Textarea({"dir": "auto", "rows": 3})
    )
    sponsor_name = forms.CharField(
        label=gettext_lazy("Paid for by"), max_length=160, required=False, widget=forms.TextInput({"dir": "auto"})
    )
    url = forms.CharField(
        label=gettext_lazy("Leads to"),
        max_length=500,
        required=False,
        widget=forms.TextInput({"dir": "ltr", "inputmode": "url"}),
    )
    creative = forms.TypedChoiceField(
        label=gettext_lazy("Artwork"), coerce=int, empty_value=None, required=False, choices=[]
    )

    def __init__(self, *args, artwork: list[tuple[Any, str]] | None = None, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["creative"].choices = artwork or [("", _("None, words only"))]

    @property
    def of_kind(self) -> str:
        return self["kind"].value() or Kind.STORY

    @property
    def name(self) -> str:
        """What the kind is called."""
        return str(dict(Kind.choices).get(self.of_kind, ""))

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields that its kind has."""
        by_kind = {
            Kind.HEADING: ["headline"],
            Kind.TEXT: ["text"],
            Kind.NOTICE: ["sponsor_name", "headline", "text", "url", "creative"],
        }
        return [self[name] for name in by_kind.get(self.of_kind, ["headline"])]  # type: ignore[call-overload]

    def clean_url(self) -> str:
        url = self.cleaned_data["url"].strip()
        return click_address.normalise_own(url) if url else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == Kind.NOTICE and not (data.get("sponsor_name") or "").strip():
            self.add_error("sponsor_name", _("Say who paid for it."))
        return data

    def block(self) -> Block:
        data = self.cleaned_data
        return Block(
            kind=data["kind"],
            article_id=data["article"] if data["kind"] in (Kind.STORY, Kind.SPONSORED) else None,
            headline=" ".join(data["headline"].split()),
            text=data["text"],
            promise_id=data["promise"],
            sponsor_name=" ".join(data["sponsor_name"].split()),
            url=data["url"],
            creative_id=data["creative"] if data["kind"] == Kind.NOTICE else None,
        )


class Composition:
    """One page of the composer: `words` and `blocks` are its forms. `is_checked` draws their errors."""

    def __init__(self, words: Mapping[str, Any], rows: list[dict[str, Any]], *, is_checked: bool = False) -> None:
        self.values, self.rows, self.is_checked = dict(words), rows, is_checked

    @classmethod
    def of(cls, issue: Issue) -> Composition:
        words = {
            "subject": issue.subject,
            "preheader": issue.preheader,
            "introduction": rendering.as_typed(issue.introduction),
            "version": issue.version,
        }
        rows = [
            {
                "kind": row.kind,
                "article": row.article_id,
                "promise": row.promise_id,
                "headline": row.headline,
                "text": rendering.as_typed(row.text) if row.kind == Kind.TEXT else row.text,
                "sponsor_name": row.sponsor_name,
                "url": row.url,
                "creative": row.creative_id,
            }
            for row in issue.blocks.all()
        ]
        return cls(words, rows)

    @classmethod
    def typed(cls, data: Mapping[str, Any], *, is_checked: bool) -> Composition:
        """As a browser sent it, in the order that it has there."""
        number = str(data.get("blocks", "0"))
        count = min(int(number), MOST_BLOCKS * 2) if number.isascii() and number.isdecimal() and len(number) < 5 else 0
        rows = [{name: data.get(f"b{n}-{name}", "") for name in FIELDS} for n in range(count)]
        rows = [row for row in rows if row["kind"] in Kind.values]

        def place(row: dict[str, Any]) -> int:
            order = str(row["order"])
            return int(order) if order.isascii() and order.isdecimal() and len(order) < 5 else len(rows)

        rows.sort(key=place)
        words = {name: data.get(name, "") for name in ("subject", "preheader", "introduction", "version")}
        return cls(words, rows, is_checked=is_checked)

    def prepare(self, issue: Issue, user: User, *, at: datetime) -> None:
        """Make the forms, with the mentions that they name and the stories that somebody may see. Four queries, and
        one for the artwork of advertisements."""
        self.words = (
            WordsForm(self.values, label_suffix="")
            if self.is_checked
            else WordsForm(initial=self.values, label_suffix="")
        )
        self.blocks: list[BlockForm] = []
        numbers = [_number(row["article"]) for row in self.rows]
        named = Article.objects.filter(pk__in=[n for n in numbers if n])
        seen = named.visible_to(user).order_by().values("pk")
        shown = named.filter(Q(pk__in=seen) | Q(pk__in=named.live(at).order_by().values("pk")))
        stories = {story.pk: story for story in shown.select_related("section").defer("body")}
        mentions = {
            promise.pk: promise
            for promise in promised.open_ones(issue)
            .select_related("line__quote__request")
            .filter(pk__in=[n for n in (_number(row["promise"]) for row in self.rows) if n])
        }
        clients = {promise.line.quote.request.advertiser_id for promise in mentions.values()}
        artwork = _artwork(clients) if any(row["kind"] == Kind.NOTICE for row in self.rows) else None
        for order, row in enumerate(self.rows):
            values = row | {"order": order}
            prefix = f"b{order}"
            if self.is_checked:
                form = BlockForm({f"{prefix}-{k}": v for k, v in values.items()}, prefix=prefix, artwork=artwork)
            else:
                form = BlockForm(initial=values, prefix=prefix, artwork=artwork)
            form.story = stories.get(_number(row["article"]) or 0)
            form.mention = mentions.get(_number(row["promise"]) or 0)
            self.blocks.append(form)

    @property
    def every_form(self) -> list[forms.Form]:
        return [self.words, *self.blocks]

    @property
    def is_valid(self) -> bool:
        return all([self.words.is_valid(), *(form.is_valid() for form in self.blocks)])

    def is_as_saved(self, issue: Issue) -> bool:
        return self._typed() == Composition.of(issue)._typed()

    def _typed(self) -> list[dict[str, str]]:
        """Words and rows as a browser sends them, without what only counts them."""
        return [
            {
                name: "" if value is None else "\n".join(str(value).splitlines())
                for name, value in row.items()
                if name not in ("order", "version")
            }
            for row in (self.values, *self.rows)
        ]

    def composed(self) -> list[Block]:
        return [form.block() for form in self.blocks]

    # Buttons, without saving.

    def move(self, place: int, steps: int) -> None:
        if 0 <= place < len(self.rows):
            to = min(max(place + steps, 0), len(self.rows) - 1)
            self.rows.insert(to, self.rows.pop(place))

    def remove(self, place: int) -> None:
        if 0 <= place < len(self.rows):
            del self.rows[place]

    def add(self, kind: str, **values: Any) -> None:
        self.rows.append(dict.fromkeys(FIELDS, "") | {"kind": kind} | values)

    def add_story(self, story: Article) -> None:
        self.add(Kind.SPONSORED if story.is_sponsored else Kind.STORY, article=story.pk)

    def add_mention(self, promise: Any) -> None:
        """As the sponsored story of its deal, or as an advertisement of its client. A story that stands here already
        keeps it from now on."""
        if promise.story is not None:
            for row in self.rows:
                if row["kind"] == Kind.SPONSORED and _number(row["article"]) == promise.story.pk:
                    row["promise"] = promise.pk
                    return
            self.add(Kind.SPONSORED, article=promise.story.pk, promise=promise.pk)
        else:
            self.add(Kind.NOTICE, promise=promise.pk, sponsor_name=promised.company(promise))

    def has(self, name: str) -> set[int]:
        return {number for row in self.rows if (number := _number(row[name]))}


def _number(value: Any) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _artwork(clients: set[int | None]) -> list[tuple[Any, str]]:
    """Approved artwork: of the clients whose mentions stand here, then of others; the newest first."""
    rows: Iterable[Creative] = (
        Creative.objects.filter(status=Creative.Status.APPROVED)
        .select_related("booking__position", "booking__advertiser")
        .order_by(Case(When(booking__advertiser__in=clients - {None}, then=0), default=1), "-pk")[:MOST_ARTWORK]
    )
    named = [(row.pk, f"{row.booking.advertiser}: {row}") for row in rows]
    return [("", _("None, words only")), *named]


def rows_for_preview(issue: Issue, composition: Composition) -> list[IssueBlock]:
    """The blocks as they were typed, not saved; what is not whole yet is left out."""
    rows = []
    creatives = Creative.objects.select_related("booking__position").in_bulk(composition.has("creative"))
    for order, form in enumerate(composition.blocks):
        try:
            if not form.is_valid():
                continue
            row = form.block().row(issue, order)
        except ValidationError:
            continue
        if row.kind in (Kind.STORY, Kind.SPONSORED) and form.story is None:
            continue
        row.promise = None
        row.creative = creatives.get(row.creative_id or 0)
        rows.append(row)
    return rows


def choosable(issue: Issue, user, words: str, *, at: datetime, besides: set[int]) -> ArticleQuerySet:
    """Stories that somebody may put into the issue: live, or public some day; the newest first."""
    found = Article.objects.visible_to(user).released().unexpired(at).in_language(issue.newsletter.language)
    for word in words[:200].split()[:6]:
        found = found.filter(headline__icontains=word)
    return found.exclude(pk__in=besides).select_related("section").defer("body").newest_first()
