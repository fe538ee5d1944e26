"""The files of a request that is being written: which are kept, and which are refused in words."""

from __future__ import annotations

import pytest
from django.core.files.storage import storages

from ads.models import DraftFile, RequestDraft
from tests import factories
from tests.ads import steps
from tests.ads.steps import FOOT, art, upload
from tests.ads.test_intake import word_file

pytestmark = pytest.mark.django_db


# Material


def test_a_file_that_is_in_order_is_kept_beside_one_that_is_not(client):
    path = steps.begin(client, **{"want_press-release": "on"})
    files = art(299) | {"file_press-release": upload(word_file(), "release.docx")}
    response = client.post(f"{path}material/", files)
    html = response.content.decode()
    assert response.status_code == 400
    assert "exactly 300 × 250 pixels; yours is 299 × 250" in html.replace("\u2068", "").replace("\u2069", "")
    assert "<title>Error:" in html
    kept = DraftFile.objects.get()
    assert (kept.slot, kept.format, kept.report["words"] > 5) == ("press-release", "DOCX", True)
    assert client.post(f"{path}material/", art()).status_code == 302
    page = client.get(f"{path}material/").content.decode()
    assert ("art.jpg" in page, "release.docx" in page, "Teneru Mills opens a third silo" in page) == (True,) * 3
    picture = client.get(f"{path}file/{FOOT}/")
    assert b"".join(picture.streaming_content)[:2] == b"\xff\xd8"
    assert (picture["Content-Type"], picture["Cache-Control"]) == ("image/jpeg", "private, no-store")
    assert client.get(f"{path}file/press-release/").status_code == 404


def test_another_file_takes_the_place_of_the_kept_one_and_remove_takes_it_out(
    client, django_capture_on_commit_callbacks
):
    path, private = steps.begin(client), storages["private"]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{path}material/", art())
        first = DraftFile.objects.get().file.name
        client.post(f"{path}material/", art())
    second = DraftFile.objects.get().file.name
    assert (private.exists(first), private.exists(second)) == (False, True)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{path}material/", {"go": f"remove:{FOOT}"})
    assert (DraftFile.objects.count(), private.exists(second)) == (0, False)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"%PDF-1.7 not a picture", "JPEG"),
        (b"<html><script>alert(1)</script>", "JPEG"),
        (factories.jpeg(300, 250)[:300], ""),
        (b"\xff\xd8\xff" + b"0" * (16 * 1024 * 1024), "at most 15.0"),
    ],
)
def test_a_file_that_is_no_artwork_is_refused_in_words(client, data, says):
    path = steps.begin(client)
    response = client.post(f"{path}material/", {f"file_{FOOT}": upload(data)})
    assert response.status_code == 400
    assert says in response.content.decode()
    assert DraftFile.objects.count() == 0


def test_a_pdf_called_docx_and_an_archive_that_blows_up_are_refused_in_words(client):
    import io
    import zipfile

    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (70 << 20))
    path = steps.begin(client, want_interview="on")
    for data in (b"%PDF-1.7\n%x", bomb.getvalue()):
        response = client.post(f"{path}material/", {"file_interview": upload(data, "interview.docx")})
        assert (response.status_code, response.context["refused"][0].error != "") == (400, True)
    assert DraftFile.objects.count() == 0


def test_a_draft_takes_so_many_files_and_no_more(client):
    path = steps.begin(client)
    RequestDraft.objects.update(uploads=100)
    response = client.post(f"{path}material/", art())
    assert (response.status_code, DraftFile.objects.count()) == (400, 0)
    assert "No more files can be kept" in response.content.decode()
