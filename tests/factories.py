"""One factory a model, with dull defaults. Stories are made by the verbs that make them in life."""

from __future__ import annotations

import hashlib
import io
import itertools
import random
import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from ads import (
    approving,
    artwork,
    asking,
    billing,
    draft_files,
    drafts,
    links,
    mailbox,
    next_actions,
    posts,
    quieting,
    quoting,
    running,
    sales,
    waiting,
)
from ads.models import (
    AdRequest,
    Advertiser,
    Booking,
    Contact,
    Creative,
    DayCount,
    DeliveryAlarm,
    Event,
    ForecastDay,
    HourCount,
    HouseCreative,
    InboundMail,
    Invoice,
    Mailbox,
    MakeGood,
    NextAction,
    Position,
    PostProduct,
    QuietStory,
    Quote,
    QuoteLine,
    RolledHour,
    SealedDay,
    Sighting,
    SponsoredPost,
    WaitingEntry,
    WordList,
)
from ads.models.event import Kind
from articles import branding, channels, corrections, coverage, library, networks, notes, previews, workflow
from articles.content import Content, Credit, head
from articles.models import (
    Article,
    Author,
    Brand,
    BreakingNews,
    Channel,
    Correction,
    LiveEntry,
    MediaAsset,
    Note,
    PreviewLink,
    Revision,
    Section,
    Series,
    Tag,
    User,
)
from newsroom.audience import subscribing
from newsroom.audience.models import Newsletter, Subscriber

PASSWORD = "correct-horse-battery"
_numbers = itertools.count(1)


def user(group: str | None = None, **fields: Any) -> User:
    number = next(_numbers)
    made = User.objects.create_user(**{"username": f"user{number}", "password": PASSWORD, "is_staff": True} | fields)
    if group:
        made.groups.add(Group.objects.get(name=group))
    return made


def section(**fields: Any) -> Section:
    number = next(_numbers)
    return Section.objects.create(**{"name": f"Section {number}", "slug": f"section-{number}"} | fields)


def tag(**fields: Any) -> Tag:
    number = next(_numbers)
    return Tag.objects.create(**{"name": f"Tag {number}", "slug": f"tag-{number}"} | fields)


def author(**fields: Any) -> Author:
    number = next(_numbers)
    return Author.objects.create(**{"name": f"Author {number}", "slug": f"author-{number}"} | fields)


