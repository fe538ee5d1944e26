"""What a phone loads before anybody scrolls: bytes on the wire and requests, as the design allows them."""

from __future__ import annotations

import pytest

from articles.content import Credit
from tests import factories
from tests.browser.looking import go

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

KB = 1024
# Most bytes and most requests of a page: that of a story, and the front page.
STORY, FRONT = (180 * KB, 12), (250 * KB, 18)


@pytest.fixture
def story(db):
    """A story of a newsroom with photographs, whose advertising is sold."""
    pictures = [factories.picture(factories.photo(1300, 867, seed=seed)) for seed in range(4)]
    author = factories.author(bio="Covers the port.")
    for section in [factories.section() for _section in range(4)]:
        for n in range(5):
            story = factories.article(
                headline=f"A headline of an ordinary length, number {n}, about something else",
                standfirst="A standfirst that says in two lines what the story is about, and no more than that.",
                section_id=section.pk,
                hero_id=pictures[n % 4].pk,
                bylines=[Credit(author_id=author.pk)],
                body="<p>" + "Words of a paragraph that fill four lines on a phone, as they do. " * 4 + "</p>",
            )
    for code in ("top-728x90", "home-970x250", "rail-336x280", "foot-300x250"):
        factories.creative(factories.booking(code))
    return story


def weigh(page, path: str) -> tuple[int, int]:
    """Bytes on the wire and requests of a page that is opened and not scrolled."""
    listener = page.context.new_cdp_session(page)
    listener.send("Network.enable")
    listener.send("Network.setCacheDisabled", {"cacheDisabled": True})
    arrived: list[int] = []
    listener.on("Network.loadingFinished", lambda done: arrived.append(int(done["encodedDataLength"])))
    go(page, path)
    return sum(arrived), len(arrived)


def test_a_phone_loads_no_more_than_the_design_allows(browser, live_server, story):
    with browser.new_context(
        base_url=live_server.url, viewport={"width": 360, "height": 740}, device_scale_factor=2
    ) as context:
        page = context.new_page()
        loads = {path: weigh(page, path) for path in (story.get_absolute_url(), "/")}
    limits = {story.get_absolute_url(): STORY, "/": FRONT}
    assert {path: load for path, load in loads.items() if load[0] > limits[path][0] or load[1] > limits[path][1]} == {}
    assert all(number > 4 for _bytes, number in loads.values())
