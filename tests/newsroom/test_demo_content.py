"""The demo content fits together, and its HTML is what the editor would have made."""

import io
import re
from html.parser import HTMLParser
from itertools import islice

import pytest
from django.utils import timezone
from PIL import Image

from newsroom.audience.models import Newsletter, Subscriber
from newsroom.demo import artwork, pictures, subscribers
from newsroom.demo.filling import filler
from newsroom.demo.reading import Story, load

CONTENT = load()
STORIES = CONTENT.stories
ALLOWED = {"p", "h2", "h3", "ul", "ol", "li", "blockquote", "a", "strong", "em", "figure"}
ALLOWED |= {"table", "thead", "tbody", "tr", "th", "td", "figcaption", "sub", "sup", "pre", "code", "hr"}
SPONSORED = {"press-release", "advertorial", "video", "interview", "article"}
ARABIC = re.compile(r"[\u0600-\u06ff]")
EMBED = "https://www.youtube.com/watch?v=aaaaaaaaaaa"

each_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.slug)


class Outline(HTMLParser):
    """Collects the tags and attributes of a body, and what is not closed in order."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.mistakes: list[str] = []
        self.feed(body)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "hr":
            self.open.append(tag)
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.mistakes.append(tag)

    def values(self, wanted: str) -> list[str]:
        return [value for _, name, value in self.attributes if name == wanted]


def plain(story: Story) -> str:
    return re.sub(r"<[^>]+>", " ", story.body)


def size_of(picture: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(picture)).size


def test_there_are_29_english_and_14_arabic_stories():
    assert [sum(s.language == code for s in STORIES) for code in ("en", "ar")] == [29, 14]


@pytest.mark.parametrize("name", ["sections", "authors", "stories", "advertisers"])
def test_slugs_are_unique(name: str):
    slugs = [row.slug for row in getattr(CONTENT, name)]
    assert sorted(slugs) == sorted(set(slugs))


def test_a_section_hangs_under_a_top_section_of_its_language():
    top = {(s.slug, s.language) for s in CONTENT.sections if not s.parent}
    assert [s.slug for s in CONTENT.sections if s.parent and (s.parent, s.language) not in top] == []


def test_every_arabic_section_translates_an_english_one():
    english = {s.slug for s in CONTENT.sections if s.language == "en"}
    assert [s.slug for s in CONTENT.sections if s.language == "ar" and s.translation_of not in english] == []


def test_a_tag_has_one_name():
    names: dict[str, set[str]] = {}
    for story in STORIES:
        for tag in story.tags:
            names.setdefault(tag.slug, set()).add(tag.name)
    assert {slug: found for slug, found in names.items() if len(found) > 1} == {}


@each_story
def test_section_authors_and_pictures_exist(story: Story):
    assert (story.section, story.language) in {(s.slug, s.language) for s in CONTENT.sections}
    assert {credit.author for credit in story.byline} <= {a.slug for a in CONTENT.authors}
    drawn = [*Outline(story.body).values("data-media"), *([story.picture] if story.picture else [])]
    assert set(drawn) <= set(pictures.SCENES)
    assert story.tags


@each_story
def test_a_picture_has_its_words(story: Story):
    words = [story.picture_alt, story.picture_caption, story.picture_credit]
    assert [bool(word) for word in words] == [bool(story.picture)] * 3


@each_story
def test_body_is_well_formed_and_has_only_the_editors_tags(story: Story):
    outline = Outline(story.body)
    assert outline.mistakes == []
    assert outline.open == []
    assert outline.tags - ALLOWED == set()
    assert {(tag, name) for tag, name, _ in outline.attributes} <= {
        ("a", "href"), ("figure", "data-media"), ("figure", "data-embed"),
    }  # fmt: skip
    assert re.sub(r"&(amp|lt|gt);", "", plain(story)).count("&") == 0


@each_story
def test_links_lead_to_invented_addresses(story: Story):
    outline = Outline(story.body)
    assert [href for href in outline.values("href") if not re.match(r"https://[a-z0-9.-]+\.example(/|$)", href)] == []
    assert set(outline.values("data-embed")) <= {EMBED}


def test_no_plain_http_and_no_address_outside_example():
    everything = repr(CONTENT)
    assert "http://" not in everything
    hosts = set(re.findall(r"https://([^/\"'> ]+)", everything)) - {"www.youtube.com"}
    assert [host for host in hosts if not host.endswith(".example")] == []
    assert [mail for mail in re.findall(r"[\w.]+@[\w.-]+", everything) if not mail.endswith(".example")] == []


@each_story
def test_sponsored_means_named_and_without_a_byline(story: Story):
    sponsored = story.kind in SPONSORED
    assert sponsored == (story.kind != "news")
    assert bool(story.sponsor_name) == sponsored
    assert bool(story.byline) != sponsored
    if sponsored:
        assert story.sponsor_name in {a.name for a in CONTENT.advertisers}


@each_story
def test_language_of_the_text(story: Story):
    texts = [story.headline, story.standfirst, story.body, story.slug]
    assert [bool(ARABIC.search(text)) for text in texts] == [story.language == "ar"] * 4
    assert story.language == "ar" or story.slug.isascii()


@each_story
def test_length_is_that_of_an_article(story: Story):
    assert 100 <= len(plain(story).split()) <= 1200


def test_translations_point_to_english_stories_of_the_same_section():
    english = {s.slug: s for s in STORIES if s.language == "en"}
    sections = {s.slug: s.translation_of for s in CONTENT.sections if s.translation_of}
    translated = [s for s in STORIES if s.translation_of]
    assert {s.translation_of for s in translated} <= set(english)
    assert [s.language for s in translated] == ["ar"] * len(translated)
    assert [
        s.translation_of for s in translated if sections[s.section] not in _sections(english[s.translation_of])
    ] == []


def _sections(story: Story) -> set[str]:
    """The section of a story and the one above it."""
    above = {s.slug: s.parent for s in CONTENT.sections}
    return {story.section, above[story.section]}


def test_the_site_looks_fresh():
    hours = sorted(story.hours_ago for story in STORIES)
    assert hours[0] < 6
    assert hours[5] < 24
    assert 800 < hours[-1] <= 40 * 24


def test_awkward_stories_are_among_them():
    assert max(len(s.headline) for s in STORIES) > 180
    assert max(len(word) for s in STORIES for word in plain(s).split()) >= 40
    assert max(len(s.byline) for s in STORIES) == 12
    assert max(len(plain(s).split()) for s in STORIES) > 900
    assert sum(not s.picture for s in STORIES) == 2
    assert sum(bool(s.correction) for s in STORIES if s.language == "en") == 1


def test_series_and_live_blogs_are_of_stories_that_exist():
    slugs = {(s.slug, s.language) for s in STORIES if s.kind == "news"}
    parts = [(part, series.language) for series in CONTENT.series for part in series.parts]
    assert [part for part in parts if part not in slugs] == []
    assert len(parts) == len(set(parts))
    assert [live.story for live in CONTENT.live if not {(live.story, "en"), (live.story, "ar")} & slugs] == []


@pytest.mark.parametrize("live", CONTENT.live, ids=lambda live: live.story)
def test_entries_of_a_live_blog_come_one_after_the_other_and_are_well_formed(live):
    minutes = [entry.minutes_ago for entry in live.entries]
    assert minutes == sorted(set(minutes), reverse=True)
    assert sum(entry.is_pinned for entry in live.entries) == 1
    for entry in live.entries:
        outline = Outline(entry.body)
        assert (outline.mistakes, outline.open, outline.tags - ALLOWED) == ([], [], set())


def test_every_position_is_booked_with_artwork_of_exactly_its_size():
    brands = {a.slug: a.name for a in CONTENT.advertisers}
    assert sorted(b.position for b in CONTENT.bookings) == sorted(artwork.POSITIONS)
    for booking in CONTENT.bookings:
        sizes = [artwork.POSITIONS[booking.position]]
        sizes += [artwork.PHONE[booking.position]] if booking.position in artwork.PHONE else []
        for size in sizes:
            made = artwork.draw(size, brands[booking.advertiser], booking.line, booking.palette, booking.button)
            assert (size_of(made), len(made) <= artwork.MAX_BYTES) == (size, True)


def test_the_animation_is_short_and_light():
    booking = next(b for b in CONTENT.bookings if b.frames)
    made = artwork.animate((300, 250), "Palmwave Mobile", booking.frames, booking.palette, booking.button)
    picture = Image.open(io.BytesIO(made))
    seconds = 0.0
    for frame in range(picture.n_frames):
        picture.seek(frame)
        seconds += picture.info["duration"] / 1000
    assert (picture.format, picture.size, picture.n_frames) == ("GIF", (300, 250), 3)
    assert seconds <= 5
    assert len(made) < 150_000


def test_requests_ask_for_things_that_are_sold():
    items = [item for request in CONTENT.requests for item in request.items]
    assert [r.hours_ago for r in CONTENT.requests] == [2, 20, 44, 60, 300]
    assert [bool(item.position) != bool(item.kind) for item in items] == [True] * len(items)
    assert {item.position for item in items if item.position} <= set(artwork.POSITIONS)
    assert {item.kind for item in items if item.kind} <= SPONSORED
    assert {item.written_by for item in items if item.kind} <= {"client", "newsroom"}


def test_messages_come_in_both_languages():
    assert [m.language for m in CONTENT.messages] == ["en", "en", "en", "ar", "ar"]


@pytest.mark.parametrize("name", sorted(pictures.SCENES))
def test_a_scene_is_drawn_the_same_way_twice(name: str):
    first = pictures.scene(name, (300, 200))
    assert first == pictures.scene(name, (300, 200))
    assert size_of(first) == (300, 200)


def test_the_odd_shapes_of_pictures():
    assert {pictures.natural_size(name) for name in pictures.SCENES} == {
        (1600, 1067),
        (1067, 1600),
        (1600, 900),
        (4000, 3000),
    }
    assert size_of(pictures.scene("lighthouse")) == (1067, 1600)


def test_portraits_are_square():
    made = [pictures.portrait(author.slug, author.look) for author in CONTENT.authors] + [pictures.monogram("AC")]
    assert {size_of(picture) for picture in made} == {(600, 600)}


def test_filler_repeats_itself_only_for_the_same_seed():
    assert list(filler(7, 50)) == list(filler(7, 50))
    assert list(filler(7, 50)) != list(filler(8, 50))


def test_filler_varies_and_stays_within_the_sections():
    made = list(islice(filler(1, 5000), 5000))
    assert len({story.slug for story in made}) == 5000
    assert len({story.headline for story in made}) > 4700
    assert {(s.section, s.language) for s in made} <= {(s.slug, s.language) for s in CONTENT.sections}
    assert {s.language for s in made} == {"en", "ar"}
    assert {Outline(s.body).tags == {"p"} for s in made[:200]} == {True}
    assert {3 <= s.body.count("<p>") <= 6 for s in made} == {True}


@pytest.mark.django_db
def test_the_demo_has_readers_of_newsletters_and_making_it_again_adds_none():
    for _twice in range(2):
        subscribers.make(timezone.now())
    assert set(Newsletter.objects.values_list("language", flat=True)) == {"en", "ar"}
    by_state = {state: Subscriber.objects.filter(state=state).count() for state in Subscriber.State.values}
    assert sum(by_state.values()) == subscribers.READERS
    assert min(by_state.values()) > 3
    assert not Subscriber.objects.exclude(email__endswith=".example").exists()
    assert all(reader.consents.exists() for reader in Subscriber.objects.reachable().prefetch_related("consents"))
