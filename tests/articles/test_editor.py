import base64
import hashlib
import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from articles import editor
from articles.editor import BodyField, FocalPointForm, PictureWidget
from articles.models import MediaAsset
from tests import factories

pytestmark = pytest.mark.django_db

SCRIPTS = sorted((Path(settings.BASE_DIR) / "static" / "editor").glob("*.js"))


def url(name: str) -> str:
    return reverse(f"admin:articles_mediaasset_{name}")


@pytest.fixture
def reporter(client):
    client.force_login(factories.user("Reporter"))
    return client


def a_file(data: bytes | None = None):
    return SimpleUploadedFile("photo.jpg", data or factories.jpeg(400, 300), "image/jpeg")


def test_the_chooser_lists_the_newest_first_with_what_the_dialog_draws(reporter):
    factories.picture(alt="Older")
    newest = factories.picture(alt="", decorative=True, title="A pattern", caption="Cloth", credit="Amina Bello")
    answer = reporter.get(url("chooser")).json()
    assert [found["title"] for found in answer["pictures"]] == ["A pattern", "Older"]
    assert answer["pictures"][0] == {
        "id": newest.pk,
        "title": "A pattern",
        "alt": "",
        "decorative": True,
        "caption": "Cloth",
        "credit": "Amina Bello",
        "thumb": newest.url("full", 320),
        "src": newest.url("full", 640),
        "width": 640,
        "height": 427,
    }
    assert (answer["page"], answer["has_older"], answer["may_upload"]) == (1, False, True)


def test_the_chooser_finds_every_word_wherever_it_stands(reporter):
    factories.picture(alt="A harbour at dawn", credit="Amina Bello")
    factories.picture(alt="A harbour at night", credit="Musa Ali")
    found = reporter.get(url("chooser"), {"q": "harbour bello"}).json()["pictures"]
    assert [picture["alt"] for picture in found] == ["A harbour at dawn"]


def many(count: int) -> None:
    one = factories.picture()
    rows = [
        MediaAsset(original=one.original.name, alt=f"{n}", sha256=f"{n}", width=1, height=1, bytes=1)
        for n in range(count)
    ]
    MediaAsset.objects.bulk_create(rows)


def test_the_chooser_turns_pages_of_24(reporter):
    many(24)
    first, second = (reporter.get(url("chooser"), {"page": number}).json() for number in (1, 2))
    assert (len(first["pictures"]), first["has_older"]) == (24, True)
    assert (len(second["pictures"]), second["has_older"]) == (1, False)


@pytest.mark.parametrize("number", ["0", "-1", "x", "²", "9" * 400])
def test_a_page_number_out_of_place_is_no_error(reporter, number):
    assert reporter.get(url("chooser"), {"page": number}).status_code == 200


@pytest.mark.parametrize("count", [0, 29])
def test_the_chooser_costs_the_same_for_one_picture_and_for_thirty(reporter, django_assert_num_queries, count):
    many(count)
    with django_assert_num_queries(5):  # session, user, their permissions and their groups', the page
        reporter.get(url("chooser"), {"q": ""})


def test_pictures_are_found_by_number_and_strangers_are_left_out(reporter, django_assert_num_queries):
    one, two = factories.picture(), factories.picture()
    with django_assert_num_queries(5):
        answer = reporter.get(url("by_number"), {"ids": f"{one.pk},{two.pk},999999,x,"}).json()
    assert {found["id"] for found in answer["pictures"]} == {one.pk, two.pk}


def test_an_upload_is_a_picture_of_the_library(reporter):
    data = {"file": a_file(), "alt": "A market", "caption": "Stalls", "credit": "Amina Bello"}
    answer = reporter.post(url("chooser_upload"), data)
    asset = MediaAsset.objects.get()
    assert (answer.status_code, answer.json()["id"]) == (200, asset.pk)
    assert (asset.alt, asset.caption, asset.credit) == ("A market", "Stalls", "Amina Bello")
    assert asset.uploaded_by.groups.get().name == "Reporter"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"alt": "A market"}, "Choose a picture."),
        (
            {"file": factories.jpeg()[:200], "alt": "A market"},
            "The picture ends too early; part of the file is missing. "
            "Please save it again in your picture program and send the new file.",
        ),
        ({"file": None}, "Say what the picture shows, or tick “decorative”."),
    ],
)
def test_a_refused_upload_is_answered_with_the_reason_and_leaves_nothing(reporter, data, sentence):
    data = data | ({"file": a_file(data["file"])} if "file" in data else {})
    answer = reporter.post(url("chooser_upload"), data)
    assert (answer.status_code, answer.json()) == (400, {"error": sentence})
    assert MediaAsset.objects.count() == 0


def test_a_picture_that_is_too_heavy_is_refused(reporter, monkeypatch):
    monkeypatch.setattr("articles.uploads.pictures.MAX_BYTES", 1024)
    answer = reporter.post(url("chooser_upload"), {"file": a_file(factories.jpeg(900, 600)), "alt": "A market"})
    assert answer.status_code == 400
    assert answer.json()["error"].endswith("at most 1.0\xa0KB is taken.")


