"""The five things a person can do, from end to end, through the same doors that people use."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone

from ads.models import AdRequest, Booking, Position, PostProduct
from articles.models import Article, MediaAsset
from newsroom.audience.models import ContactMessage
from tests import factories
from tests.ads import steps
from tests.articles.test_admin_story import ADD, change, move, typed
from tests.newsroom.test_contact import filled as contact_filled

pytestmark = pytest.mark.django_db


def html_of(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_1_a_demo_newsroom_stands_after_one_command_and_a_second_keeps_it(client):
    call_command("demo", with_known_passwords=True, stdout=io.StringIO())
    counts = (Article.objects.count(), MediaAsset.objects.count(), Booking.objects.count(), AdRequest.objects.count())
    assert counts[0] >= 38
    # One running in every position, another beside one of them, and two that deals bought for later.
    assert counts[2] == 10
    call_command("demo", with_known_passwords=True, stdout=io.StringIO())
    assert counts == (
        Article.objects.count(),
        MediaAsset.objects.count(),
        Booking.objects.count(),
        AdRequest.objects.count(),
    )
    for path in ("/", "/ar/", "/partners/", "/ar/partners/"):
        assert "data-slot" in html_of(client, path)
    for story in Article.objects.live():
        assert story.headline[:20] in html_of(client, story.get_absolute_url()).replace("&#x27;", "'")
    log = client.post("/admin/login/", {"username": "editor", "password": "newsroom-demo", "next": "/admin/"})
    assert log["Location"] == "/admin/"


def test_2_from_the_reporters_desk_to_the_reader(client):
    reporter, editor = factories.user("Reporter"), factories.user("Editor")
    me = factories.author(name="Kelo Mandruwe", role="Harbour reporter", bio="Covers the port.", user=reporter)
    guest = factories.author(name="Guest Writer")
    section, tag = factories.section(name="Harbour"), factories.tag(name="Cranes")
    older = factories.article(section_id=section.pk, headline="Yesterday at the quay")

    client.force_login(reporter)
    uploaded = client.post(
        "/admin/articles/mediaasset/add/",
        {
            "upload": SimpleUploadedFile("../../quay.jpg", factories.jpeg(1600, 1067)),
            "alt": "Cranes at dusk",
            "caption": "The eastern quay",
            "credit": "Photo: K. Mandruwe",
            "focal_x": "0.3",
            "focal_y": "0.6",
        },
    )
    assert uploaded.status_code == 302
    hero = MediaAsset.objects.get()
    body = (
        "<h2>Night shift</h2><ul><li>one</li></ul><blockquote><p>“Quote”</p></blockquote>"
        '<p>See <a href="https://port.example/">the port</a>.</p>'
        "<table><tbody><tr><th>Year</th><td>2026</td></tr></tbody></table>"
        f'<figure data-media-id="{hero.pk}"></figure>'
        '<figure data-embed="https://www.youtube.com/watch?v=abcdefghijk"></figure>'
    )
    client.post(
        ADD,
        typed(
            headline="Cranes work until four",
            body=body,
            section=section.pk,
            tags=[tag.pk],
            hero=hero.pk,
            search_description="How the night shift cleared the quay.",
            **{
                "bylines-TOTAL_FORMS": "2",
                "bylines-0-author": me.pk,
                "bylines-0-order": "1",
                "bylines-1-author": guest.pk,
                "bylines-1-role": "Figures",
                "bylines-1-order": "2",
            },
        ),
    )
    story = Article.objects.get(headline="Cranes work until four")
    client.post(move(story, "submit"))
    assert client.get(story.get_absolute_url()).status_code == 404

    client.force_login(editor)
    assert "Cranes work until four" in html_of(client, "/admin/articles/article/?status__exact=in-review")
    client.post(move(story, "publish"))
    client.logout()

    for path in (
        "/",
        section.get_absolute_url(),
        tag.get_absolute_url(),
        me.get_absolute_url(),
        guest.get_absolute_url(),
    ):
        assert "Cranes work until four" in html_of(client, path)
    page = html_of(client, story.get_absolute_url())
    for piece in (
        "<h2>Night shift</h2>",
        "Kelo Mandruwe",
        "Covers the port.",
        "Figures",
        "Cranes at dusk",
        "The eastern quay",
        "Photo: K. Mandruwe",
        "https://www.youtube-nocookie.com/embed/abcdefghijk",
        'href="https://port.example/" rel="noopener',
        older.headline,
        older.get_absolute_url(),
        "©",
        "How the night shift cleared the quay.",
    ):
        assert piece in page, piece
    assert "<iframe" not in page
    assert re.search(r'srcset="/media/[^"]+ 320w, [^"]+ 1280w"', page)
    assert "quay.jpg" not in page


def test_3_from_the_rate_card_to_a_reference_number(client, run_jobs):
    card = html_of(client, "/partners/")
    for place in Position.objects.all():
        assert f"?want={place.code}" in card
    for product in PostProduct.objects.all():
        assert product.name in card
    assert "checked" in html_of(client, "/partners/request/?want=top-728x90")
    artwork = SimpleUploadedFile("top.gif", factories.gif(728, 90, frames=3))
    sent = steps.send(client, **{"want_top-728x90": "on", "file_top-728x90": artwork})
    receipt = html_of(client, sent["Location"])
    request = AdRequest.objects.get()
    assert request.reference in receipt
    run_jobs()
    assert {message.to[0] for message in mail.outbox} == {"ada@mills.example", "partners@testserver"}
    assert all(request.reference in message.subject + message.body for message in mail.outbox)


def test_4_from_the_request_to_a_labelled_story_and_a_picture_in_its_place(client):
    from tests.ads.test_intake import word_file

    files = {
        "file_press-release": SimpleUploadedFile("release.docx", word_file()),
        "file_foot-300x250": SimpleUploadedFile("foot.jpg", factories.jpeg(300, 250)),
    }
    steps.send(client, **{"want_press-release": "on"}, **files)
    request = AdRequest.objects.get()
    client.force_login(factories.user("Ad manager"))
    queue = html_of(client, "/admin/ads/adrequest/")
    assert "47 hours left" in queue
    page = html_of(client, f"/admin/ads/adrequest/{request.pk}/change/")
    assert "Open as draft story" in page

    word = request.material.get(kind="word")
    download = client.get(f"/admin/ads/adrequest/material/{word.pk}/")
    assert b"".join(download.streaming_content) == word_file()
    assert download["Content-Disposition"].startswith("attachment")
    opened = client.post(f"/admin/ads/adrequest/material/{word.pk}/open/")
    story = Article.objects.get()
    assert opened["Location"] == change(story)
    section = factories.section()
    client.post(
        change(story),
        typed(
            headline=story.headline,
            body=story.body,
            kind=story.kind,
            sponsor_name=story.sponsor_name,
            section=section.pk,
            base_revision=story.head_number,
        ),
    )
    story.refresh_from_db()
    factories.paid_story(story)
    client.post(move(story, "publish"))

    item = request.items.get(position__isnull=False)
    form = client.get(f"/admin/ads/booking/add/?item={item.pk}").context["adminform"].form
    assert (form["position"].value(), form["request"].value()) == (item.position_id, request.pk)
    today = timezone.localdate()
    booked = client.post(
        "/admin/ads/booking/add/",
        {
            "position": item.position_id,
            "request": request.pk,
            "first_day": today.isoformat(),
            "last_day": today.isoformat(),
            "material": item.material.get().pk,
            "alt": "Flour, milled this morning",
            "click_url": "https://mills.example/flour",
            "_continue": "1",
        },
    )
    booking = Booking.objects.get()
    assert booked["Location"] == f"/admin/ads/booking/{booking.pk}/change/"
    assert (booking.advertiser.company, booking.price) == ("Teneru Mills", item.position.price_per_week)
    again = client.post(
        "/admin/ads/booking/add/",
        {
            "position": item.position_id,
            "advertiser": booking.advertiser_id,
            "first_day": today.isoformat(),
            "last_day": today.isoformat(),
        },
    )
    assert again.status_code == 409
    assert "already taken" in again.content.decode()
    client.logout()

    story.refresh_from_db()
    page = html_of(client, story.get_absolute_url())
    assert "Paid for by" in page
    assert "Teneru Mills" in page
    assert 'rel="sponsored nofollow noopener"' in page
    for path in ("/", section.get_absolute_url()):
        card = html_of(client, path)
        assert story.headline in card
        assert "Paid for by" in card

    from ads import plan

    plan.forget()
    assert 'data-slot="foot-300x250"' in html_of(client, "/")
    question = json.dumps({"positions": ["foot-300x250"]})
    [fill] = client.post("/s/fill", question, content_type="application/json").json()["fills"]
    assert fill["alt"] == "Flour, milled this morning"
    assert client.get(fill["go"])["Location"] == "https://mills.example/flour"
    picture = client.get(fill["src"])
    assert picture["Content-Type"] == "image/jpeg"
    assert b"".join(picture.streaming_content).startswith(b"\xff\xd8")
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert 'data-slot="foot-300x250"' not in html_of(client, "/")


def test_5_a_reader_writes_in_english_and_in_arabic(client, run_jobs):
    assert 'dir="rtl"' in html_of(client, "/ar/contact/")
    assert "نموذج الاتصال" in html_of(client, "/ar/contact/")
    client.post("/contact/", contact_filled())
    client.post("/ar/contact/", contact_filled(name="ليلى", message="شكرًا لكم"))
    assert sorted(ContactMessage.objects.values_list("language", flat=True)) == ["ar", "en"]
    run_jobs()
    assert [m.to for m in mail.outbox] == [["newsroom@testserver"]] * 2
    client.force_login(factories.user("Editor"))
    assert "شكرًا لكم" in html_of(client, "/admin/audience/contactmessage/")
