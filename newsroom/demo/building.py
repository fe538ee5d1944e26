"""Puts the demo content into the database, through the verbs that people use. Safe to repeat: what is there stays."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from ads import approving, ledger, posts, sales
from ads import artwork as desk_artwork
from ads.models import AdRequest, Advertiser, Booking, Position, PostProduct, SponsoredPost
from articles import corrections, library, workflow
from articles.content import Content, Credit
from articles.models import Article, Author, Correction, MediaAsset, Section, Series, Tag, User
from newsroom.audience import inbox
from newsroom.audience.models import ContactMessage

from . import (
    artwork,
    brand,
    coverage,
    dealing,
    house,
    letters,
    people,
    pictures,
    readers,
    reading,
    running,
    sharing,
    subscribers,
)

Say = Callable[[str], None]

_FIGURE = re.compile(r'<figure data-media="([^"]+)">')
MESSAGE_REASONS = {reason.value for reason in ContactMessage.Reason}


def build(*, now: datetime, say: Say) -> None:
    """Everything but the filler. Takes about 30 seconds the first time; pictures are most of it, counting a third."""
    demo = reading.load()
    say("Staff, sections and authors")
    brand.make(now - timedelta(days=90))  # before the first invoice, which bears the logo of its day
    make_staff()
    sections = make_sections(demo.sections)
    say("Pictures")
    scenes = draw_pictures(demo)
    authors = make_authors(demo.authors)
    say("Stories")
    advertisers = make_advertisers(demo.advertisers)
    parts = coverage.make_series(demo.series)
    make_stories(demo.stories, sections, authors, scenes, advertisers, now, parts=parts)
    coverage.make_live_blogs(demo.live, now=now)
    say("Ad desk")
    set_estimates()
    running.make_deal(demo.bookings, advertisers, now)
    make_bookings(demo.bookings, advertisers, now)
    house.make(demo.publication, now)
    make_requests(demo.requests, now)
    dealing.make_deals(now)
    make_messages(demo.messages, now)
    sharing.make(now)
    say("Two weeks of readers, counted")
    readers.make(now)
    say("Newsletters and their readers")
    subscribers.make(now)
    letters.make(now)


def make_staff() -> None:
    for username, (group, _author) in people.ROLES.items():
        user, created = User.objects.get_or_create(
            username=username,
            defaults={
                "is_staff": True,
                "is_superuser": username == "operator",
                "first_name": username.title(),
                "email": f"{username}@newsroom.example",
            },
        )
        if created:
            user.set_password(people.PASSWORD)
            user.save()
            if group:
                user.groups.add(Group.objects.get(name=group))


def make_sections(sections: list[reading.Section]) -> dict[tuple[str, str], Section]:
    """Sections by (language, slug), parents and originals before what depends on them."""
    made: dict[tuple[str, str], Section] = {}
    for row in sorted(sections, key=lambda s: (s.language != "en", bool(s.parent), s.order)):
        made[row.language, row.slug], _created = Section.objects.get_or_create(
            language=row.language,
            slug=row.slug,
            defaults={
                "name": row.name,
                "description": row.description,
                "order": row.order,
                "parent": made.get((row.language, row.parent)),
                "translation_of": made.get(("en", row.translation_of)),
            },
        )
    return made


def draw_pictures(demo: reading.Content) -> dict[str, MediaAsset]:
    """The drawn scenes in the media library, by name, with the words of the story that leads with each."""
    words, arabic = (
        {story.picture: story for story in reversed(demo.stories) if story.picture and story.language == language}
        for language in ("en", "ar")
    )
    used = {name for story in demo.stories for name in [story.picture, *_FIGURE.findall(story.body)] if name}
    titles = {f"Demo: {name}": name for name in used}
    made = {titles[asset.title]: asset for asset in MediaAsset.objects.filter(title__in=titles)}
    missing = sorted(used - set(made))
    with ThreadPoolExecutor(2) as pool:
        drawn = dict(zip(missing, pool.map(pictures.scene, missing), strict=True))
        for name, data in drawn.items():
            story, twin = words.get(name), arabic.get(name)
            made[name] = library.add(
                data,
                by=None,
                title=f"Demo: {name}",
                alt=story.picture_alt if story else f"Illustration: {name.replace('-', ' ')}",
                alt_ar=twin.picture_alt if twin else "",
                caption=story.picture_caption if story else "",
                caption_ar=twin.picture_caption if twin else "",
                credit=(story.picture_credit if story else "") or f"Illustration: {demo.publication.name}",
                licence="CC0",
            )
    return made


def make_authors(authors: list[reading.Author]) -> dict[str, Author]:
    signs = {author: username for username, (_group, author) in people.ROLES.items() if author}
    made = {}
    for row in authors:
        author = Author.objects.filter(slug=row.slug).first()
        if author is None:
            is_newsroom = row.kind == "newsroom"
            face = pictures.monogram("AC") if is_newsroom else pictures.portrait(row.slug, row.look)
            photo = library.add(face, by=None, title=f"Demo: {row.slug}", decorative=True, licence="CC0")
            author = Author.objects.create(
                slug=row.slug,
                name=row.name,
                name_ar=row.name_ar,
                role=row.role,
                role_ar=row.role_ar,
                bio=row.bio,
                bio_ar=row.bio_ar,
                is_newsroom=is_newsroom,
                photo=photo,
                user=User.objects.filter(username=signs.get(row.slug, "")).first(),
            )
        made[row.slug] = author
    return made


def make_stories(
    stories: list[reading.Story],
    sections: dict[tuple[str, str], Section],
    authors: dict[str, Author],
    scenes: dict[str, MediaAsset],
    advertisers: dict[str, Advertiser],
    now: datetime,
    *,
    parts: dict[str, tuple[Series, int]],
) -> None:
    by_name = {advertiser.company: advertiser for advertiser in advertisers.values()}
    by = User.objects.get(username="editor")
    made: dict[str, Article] = {}
    for row in stories:
        known = Article.objects.filter(slug=row.slug, language=row.language).first()
        made[row.slug] = known or _make_story(
            row, sections, authors, scenes, made, by_name, now, by, part=parts.get(row.slug)
        )


def _make_story(
    row: reading.Story,
    sections,
    authors,
    scenes,
    made,
    advertisers: dict[str, Advertiser],
    now: datetime,
    by: User,
    *,
    part: tuple[Series, int] | None,
) -> Article:
    tags = [
        Tag.objects.get_or_create(
            language=row.language, slug=tag.slug, defaults={"name": tag.name, "description": tag.description}
        )[0]
        for tag in row.tags
    ]
    original = made.get(row.translation_of)
    hero = scenes.get(row.picture)
    at = now - timedelta(hours=row.hours_ago)
    content = Content(
        headline=row.headline,
        slug=row.slug,
        language=row.language,
        standfirst=row.standfirst,
        body=_FIGURE.sub(lambda m: f'<figure data-media-id="{scenes[m[1]].pk}">', row.body),
        section_id=sections[row.language, row.section].pk,
        translation_of_id=original.pk if original else None,
        hero_id=hero.pk if hero else None,
        series_id=part[0].pk if part else None,
        series_part=part[1] if part else None,
        kind=Article.Kind.STORY if row.kind == "news" else row.kind,
        sponsor_name=row.sponsor_name,
        publish_at=at,
        tag_ids=[tag.pk for tag in tags],
        bylines=[Credit(author_id=authors[c.author].pk, role=c.role) for c in row.byline],
    )
    with transaction.atomic():
        article = workflow.create(content, by=by, at=at)
        if article.is_sponsored:
            order(article, advertisers[article.sponsor_name], row.slug, at=at)
        article = workflow.publish(article, by=by, at=at)
        if row.correction:
            note = corrections.NoteToReaders(kind=Correction.Kind.CORRECTION, text=row.correction)
            corrections.tell_readers(article, note, by=by, at=min(at + timedelta(hours=3), now))
        return article


def make_advertisers(rows: list[reading.Advertiser]) -> dict[str, Advertiser]:
    return {
        row.slug: Advertiser.objects.get_or_create(
            company=row.name,
            email=row.email,
            defaults={"contact_name": row.contact, "website": row.website, "country": row.country},
        )[0]
        for row in rows
    }


def order(article: Article, advertiser: Advertiser, name: str, *, at: datetime) -> None:
    """The order of a sponsored demo story, made elsewhere, and the advertiser's yes to its text."""
    publisher = User.objects.get(username="publisher")
    post = SponsoredPost.objects.create(article=article, advertiser=advertiser)
    posts.vouch(post, f"Demo order {name}", by=publisher, at=at)
    number = article.head_number
    approving.record(
        post,
        number=number,
        name=advertiser.contact_name or advertiser.company,
        reference="Demo mail",
        by=publisher,
        at=at,
    )


