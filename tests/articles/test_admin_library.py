"""The library's screens: the wall and its filters, many uploads at once, bulk actions, another file in a place."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from articles import library
from articles.models import MediaAsset, PreviousPicture
from tests import factories

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/mediaasset/"


def url(name: str, *args) -> str:
    return reverse(f"admin:articles_mediaasset_{name}", args=args)


@pytest.fixture
def editor(client):
    client.force_login(factories.user("Editor"))
    return client


@pytest.fixture
def reporter(client):
    client.user = factories.user("Reporter")
    client.force_login(client.user)
    return client


def a_file(name: str = "photo.jpg", data: bytes | None = None):
    return SimpleUploadedFile(name, data or factories.jpeg(400, 300), "image/jpeg")


def upload(client, *files, script: bool = True, **fields):
    headers = {"accept": "application/json"} if script else {}
    return client.post(url("upload"), {"files": list(files), **fields}, headers=headers)


def titles(client, **query) -> set[str]:
    response = client.get(LIST, query)
    return {asset.title for asset in response.context["cl"].result_list}


# The wall


def test_the_list_is_narrowed_to_what_somebody_looks_for(editor):
    today = timezone.localdate()
    own = library.add(factories.jpeg(30, 40), by=None, title="portrait", alt="x", credit="Photo: A")
    MediaAsset.objects.filter(pk=own.pk).update(uploaded_by=editor.session["_auth_user_id"])
    factories.picture(factories.jpeg(40, 40), title="square", credit="Photo: Bello", licence_until=today)
    factories.picture(factories.jpeg(50, 40), title="bare", alt="", credit="Photo: C")
    factories.picture(title="over", licence_until=today - timedelta(days=1))
    lead, drafted, face = (factories.picture(title=name, credit="D") for name in ("lead", "drafted", "face"))
    factories.article(hero_id=lead.pk)
    factories.draft(hero_id=drafted.pk)
    factories.author(photo=face)
    assert titles(editor) == {"portrait", "square", "bare", "over", "lead", "drafted", "face"}
    found = {
        query: titles(editor, **dict([query.split("=")]))
        for query in (
            "use=unused",
            "use=used",
            "use=public",
            "missing=alt",
            "missing=credit",
            "by=me",
            "shape=portrait",
            "shape=square",
            "licence=ending",
            "licence=over",
            "q=photo bello",
        )
    }
    assert found == {
        "use=unused": {"portrait", "square", "bare", "over"},
        "use=used": {"lead", "drafted"},
        "use=public": {"lead", "face"},
        "missing=alt": {"bare"},
        "missing=credit": {"over"},
        "by=me": {"portrait"},
        "shape=portrait": {"portrait"},
        "shape=square": {"square"},
        "licence=ending": {"square"},
        "licence=over": {"over"},
        "q=photo bello": {"square"},
    }


def test_the_wall_says_how_often_a_picture_is_used_and_what_it_lacks(editor):
    asset = factories.picture(alt="", title="Harbour", licence_until=timezone.localdate() - timedelta(days=1))
    factories.draft(hero_id=asset.pk, body=f'<p>x</p><figure data-media-id="{asset.pk}"></figure>')
    factories.author(photo=asset)
    page = editor.get(LIST).content.decode()
    said = ("Used 2 times", "No credit", "No alternative text", "Licence ended")
    assert [sentence in page for sentence in said] == [True] * 4


@pytest.mark.parametrize("query", [{}, {"use": "unused"}, {"q": "harbour"}, {"missing": "credit"}])
@pytest.mark.parametrize("count", [2, 30])
def test_the_list_costs_the_same_for_two_pictures_and_for_thirty(editor, django_assert_num_queries, count, query):
    one = factories.picture()
    factories.draft(hero_id=one.pk)
    MediaAsset.objects.bulk_create(
        MediaAsset(
            original=one.original.name,
            title=f"{n}",
            search_text="harbour",
            sha256=f"{n}",
            width=1,
            height=1,
            bytes=1,
            renditions=one.renditions,
        )
        for n in range(count)
    )
    editor.get(LIST, query)
    # Session, user, permissions of the user and of the groups, troubles, count, page; and first what a search finds.
    with django_assert_num_queries(8 if "q" in query else 7):
        editor.get(LIST, query)


# Many uploads


def test_each_file_of_many_is_a_picture_named_after_it_or_a_sentence(reporter):
    answer = upload(
        reporter,
        a_file("Harbour_at_dawn.jpg"),
        a_file("broken.jpg", b"\xff\xd8\xff not a picture"),
        a_file("again.jpg"),
        a_file("empty.jpg", b" "),
        script=False,
    )
    assert [(one.outcome, one.name) for one in answer.context["arrivals"]] == [
        ("added", "Harbour_at_dawn.jpg"),
        ("refused", "broken.jpg"),
        ("twin", "again.jpg"),
        ("refused", "empty.jpg"),
    ]
    asset = MediaAsset.objects.get()
    assert (answer.status_code, asset.title, asset.uploaded_by) == (200, "Harbour at dawn", reporter.user)
    page = answer.content.decode()
    assert f'name="ids" value="{asset.pk}"' in page
    assert url("change", asset.pk) in page


def test_a_script_reads_what_became_of_its_file(reporter):
    answers = [
        upload(reporter, a_file(data=data)).json()["arrivals"] for data in (factories.jpeg(), b"no", factories.jpeg())
    ]
    assert [[one["outcome"] for one in arrivals] for arrivals in answers] == [["added"], ["refused"], ["twin"]]
    both = upload(reporter, a_file(data=factories.jpeg()), keep_both="on").json()["arrivals"]
    assert [one["outcome"] for one in both] == ["added"]
    assert MediaAsset.objects.count() == 2


def test_the_name_of_a_file_does_no_harm(reporter):
    names = ["<img src=x onerror=alert(1)>.jpg", "a" * 300 + ".jpg", "\u202egpj.exe.jpg", "..jpg", "طائرة_ورقية.jpg"]
    pages = [upload(reporter, a_file(name, factories.jpeg(64 + n, 48))) for n, name in enumerate(names)]
    assert {page.status_code for page in pages} == {200}
    assert not any("<img src=x" in page.json()["arrivals"][0]["html"] for page in pages)
    stored = list(MediaAsset.objects.order_by("pk").values_list("title", flat=True))
    assert (len(stored), len(stored[1]), stored[2], stored[4]) == (5, 200, "gpj.exe", "طائرة ورقية")


def test_more_than_twenty_files_in_one_form_are_sent_back_in_words(reporter, monkeypatch):
    monkeypatch.setattr("articles.admin.picture_upload.MOST_AT_ONCE", 1)
    answer = upload(reporter, a_file("one.jpg"), a_file("two.jpg"), script=False)
    assert [(one.outcome, one.sentence) for one in answer.context["arrivals"]] == [
        ("added", ""),
        ("refused", "Send at most 1 files at once."),
    ]


@pytest.mark.parametrize("data", [{}, {"files": ""}, {"files": "text"}])
def test_a_form_without_files_is_answered_in_words(reporter, data):
    answer = reporter.post(url("upload"), data)
    assert answer.status_code == 400
    assert "Choose at least one picture." in answer.content.decode()


def test_a_file_that_is_too_heavy_is_refused_before_it_is_decoded(reporter, monkeypatch):
    monkeypatch.setattr("articles.uploads.pictures.MAX_BYTES", 100)
    (arrival,) = upload(reporter, a_file(), script=False).context["arrivals"]
    assert (arrival.outcome, arrival.sentence.endswith("at most 100\xa0bytes is taken.")) == ("refused", True)


def test_what_looks_like_another_is_said(reporter):

    first = factories.picture(factories.photo(900, 600), title="Harbour")
    (arrival,) = upload(reporter, a_file(data=factories.photo(450, 300, quality=40)), script=False).context["arrivals"]
    assert (arrival.outcome, arrival.alikes) == ("added", [first])


def test_an_upload_without_a_token_or_a_role_is_refused(client):
    client.force_login(factories.user())
    assert upload(client, a_file()).status_code == 403
    client.handler.enforce_csrf_checks = True
    client.force_login(factories.user("Reporter"))
    assert upload(client, a_file()).status_code == 403
    assert MediaAsset.objects.count() == 0


def described(*assets: MediaAsset, **said) -> dict:
    data: dict = {"ids": [str(asset.pk) for asset in assets]}
    for asset in assets:
        data |= {f"p{asset.pk}-{name}": value for name, value in said.items()}
    return data


def test_descriptions_of_many_are_saved_at_once_and_what_is_still_missing_is_said(reporter):
    one, two = (library.add(factories.jpeg(64 + n), by=reporter.user, title="t") for n in range(2))
    data = described(one, two, title="Harbour", credit="Photo: A") | {f"p{one.pk}-alt": "Boats"}
    answer = reporter.post(url("describe"), data, follow=True)
    assert list(MediaAsset.objects.order_by("pk").values_list("alt", "credit")) == [
        ("Boats", "Photo: A"),
        ("", "Photo: A"),
    ]
    assert [str(message) for message in answer.context["messages"]] == [
        "2 pictures saved.",
        "1 picture still has no alternative text. No story that shows it can be published.",
    ]


def test_a_description_that_is_too_long_stays_in_its_form_and_the_others_are_saved(reporter):
    one, two = (library.add(factories.jpeg(64 + n), by=reporter.user, title="t") for n in range(2))
    data = described(one, two, title="Harbour", alt="Boats") | {f"p{two.pk}-alt": "x" * 301}
    answer = reporter.post(url("describe"), data)
    assert (answer.status_code, [arrival.asset for arrival in answer.context["arrivals"]]) == (400, [two])
    assert MediaAsset.objects.filter(alt="Boats").get() == one


def test_nobody_describes_the_pictures_of_others_through_the_upload_page(reporter):
    other = factories.picture(title="Not yours")
    answer = reporter.post(url("describe"), described(other, title="Mine", alt="Mine"))
    assert answer.status_code == 400
    assert MediaAsset.objects.get().title == "Not yours"


@pytest.mark.parametrize("ids", [[], ["x"], ["9" * 30], ["999999"], ["²"]])
def test_descriptions_of_nothing_are_answered_in_words(reporter, ids):
    answer = reporter.post(url("describe"), {"ids": ids})
    assert answer.status_code == 400
    assert "There is nothing to save" in answer.content.decode()


# Many at once


def run(client, name: str, *assets: MediaAsset, **said):
    return client.post(LIST, {"action": name, "_selected_action": [asset.pk for asset in assets], **said})


def results(response) -> dict[str, str]:
    return {str(asset): sentence for asset, _went_well, sentence in response.context["results"]}


def test_a_bulk_action_asks_before_it_does_anything(editor):
    asset = factories.picture()
    asked = run(editor, "set_credit", asset)
    assert (asked.status_code, "results" in asked.context) == (200, False)
    assert MediaAsset.objects.get().credit == ""
    done = run(editor, "set_credit", asset, confirmed="1", credit="Photo: Amina Bello")
    assert results(done) == {"A harbour at dawn": "Changed."}
    assert MediaAsset.objects.matching("amina").get().credit == "Photo: Amina Bello"


def test_a_licence_is_set_with_its_last_day(editor):
    asset = factories.picture()
    refused = run(editor, "set_licence", asset, confirmed="1", licence="Agency", licence_until="soon")
    assert refused.context["form"].errors.keys() == {"licence_until"}
    run(editor, "set_licence", asset, confirmed="1", licence="Agency", licence_until="2027-01-31")
    asset.refresh_from_db()
    assert (asset.licence, f"{asset.licence_until}") == ("Agency", "2027-01-31")


def test_no_alternative_text_is_lost_by_calling_many_decorative(editor):
    bare, told = factories.picture(title="bare", alt=""), factories.picture(title="told")
    done = results(run(editor, "call_decorative", bare, told, confirmed="1"))
    assert done["bare"] == "Changed."
    assert done["told"].startswith("It has an alternative text")
    assert set(MediaAsset.objects.values_list("title", "decorative")) == {("bare", True), ("told", False)}


def test_the_unused_are_deleted_and_everything_else_says_why_not(editor, django_capture_on_commit_callbacks):
    _spare, lead, drafted, face, fresh = (
        factories.picture(title=name) for name in ("spare", "lead", "drafted", "face", "fresh")
    )
    MediaAsset.objects.exclude(pk=fresh.pk).update(created_at=timezone.now() - timedelta(days=2))
    factories.article(headline="Live", hero_id=lead.pk)
    factories.draft(headline="Drafted", hero_id=drafted.pk)
    factories.author(name="Amina", photo=face)
    with django_capture_on_commit_callbacks(execute=True):
        done = results(run(editor, "delete_unused", *MediaAsset.objects.all(), confirmed="1"))
    assert done == {
        "spare": "Deleted.",
        "lead": "This picture is shown in: Live. Take it out of them first.",
        "drafted": "This picture is shown in: Drafted. Take it out of them first.",
        "face": "This picture is the photo of: Amina. Choose another photo there first.",
        "fresh": "Uploaded less than a day ago: somebody may be about to use it. Delete it on its own page.",
    }
    assert set(MediaAsset.objects.values_list("title", flat=True)) == {"lead", "drafted", "face", "fresh"}


def test_reporters_change_their_own_in_bulk_and_delete_nothing(reporter):
    own, other = library.add(factories.jpeg(), by=reporter.user, title="own"), factories.picture(title="other")
    done = results(run(reporter, "set_credit", own, other, confirmed="1", credit="X"))
    assert done["own"] == "Changed."
    assert done["other"].startswith("Only an editor")
    run(reporter, "delete_unused", own, confirmed="1")
    assert set(MediaAsset.objects.values_list("title", "credit")) == {("own", "X"), ("other", "")}


def test_too_many_at_once_are_refused_in_words(editor, monkeypatch):
    monkeypatch.setattr("articles.admin.picture_bulk.MOST", 1)
    answer = editor.post(
        LIST,
        {"action": "set_credit", "_selected_action": [factories.picture().pk, factories.picture().pk]},
        follow=True,
    )
    assert "Choose at most 1 pictures at once" in answer.content.decode()


# One picture


def test_the_page_of_a_picture_lists_its_stories_and_no_headline_that_is_not_for_the_reader(reporter):
    asset = library.add(factories.jpeg(), by=reporter.user, alt="x")
    factories.draft(headline="Of mine", by=reporter.user, hero_id=asset.pk)
    factories.draft(headline="Canary of another", hero_id=asset.pk)
    page = reporter.get(url("change", asset.pk)).content.decode()
    assert ("Of mine" in page, "Canary" in page, "And in 1 more story." in page) == (True, False, True)


def test_replacing_says_what_changes_and_refuses_another_shape_until_it_is_wanted(editor):
    asset = factories.picture(factories.jpeg(600, 400))
    factories.article(headline="The harbour opens", hero_id=asset.pk)
    assert "The harbour opens" in editor.get(url("replace", asset.pk)).content.decode()
    square = factories.jpeg(500, 500, colour="red")
    refused = editor.post(url("replace", asset.pk), {"file": a_file(data=square)})
    assert (refused.status_code, list(refused.context["form"].errors)) == (400, ["other_shape"])
    answer = editor.post(url("replace", asset.pk), {"file": a_file(data=square), "other_shape": "on"}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == ["Replaced. 1 story shows it."]
    asset.refresh_from_db()
    assert (asset.width, asset.previous.width) == (500, 600)
    editor.post(url("previous", asset.pk))
    asset.refresh_from_db()
    assert (asset.width, PreviousPicture.objects.get().width) == (600, 500)
    editor.post(url("previous", asset.pk), {"forget": "1"})
    assert not PreviousPicture.objects.exists()


@pytest.mark.parametrize("data", [b"no picture", b"\xff\xd8\xff", b" "])
def test_a_replacement_that_is_no_picture_is_refused_in_words(editor, data):
    asset = factories.picture()
    answer = editor.post(url("replace", asset.pk), {"file": a_file(data=data)})
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["file"])
    assert not PreviousPicture.objects.exists()


@pytest.mark.parametrize("number", [0, 999999, 10**25])
def test_there_is_no_page_for_a_picture_that_is_not_there(editor, number):
    assert [editor.get(f"{LIST}{number}/{page}/").status_code for page in ("replace", "previous")] == [404, 404]


def test_a_needed_picture_is_not_even_asked_about(editor):
    asset = factories.picture()
    factories.draft(headline="Needs it", hero_id=asset.pk)
    answer = editor.get(url("delete", asset.pk), follow=True)
    assert [str(m) for m in answer.context["messages"]] == [
        "This picture is shown in: Needs it. Take it out of them first."
    ]


def test_a_form_saves_what_was_changed_and_leaves_what_somebody_else_changed_meanwhile(editor):
    asset = factories.picture(caption="Before", credit="Before")
    data = {"alt": "A harbour at dawn", "caption": "Mine", "credit": "Before", "focal_x": "0.5", "focal_y": "0.5"}
    MediaAsset.objects.update(licence="Of somebody else")
    editor.post(url("change", asset.pk), data | {"licence": "Of somebody else"})
    asset.refresh_from_db()
    assert (asset.caption, asset.credit, asset.licence) == ("Mine", "Before", "Of somebody else")


def test_the_add_form_stays_for_pop_ups_and_elsewhere_leads_to_the_upload_page(reporter):
    assert reporter.get(url("add"))["Location"] == url("upload")
    assert reporter.get(url("add"), {"_popup": "1"}).status_code == 200
    data = {"upload": a_file(), "alt": "Boats", "focal_x": "0.5", "focal_y": "0.5", "_popup": "1"}
    assert reporter.post(url("add"), data).status_code == 200
    assert MediaAsset.objects.get().alt == "Boats"


def test_a_chosen_picture_that_the_library_has_is_told_with_both_ways_on(reporter):
    first = factories.picture(factories.jpeg())
    data = {"file": a_file(data=factories.jpeg()), "alt": "Boats"}
    answer = reporter.post(url("chooser_upload"), data)
    assert (answer.status_code, answer.json()["picture"]["id"]) == (409, first.pk)
    kept = reporter.post(url("chooser_upload"), data | {"file": a_file(data=factories.jpeg()), "keep_both": "on"})
    assert kept.json()["id"] != first.pk