def test_a_decorative_upload_drops_its_alternative_text(reporter):
    reporter.post(url("chooser_upload"), {"file": a_file(), "alt": "A pattern", "decorative": "on"})
    assert MediaAsset.objects.values_list("alt", "decorative").get() == ("", True)


@pytest.mark.parametrize("name", ["chooser", "by_number"])
def test_staff_without_a_role_see_no_pictures(client, name):
    client.force_login(factories.user())
    assert client.get(url(name)).status_code == 403


def test_staff_without_a_role_upload_nothing(client):
    client.force_login(factories.user())
    assert client.post(url("chooser_upload"), {"file": a_file(), "alt": "A market"}).status_code == 403
    assert MediaAsset.objects.count() == 0


def test_who_is_not_logged_in_uploads_nothing(client):
    answer = client.post(url("chooser_upload"), {"file": a_file(), "alt": "A market"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")
    assert MediaAsset.objects.count() == 0


def test_nothing_is_uploaded_by_looking(reporter):
    assert reporter.get(url("chooser_upload")).status_code == 405


def test_an_upload_without_a_token_is_refused(client):
    client.handler.enforce_csrf_checks = True
    client.force_login(factories.user("Reporter"))
    assert client.post(url("chooser_upload"), {"file": a_file(), "alt": "A market"}).status_code == 403


def test_a_body_is_stored_clean():
    assert BodyField().clean('<p onclick="x()">Text</p><script>x()</script>') == "<p>Text</p>"


def test_a_body_of_nothing_but_dirt_is_no_body():
    with pytest.raises(forms.ValidationError, match="This field is required"):
        BodyField().clean("<script>x()</script>")
    assert BodyField(required=False).clean("<p></p>") == ""


def test_a_body_that_cannot_be_read_is_refused_in_words():
    with pytest.raises(forms.ValidationError, match="split it into several parts"):
        BodyField().clean("x" * 1_000_001)


def test_the_import_map_of_a_form_carries_the_nonce_of_the_policy(client):
    client.force_login(factories.user("Publisher"))
    answer = client.get(reverse("admin:articles_article_add"))
    nonce = re.search(r"script-src 'self' 'nonce-([^']+)'", answer["Content-Security-Policy"])[1]
    assert re.findall(r"<script[^>]*importmap[^>]*>", answer.content.decode()) == [
        f'<script type="importmap" nonce="{nonce}">'
    ]


def test_the_policy_allows_exactly_the_style_that_the_library_adds():
    library = Path(finders.find("django_prose_editor/editor.js")).read_text()
    (style,) = re.findall(r"`(\.ProseMirror \{\n.*?)`", library, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert settings.SECURE_CSP_ADMIN["style-src"] == ["'self'", f"'sha256-{digest}'"]


def test_every_sentence_of_the_scripts_is_sent_to_them_and_no_other():
    asked = set()
    for script in SCRIPTS:
        asked |= set(re.findall(r'\b(?:gettext|say)\("([^"]+)"', script.read_text()))
    assert asked == set(editor.SENTENCES)


def test_every_module_stands_in_the_import_map():
    imported = set()
    for script in SCRIPTS:
        imported |= set(re.findall(r'(?:from|import) "editor/([^"]+)"', script.read_text()))
    assert imported == set(editor.MODULES)


def test_every_word_of_the_editor_is_said_in_arabic():
    with translation.override("ar"):
        said = [translation.gettext(word) for word in [*editor.SENTENCES, *editor.BUTTONS.values()]]
    assert [word for word in said if not re.search("[؀-ۿ]", word)] == []


def test_a_chosen_picture_is_shown_and_costs_one_query(django_assert_num_queries):
    asset = factories.picture(alt="A market")
    with django_assert_num_queries(1):
        drawn = PictureWidget().render("hero", asset.pk, {"id": "id_hero"})
    assert f'<img src="{asset.url("full", 320)}" alt="A market">' in drawn
    assert f'<input type="number" name="hero" value="{asset.pk}" id="id_hero">' in drawn


@pytest.mark.parametrize("value", [None, "", "999999", "x", "9" * 30])
def test_a_picture_that_is_not_there_leaves_the_number_alone(value):
    assert "<img" not in PictureWidget().render("hero", value)


class PictureForm(FocalPointForm):
    class Meta:
        model = MediaAsset
        fields = ["focal_x", "focal_y"]


def test_a_new_picture_has_nothing_to_click_on():
    assert "data-focal-point" not in str(PictureForm())


def test_a_picture_has_its_focal_point_set_on_itself():
    asset = factories.picture()
    drawn = str(PictureForm(instance=asset))
    assert 'data-across="id_focal_x" data-down="id_focal_y"' in drawn
    assert asset.url("full", 640) in drawn
