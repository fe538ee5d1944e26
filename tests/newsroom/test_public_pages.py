"""Public pages: the same bytes for everybody, safe headers, and a constant number of queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from ads import most_read, plan
from articles import workflow
from articles.content import Credit
from articles.models import Article, Redirect
from tests import factories

pytestmark = pytest.mark.django_db


def newsroom_of(count: int, language: str = "en") -> Article:
    """Stories in two sections, with tags, pictures and bylines; returns the newest."""
    hero = factories.picture()
    sections = [factories.section(language=language) for _ in range(2)]
    child = factories.section(language=language, parent=sections[0])
    tag = factories.tag(language=language)
    names = [factories.author() for _ in range(2)]
    now = timezone.now()
    for n in range(count):
        story = factories.article(
            at=now - timedelta(minutes=count - n),
            language=language,
            section_id=[*sections, child][n % 3].pk,
            tag_ids=[tag.pk],
            hero_id=hero.pk,
            bylines=[Credit(author_id=name.pk) for name in names],
            body=f'<p>One</p><figure data-media-id="{hero.pk}"></figure><p>Two</p>',
        )
    factories.booking()
    plan.current()
    most_read.current(now)
    return story


def addresses(story: Article) -> dict[str, str]:
    return {
        "front page": "/",
        "article": story.get_absolute_url(),
        "section": story.section.get_absolute_url(),
        "tag": story.tags.get().get_absolute_url(),
        "author": story.bylines.first().author.get_absolute_url(),
    }


@pytest.mark.parametrize("count", [9, 30])
@pytest.mark.parametrize(
    ("which", "queries"), [("front page", 7), ("article", 13), ("section", 10), ("tag", 8), ("author", 9)]
)
def test_a_page_asks_the_same_number_of_questions_whatever_the_number_of_stories(
    client, django_assert_num_queries, count, which, queries
):
    address = addresses(newsroom_of(count))[which]
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200


def test_public_pages_set_no_cookie_and_are_the_same_bytes_for_staff_and_strangers(client):
    story = newsroom_of(3)
    pages = [*addresses(story).values(), "/partners/", "/ar/"]
    anonymous = {}
    for page in pages:
        response = client.get(page)
        anonymous[page] = response.content
        assert "Set-Cookie" not in response.headers
        assert "Cookie" not in response.headers.get("Vary", "")
        assert b"csrf" not in response.content
    client.force_login(factories.user("Publisher"))
    assert {page: client.get(page).content for page in pages} == anonymous


def test_public_pages_carry_the_security_headers(client):
    headers = client.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert {
        name: headers[name]
        for name in (
            "X-Content-Type-Options",
            "X-Frame-Options",
            "Referrer-Policy",
            "Cross-Origin-Opener-Policy",
            "Cross-Origin-Resource-Policy",
        )
    } == {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def test_a_page_has_no_inline_script_or_style(client):
    story = newsroom_of(2)
    for page in [*addresses(story).values(), "/partners/", "/partners/request/", "/contact/"]:
        html = client.get(page).content.decode()
        assert " style=" not in html
        assert "<style" not in html
        assert "onclick" not in html
        # Structured data is no script: a browser does not run it.
        assert all(
            tag.startswith((' type="application/ld+json">', ' type="module" src=')) for tag in html.split("<script")[1:]
        )


@pytest.mark.parametrize("state", ["draft", "in review", "withdrawn", "spiked", "edited"])
def test_what_is_not_public_shows_nowhere(client, state):
    canary, now = "zanzaranth", timezone.now()
    shown = newsroom_of(2)
    fields = {
        "section_id": shown.section_id,
        "tag_ids": [shown.tags.get().pk],
        "bylines": [Credit(author_id=shown.bylines.first().author_id)],
    }
    words = {"headline": canary, "standfirst": canary, "body": f"<p>{canary}</p>", "slug": canary}
    if state in ("draft", "in review"):
        hidden = factories.draft(**fields, **words)
        if state == "in review":
            workflow.submit(hidden, by=None, at=now)
    elif state == "edited":
        hidden = factories.article(**fields, headline="Known words", slug="known")
        workflow.save_draft(hidden, factories.content(**fields, **words), base_revision=1, by=None, at=now)
    else:
        hidden = factories.article(**fields, **words)
        assert canary in client.get("/").content.decode()
        workflow.withdraw(hidden, by=None, at=now)
        if state == "spiked":
            workflow.spike(hidden, by=None, at=now)
    Redirect.objects.create(old_path="/old/", article=hidden)
    for page in addresses(shown).values():
        assert canary not in client.get(page).content.decode()
    if state == "edited":
        assert client.get(f"/2026/11/{canary}/").status_code == 404
        return
    nobody = client.get("/nothing/").content
    assert client.get("/old/").content == nobody.replace(b"/nothing/", b"/old/")
    for address in (hidden.get_absolute_url(), "/ar" + hidden.get_absolute_url()):
        response = client.get(address)
        assert response.status_code == 404
        assert "Location" not in response.headers


def test_a_tag_that_only_a_draft_carries_does_not_exist_yet(client):
    tag = factories.tag(name="Canary")
    factories.draft(tag_ids=[tag.pk])
    assert client.get(tag.get_absolute_url()).status_code == 404
    factories.article(tag_ids=[tag.pk])
    assert client.get(tag.get_absolute_url()).status_code == 200


def test_a_scheduled_and_an_expired_story_show_nowhere(client):
    now = timezone.now()
    section = factories.section()
    factories.article(headline="Tomorrow", section_id=section.pk, publish_at=now + timedelta(days=1))
    factories.article(
        headline="Yesterday",
        section_id=section.pk,
        at=now - timedelta(days=2),
        expire_at=now - timedelta(days=1),
    )
    for page in ("/", section.get_absolute_url()):
        html = client.get(page).content.decode()
        assert "Tomorrow" not in html
        assert "Yesterday" not in html


def test_an_old_address_leads_to_the_story_and_an_imported_one_to_its_path(client):
    story = factories.article()
    Redirect.objects.create(old_path="/2019/old.html", article=story)
    Redirect.objects.create(old_path="/about-us/", new_path="/contact/")
    answers = {path: client.get(path) for path in ("/2019/old.html", "/about-us/")}
    assert {path: (r.status_code, r["Location"]) for path, r in answers.items()} == {
        "/2019/old.html": (301, story.get_absolute_url()),
        "/about-us/": (301, "/contact/"),
    }


def test_a_story_has_one_address_and_the_other_language_leads_to_its_translation(client):
    english = factories.article(slug="port")
    arabic = factories.article(slug="ميناء", language="ar", translation_of_id=english.pk)
    alone = factories.article(slug="alone")
    english_path, arabic_path = english.get_absolute_url(), arabic.get_absolute_url()
    assert client.get(arabic_path).status_code == 200
    assert client.get("/ar" + english_path).status_code == 302
    assert client.get("/ar" + english_path)["Location"] == arabic_path
    assert client.get(arabic_path.removeprefix("/ar"))["Location"] == english_path
    assert client.get("/ar" + alone.get_absolute_url())["Location"] == alone.get_absolute_url()
    assert f'hreflang="ar" href="http://testserver{arabic_path}"' in client.get(english_path).content.decode()


def test_arabic_pages_run_right_to_left(client):
    for path, start in (("/ar/", '<html lang="ar" dir="rtl"'), ("/", '<html lang="en" dir="ltr"')):
        assert start in client.get(path).content.decode()


@pytest.mark.parametrize("number", ["0", "-1", "2", "x", "1e9", "9" * 50, ""])
def test_pages_of_a_list_that_do_not_exist_are_not_found(client, number):
    section = factories.article().section
    assert client.get(section.get_absolute_url() + f"?page={number}").status_code == 404


def test_a_sponsored_story_never_leads_a_list(client):
    section = factories.section()
    news = factories.article(headline="News", section_id=section.pk, at=timezone.now() - timedelta(hours=2))
    paid = factories.article(headline="Bought", section_id=section.pk, kind="video", sponsor_name="Firm")
    page = client.get(section.get_absolute_url()).context["page"]
    assert page.object_list == [news, paid]


def test_lists_are_paged(client):
    story = newsroom_of(45)
    address = story.bylines.first().author.get_absolute_url()
    counts = [client.get(f"{address}?page={page}").content.decode().count("<article") for page in (1, 2, 3)]
    assert counts == [20, 20, 5]


@pytest.mark.parametrize(
    "path",
    [
        "/2026/13/x/",
        "/2026/00/x/",
        "/0000/01/x/",
        "/2026/11/%00/",
        "/2026/11/" + "x" * 500 + "/",
        "/section/%F0%9F%92%A9/",
        "/media/../newsroom.sqlite3",
        "/media/%2e%2e/newsroom.sqlite3",
        "/media/p/x.html",
        "/media/p/nothing.jpg",
        "/media//etc/passwd.jpg",
        "/s/still/nowhere",
        "/s/visit/nowhere",
        "/partners/request/R-NOTHING/",
        "/nothing/",
    ],
)
def test_what_does_not_exist_is_not_found_and_never_an_error(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert "Set-Cookie" not in response.headers


def test_an_unknown_host_is_refused_and_forwarded_headers_from_nobody_are_ignored(client, settings):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    response = client.get("/", headers={"x-forwarded-host": "evil.example", "x-forwarded-proto": "https"})
    assert response.status_code == 200
    assert b"evil.example" not in response.content


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6, 9.9.9.9", "9.9.9.9"),
        (2, "6.6.6.6, 9.9.9.9, 10.0.0.1", "9.9.9.9"),
        (2, "9.9.9.9", "127.0.0.1"),
    ],
)
def test_the_callers_address_is_what_our_own_proxies_say(rf, settings, proxies, forwarded, seen):
    from newsroom.middleware import TrustedProxies

    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", headers={"x-forwarded-for": forwarded, "x-forwarded-proto": "https"})
    TrustedProxies(lambda request: None)(request)
    assert request.META["REMOTE_ADDR"] == seen
    assert request.is_secure() is (proxies > 0)


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(client, settings):
    settings.MAX_REQUEST_BYTES = 1000
    response = client.post("/contact/", {"message": "x" * 2000})
    assert response.status_code == 413
    assert "Send fewer or smaller files" in response.content.decode()


def test_a_fault_gives_nothing_away(client, monkeypatch, settings):
    from newsroom import frontpage

    def broken(*args, **kwargs):
        raise RuntimeError("secret detail of the inside")

    monkeypatch.setattr(frontpage, "compose", broken)
    client.raise_request_exception = False
    response = client.get("/")
    assert response.status_code == 500
    assert b"secret" not in response.content
    assert b"Traceback" not in response.content


def test_health_says_what_is_in_order(client):
    assert client.get("/livez").content == b"ok"
    response = client.get("/readyz")
    assert response.status_code == 200
    in_order = {"database": True, "migrations": True, "disk": True}
    assert response.json() == in_order | {  # no worker runs in a test
        "worker": False,
        "agenda": True,
        "mail": True,
        "counting": True,
        "plan": True,
    }