def jpeg(width: int = 64, height: int = 48, colour: str = "teal", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG", **options)
    return out.getvalue()


def logo(size: tuple[int, int] = (464, 112), *, colour: str = "#1a1a1a", border: int = 0) -> bytes:
    """A bar of a colour on nothing, as PNG."""
    image = Image.new("RGBA", (size[0] + 2 * border, size[1] + 2 * border), (0, 0, 0, 0))
    image.paste(colour, (border, border, border + size[0], border + size[1]))
    if not border:
        image.putpixel((size[0] // 2, size[1] // 2), (0, 0, 0, 0))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def brand(*, at: datetime | None = None, **values: Any) -> Brand:
    """What a publisher says of itself, known to this process when it asks next."""
    saved = branding.change({"name": "The Courier"} | values, seen=0, by=None, at=at or timezone.now())
    Brand.forget()
    return saved


def gif(width: int = 64, height: int = 48, frames: int = 1, **options: Any) -> bytes:
    colours = ["teal", "gold", "crimson", "navy"]
    images = [Image.new("RGB", (width, height), colours[n % 4]) for n in range(frames)]
    out = io.BytesIO()
    images[0].save(out, "GIF", save_all=frames > 1, append_images=images[1:], duration=500, loop=0, **options)
    return out.getvalue()


def photo(width: int, height: int, *, seed: int = 1, kind: str = "JPEG", **options) -> bytes:
    """Something with features: blobs whose places a seed decides."""
    chance = random.Random(seed)
    image = Image.new("RGB", (900, 600), "white")
    for _ in range(14):
        x, y, size = chance.randrange(900), chance.randrange(600), chance.randrange(60, 300)
        image.paste(tuple(chance.randrange(256) for _ in range(3)), (x, y, x + size, y + size))
    out = io.BytesIO()
    image.resize((width, height)).save(out, kind, **options)
    return out.getvalue()


def picture(data: bytes | None = None, **fields: Any) -> MediaAsset:
    return library.add(data or jpeg(640, 427), by=None, **{"alt": "A harbour at dawn"} | fields)


def content(**fields: Any) -> Content:
    values: dict[str, Any] = {"headline": f"Headline {next(_numbers)}", "body": "<p>Text of the story.</p>"}
    return Content(**values | fields)


def draft(*, by: User | None = None, at: datetime | None = None, **fields: Any) -> Article:
    """A story ready to publish, unless a field is overruled."""
    if "section_id" not in fields:
        fields["section_id"] = section(language=fields.get("language", "en")).pk
    if "bylines" not in fields and fields.get("kind", "story") == "story":
        fields["bylines"] = [Credit(author_id=author().pk)]
    return workflow.create(content(**fields), by=by, at=at or timezone.now())


def article(*, at: datetime | None = None, **fields: Any) -> Article:
    """A story that readers see since `at` (an hour ago, by default)."""
    at = at or timezone.now() - timedelta(hours=1)
    return workflow.publish(paid_story(draft(at=at, **fields)), by=None, at=at)


def paid_story(story: Article) -> Article:
    """The same story; one that was paid for gets an order made elsewhere and a yes to its newest text."""
    if story.is_sponsored:
        post = SponsoredPost.objects.filter(article=story).first()
        if post is None:
            post = SponsoredPost.objects.create(article=story, advertiser=advertiser(company=story.sponsor_name))
        if not posts.has_order(post):
            posts.vouch(post, "Order 17", by=None, at=story.created_at)
        number = story.head_number
        approving.record(post, number=number, name="Ada", reference="mail", by=None, at=story.created_at)
    return story


def edit(article: Article, *, by: User | None = None, at: datetime | None = None, **changes: Any) -> Revision:
    """A save on top of the newest draft."""
    article.refresh_from_db()
    content = replace(head(article), **changes)
    revision = workflow.save_draft(article, content, base_revision=article.head_number, by=by, at=at or timezone.now())
    article.refresh_from_db()
    return revision


def conflict(article: Article, *, by: User | None = None, at: datetime | None = None, **fields: Any) -> Revision:
    """What somebody wrote on an older revision than the newest: it is kept beside the story."""
    try:
        workflow.save_draft(article, content(**fields), base_revision=0, by=by, at=at or timezone.now())
    except workflow.StaleRevision as stale:
        return stale.conflict
    raise AssertionError("a save on no revision is stale")


def note(article: Article, text: str | None = None, *, by: User, at: datetime | None = None, **fields: Any) -> Note:
    text = text or f"Note {next(_numbers)}"
    return notes.write(article, text, by=by, at=at or timezone.now(), **fields).note


def preview_link(story: Article, *, by: User | None = None, **fields: Any) -> tuple[PreviewLink, str]:
    """A link to a draft, by an editor, and its token."""
    values: dict[str, Any] = {"label": "Teneru Mills", "at": timezone.now()}
    return previews.make(story, by=by or user("Editor", email="editor@newsroom.example"), **values | fields)


def advertiser(**fields: Any) -> Advertiser:
    number = next(_numbers)
    return Advertiser.objects.create(
        **{"company": f"Firm {number}", "email": f"firm{number}@firm.example", "country": "NG"} | fields
    )


def position(code: str = "foot-300x250") -> Position:
    return Position.objects.get(code=code)


def product(kind: str = "press-release") -> PostProduct:
    return PostProduct.objects.get(kind=kind)


def ad_request(wishes: list[sales.Wish] | None = None, *, at: datetime | None = None, **fields: Any) -> AdRequest:
    number = next(_numbers)
    values = {
        "name": "Ada Example",
        "email": "ada@firm.example",
        "company": f"Firm {number}",
        "website": "https://firm.example",
        "country": "NG",
    }
    return sales.receive(
        values | fields,
        wishes or [sales.Wish(position=position())],
        form_key=f"key-{number}",
        language="en",
        suspicion="",
        at=at or timezone.now(),
    )


def request_draft(code: str = "foot-300x250") -> str:
    """A request that somebody writes, for one position with its artwork. Returns its token."""
    now = timezone.now()
    answers = {"what": {f"want_{code}": "on", f"way_{code}": "100"}}
    draft, token = drafts.begin(answers, form_key=f"draft-{next(_numbers)}", language="en", at=now)
    place = draft_files.places(draft, asking.Asked(answers).lines)[0]
    draft_files.take(draft, place.slots[0], SimpleUploadedFile("a.jpg", jpeg(*place.line.position.size)), at=now)
    return token


def draft_quote(request: AdRequest | None = None, *, at: datetime | None = None) -> Quote:
    """An offer of one position for the coming week, or of what a request asks for."""
    at = at or timezone.now()
    first = timezone.localdate(at) + timedelta(days=7)
    request = request or ad_request(first_day=first, last_day=first + timedelta(days=6), at=at)
    return quoting.begin(request, by=None, at=at)


def post_line(of: Quote, **fields: Any) -> QuoteLine:
    """A press release that the client writes, as a line of a draft."""
    values = {"kind": "post", "product": product(), "written_by": "client", "quantity": 1, "unit_price": 100}
    return of.lines.create(**values | fields)


def quote(request: AdRequest | None = None, *, at: datetime | None = None) -> Quote:
    """An offer that the advertiser may accept."""
    made = draft_quote(request, at=at)
    quoting.send(made, by=None, at=at or timezone.now())
    return made


def deal(status: str = "accepted", request: AdRequest | None = None, *, at: datetime | None = None) -> AdRequest:
    """A deal with an accepted quote, put where a test wants it."""
    made = quote(request, at=at)
    quoting.accept(made, name="Ada Example", at=at or timezone.now())
    AdRequest.objects.filter(pk=made.request_id).update(status=status)
    return AdRequest.objects.get(pk=made.request_id)


def invoice(request: AdRequest | None = None, *, at: datetime | None = None) -> Invoice:
    return billing.issue(request or deal(), by=None, at=at or timezone.now())


def deal_token(request: AdRequest, *, at: datetime | None = None) -> str:
    """What opens the private page of a deal."""
    return links.address(links.for_mail(request, at=at or timezone.now()).key).rstrip("/").rpartition("/")[2]


def post_deal(*, written_by: str = "client", count: int = 1, **fields: Any) -> AdRequest:
    """A deal whose accepted offer holds a press release."""
    request = ad_request([sales.Wish(product=product(), written_by=written_by)], **fields)
    made = draft_quote(request)
    made.lines.update(quantity=count, unit_price=100)
    quoting.send(made, by=None, at=timezone.now())
    quoting.accept(made, name="Ada Example", at=timezone.now())
    return AdRequest.objects.get(pk=request.pk)


def offered_post(request: AdRequest, **fields: Any) -> SponsoredPost:
    """The first post of a deal with a text that its advertiser is asked to approve."""
    post = posts.begin(posts.places(request)[0].line, by=None, at=timezone.now())
    edit(post.article, **{"body": "<p>Bread.</p>", "section_id": section().pk} | fields)
    approving.offer(post, by=None, at=timezone.now())
    post.refresh_from_db()
    return post


def inbound_mail(
    raw: bytes = b"Subject: Hello\r\n\r\nWords", *, at: datetime | None = None, arrived: datetime | None = None
) -> InboundMail:
    """A mail as it is kept, not filed yet."""
    at = at or timezone.now()
    kept = InboundMail(
        mailbox=Mailbox.objects.get_or_create(name="partners@news.example@mail.example/INBOX")[0],
        uid_validity=1,
        uid=next(_numbers),
        sha256=hashlib.sha256(raw).hexdigest(),
        bytes=len(raw),
        arrived_at=arrived or at,
        stored_at=at,
    )
    mailbox.keep(kept, raw)
    return kept


def booking(code: str = "foot-300x250", **fields: Any) -> Booking:
    place = position(code)
    today = timezone.localdate()
    values: dict[str, Any] = {
        "advertiser": fields.pop("advertiser", None) or advertiser(),
        "first_day": today,
        "last_day": today,
        "price": place.price_per_week,
        "by": None,
        "at": timezone.now(),
        "art": artwork.check(place, jpeg(*place.size)),
        "alt": "Fresh bread, every morning",
        "click_url": "https://bakery.example/",
    }
    return sales.book(position=place, **values | fields)


def waiting_entry(taken: Booking, *, at: datetime | None = None, **fields: Any) -> WaitingEntry:
    """Somebody who waits for the days of a booking."""
    number = next(_numbers)
    values = {"name": f"Person {number}", "email": f"person{number}@firm.example", "by": None}
    return waiting.join(taken.position, taken.first_day, taken.last_day, at=at or timezone.now(), **values | fields)


def creative(booking: Booking, *, colour: str = "teal", **fields: Any) -> Creative:
    """Artwork that an advertiser sent, and that waits for review."""
    values = {"alt": f"Bread in {colour}", "click_url": "https://bakery.example/", "at": timezone.now()}
    fresh = Booking.objects.select_related("position", "request", "advertiser").get(pk=booking.pk)
    return artwork.submit(fresh, jpeg(*fresh.position.size, colour=colour), **values | fields)


def contact(firm: Advertiser | None = None, **fields: Any) -> Contact:
    number = next(_numbers)
    values = {"name": f"Person {number}", "email": f"person{number}@firm.example"}
    return Contact.objects.create(advertiser=firm or advertiser(), **values | fields)


def next_action(what: str = "Call them", *, at: datetime | None = None, **fields: Any) -> NextAction:
    """Something to do by today, by nobody yet."""
    at = at or timezone.now()
    values: dict[str, Any] = {"due_on": timezone.localdate(at), "owner": None, "by": None, "at": at}
    return next_actions.add(what, **values | fields)


def series(**fields: Any) -> Series:
    number = next(_numbers)
    return Series.objects.create(**{"title": f"Series {number}", "slug": f"series-{number}"} | fields)


def live_entry(story: Article, *, at: datetime | None = None, by: User | None = None, **fields: Any) -> LiveEntry:
    words = coverage.Words(**{"body": "<p>Something happened.</p>"} | fields)
    return coverage.post(story, words, key=uuid.uuid4(), by=by, at=at or timezone.now())


def correction(story: Article, *, at: datetime | None = None, by: User | None = None, **fields: Any) -> Correction:
    note = corrections.NoteToReaders(**{"kind": "correction", "text": f"Note {next(_numbers)}"} | fields)
    return corrections.tell_readers(story, note, by=by, at=at or timezone.now())


def breaking_news(*, at: datetime | None = None, **fields: Any) -> BreakingNews:
    """A sentence that runs for an hour."""
    at = at or timezone.now()
    values: dict[str, Any] = {"language": "en", "article": None, "until": at + timedelta(hours=1), "by": None}
    text = fields.pop("text", f"Sentence {next(_numbers)}")
    return coverage.break_news(text, at=at, **values | fields)


def event(kind: Kind = Kind.RENDER, *, at: datetime, **fields: Any) -> Event:
    """Something that happened, of a page view of its own unless `key` says which."""
    values = {"key": uuid.uuid4(), "kind": kind, "at": at, "visitor": 1}
    return Event.objects.create(**values | fields)


def traffic(code: str = "foot-300x250", *, until: date, days: int = 28, an_hour: int = 10) -> None:
    """Sealed days of a position, the last of them `until`, with so many opportunities an hour, all filled and shown."""
    rows = [
        ForecastDay(
            position=position(code), day=until - timedelta(days=n),
            actual=24 * an_hour, hours=[an_hour] * 24, filled=24 * an_hour, renders=24 * an_hour,
        )
        for n in range(days)
    ]  # fmt: skip
    ForecastDay.objects.bulk_create(rows)


def hour_count(kind: Kind, number: int, *, at: datetime, **fields: Any) -> HourCount:
    """What a closed hour had."""
    RolledHour.objects.get_or_create(hour=at, defaults={"until": at + timedelta(hours=1)})
    return HourCount.objects.create(kind=kind, number=number, hour=at, **fields)


def house(code: str = "foot-300x250", *, alt: str = "Read us every morning", **fields: Any) -> HouseCreative:
    place = position(code)
    values = {"name": alt, "alt": alt, "click_url": "https://news.example/", "created_at": timezone.now()}
    made = HouseCreative(position=place, **values | fields)
    made.file.save("a.jpg", ContentFile(jpeg(*place.size)), save=False)
    made.save()
    return made


def alarm(booking: Booking, *, at: datetime | None = None, **fields: Any) -> DeliveryAlarm:
    """A line that is behind."""
    at = at or timezone.now()
    values = {"kind": DeliveryAlarm.Kind.BEHIND, "position": booking.position, "expected": 1000, "delivered": 100}
    return DeliveryAlarm.objects.create(booking=booking, since=at, looked_at=at, **values | fields)


def make_good(booking: Booking, **fields: Any) -> MakeGood:
    """What was missed, prepared for the day after."""
    day = booking.last_day + timedelta(days=1)
    values = {"impressions": 100, "first_day": day, "last_day": day, "prepared_at": timezone.now()}
    return MakeGood.objects.create(booking=booking, **values | fields)


def word_list(*words: str, **fields: Any) -> WordList:
    lines = "\n".join(words or ("bomb",))
    return WordList.objects.create(**{"name": f"List {next(_numbers)}", "words": lines} | fields)


def quiet_story(story: Article | None = None, *, why: str = "People died", by: User | None = None) -> QuietStory:
    return quieting.quieten(story or article(), why, by=by, at=timezone.now())


def limits(booking: Booking, **values: Any) -> Booking:
    """The booking as it is read anew, shown only where and when the values say."""
    running.limit(booking, running.Limits(**values), by=None, at=timezone.now())
    return Booking.objects.get(pk=booking.pk)


def day_counts(day: date, **numbers: int) -> None:
    """What a sealed day had: `shown=5, viewable=3, clicks=1`, with facts such as `line`. It seals the day."""
    names = {
        "shown": Kind.RENDER,
        "viewable": Kind.VIEW,
        "clicks": Kind.CLICK,
        "pages": Kind.SERVED,
        "reads": Kind.READ,
    }
    facts = {name: value for name, value in numbers.items() if name not in names}
    for name, kind in names.items():
        if number := numbers.get(name):
            DayCount.objects.create(day=day, kind=kind, number=number, **facts)
    sealed = {"rows": 1, "events": 1, "method": 1, "seal": f"{day:%Y%m%d}" * 8, "sealed_at": timezone.now()}
    SealedDay.objects.get_or_create(day=day, defaults=sealed)


def sighting(creative: Creative, *, is_phone: bool = False) -> Sighting:
    made = Sighting(creative=creative, is_phone=is_phone, width=64, height=48, taken_at=timezone.now())
    made.file.save("page.jpg", ContentFile(jpeg()), save=False)
    made.save()
    return made


def newsletter(**fields: Any) -> Newsletter:
    number = next(_numbers)
    values = {"name": f"Letter {number}", "slug": f"letter-{number}", "description": "What happened.", "language": "en"}
    return Newsletter.objects.create(**values | fields)


def subscriber(
    *newsletters: Newsletter, at: datetime | None = None, state: str = "confirmed", **fields: Any
) -> Subscriber:
    """By the verbs where there is one; `state` says how far."""
    moment = at or timezone.now()
    email = fields.pop("email", f"reader-{next(_numbers)}@reader.example")
    wanted = subscribing.wish_for(newsletters, **fields)
    where = subscribing.Where("/newsletter/", "n")
    subscribing.sign_up(email, wanted, said="I want it.", where=where, by=None, at=moment)
    made = Subscriber.objects.of(email).get()
    if state != "pending":
        subscribing.confirm(made, said="I want it.", where=where, by=None, at=moment)
    if state == "unsubscribed":
        subscribing.leave(made, where=where, by=None, at=moment)
    if state == "suppressed":
        subscribing.suppress(made, by=None, at=moment)
    made.refresh_from_db()
    return made


def channel(kind: str = "telegram", *, secrets: dict[str, str] | None = None, **fields: Any) -> Channel:
    """A channel in use, with a door that opens."""
    number = next(_numbers)
    values = {"name": f"Channel {number}", "kind": kind, "is_active": True, "account": "@courier"}
    values["address"] = "https://network.example"
    made = Channel.objects.create(**values | fields)
    needed = {name: f"secret-{name}-{number}" for name in networks.of(made).secrets}
    channels.keep_secrets(made, needed | (secrets or {}), at=timezone.now())
    if made.is_webhook:
        channels.rotate(made, at=timezone.now())
    return made