# Impressions a week of the demo's positions before its readers are counted: those of `readers`, roughly.
ESTIMATES = {
    "home-970x250": 12_000,
    "top-728x90": 35_000,
    "rail-336x280": 17_000,
    "rail-200x200": 17_000,
    "rail-300x600": 17_000,
    "foot-300x250": 35_000,
}


def set_estimates() -> None:
    """So that impressions can be sold. The longest position has none: it is sold by the week only."""
    for code, number in ESTIMATES.items():
        Position.objects.filter(code=code, weekly_impressions=None).update(weekly_impressions=number)


def make_bookings(rows: list[reading.Booking], advertisers: dict[str, Advertiser], now: datetime) -> None:
    """One running booking a position, since two weeks, so that every box of the demo is filled whenever it is made, and
    has a past. Half a position where a number of impressions is sold beside it."""
    today = timezone.localdate(now)
    for row in rows:
        position = Position.objects.get(code=row.position)
        advertiser = advertisers[row.advertiser]
        runs = Booking.objects.filter(
            position=position, status=Booking.Status.BOOKED, last_day__gte=today, first_day__lte=today
        )
        if runs.filter(share__gt=0).exists():
            continue
        share = 50 if runs.exists() else 100
        first, last = today - timedelta(days=running.DAYS), today + timedelta(weeks=row.weeks or 4, days=-1)
        phone = None
        if position.phone_size:
            phone_data = artwork.draw(position.phone_size, advertiser.company, row.line, row.palette, row.button)
            phone = desk_artwork.check(position, phone_data, phone=True)
        try:
            sales.book(
                position=position,
                advertiser=advertiser,
                first_day=first,
                last_day=last,
                price=sales.price_for(position, first, last, share=share),
                share=share,
                by=None,
                at=now - timedelta(days=running.DAYS + 1),
                art=desk_artwork.check(position, _artwork_of(row, position, advertiser)),
                phone_art=phone,
                alt=f"{advertiser.company}: {row.line}",
                click_url=advertiser.website,
            )
        except ledger.SoldOut:
            continue


def _artwork_of(row: reading.Booking, position: Position, advertiser: Advertiser) -> bytes:
    if row.frames:
        return artwork.animate(position.size, advertiser.company, row.frames, row.palette, row.button)
    return artwork.draw(position.size, advertiser.company, row.line, row.palette, row.button)


def make_requests(rows: list[reading.AdRequest], now: datetime) -> None:
    for row in rows:
        wishes = [
            sales.Wish(position=Position.objects.get(code=item.position))
            if item.position
            else sales.Wish(product=PostProduct.objects.get(kind=item.kind), written_by=item.written_by)
            for item in row.items
        ]
        key = _key("request", row.email, row.message)
        if AdRequest.objects.filter(form_key=key).exists():
            continue
        sales.receive(
            {
                "name": row.name,
                "email": row.email,
                "company": row.company,
                "website": row.website,
                "country": row.country,
                "message": row.message,
            },
            wishes,
            form_key=key,
            language="en",
            suspicion="",
            at=now - timedelta(hours=row.hours_ago),
            is_silent=True,
        )


def make_messages(rows: list[reading.Message], now: datetime) -> None:
    for row in rows:
        inbox.receive(
            reason=row.reason if row.reason in MESSAGE_REASONS else ContactMessage.Reason.OTHER,
            name=row.name,
            email=row.email,
            text=f"{row.subject}\n\n{row.message}",
            form_key=_key("message", row.email, row.message),
            language=row.language,
            suspicion="",
            at=now - timedelta(hours=row.hours_ago),
            is_silent=True,
        )


def _key(*parts: str) -> str:
    return "demo-" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def fillers(seed: int, count: int, now: datetime) -> Iterator[Content]:
    """Synthetic live stories for measuring, in sections, tags and bylines that exist already."""
    from .filling import filler

    sections = {(s.language, s.slug): s.pk for s in Section.objects.all()}
    spare = {s.language: s.pk for s in Section.objects.order_by("-order")}
    newsroom = Author.objects.get(is_newsroom=True)
    tags: dict[tuple[str, str], int] = {}
    for row in filler(seed, count):
        ids = []
        for name in row.tags:
            slug = name.lower().replace(" ", "-")
            if (row.language, slug) not in tags:
                tags[row.language, slug] = Tag.objects.get_or_create(
                    language=row.language, slug=slug, defaults={"name": name}
                )[0].pk
            ids.append(tags[row.language, slug])
        yield Content(
            headline=row.headline,
            slug=row.slug,
            language=row.language,
            standfirst=row.standfirst,
            body=row.body,
            section_id=sections.get((row.language, row.section), spare[row.language]),
            publish_at=now - timedelta(hours=row.hours_ago),
            tag_ids=ids,
            bylines=[Credit(author_id=newsroom.pk)],
        )
