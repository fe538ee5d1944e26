import functools
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection
from django.utils import timezone

from ads import intake, sales
from ads.models import AdRequest, SponsoredPost
from articles import workflow
from articles.content import Content, head
from articles.models import Article, MediaAsset
from articles.uploads import isolation
from tests import factories
from tests.articles.uploads import docx_builder as docx

pytestmark = pytest.mark.django_db


@functools.cache  # a second making has another time in its archive
def word_file() -> bytes:
    return docx.build_docx(
        [
            docx.title("Teneru Mills opens a third silo"),
            docx.heading("What changes", 1),
            docx.paragraph(
                "Maize is stored ", docx.bold("dry"), ", says ", docx.link("the firm", "https://mills.example/")
            ),
            docx.bullets("Twelve jobs", "Two trucks"),
            docx.table([["Year", "Tonnes"], ["2026", "900"]]),
            docx.paragraph(docx.picture(factories.jpeg(640, 427), name="silo.jpg", alt="A silo")),
        ]
    )


def word_request(data: bytes | None = None, **fields) -> AdRequest:
    wish = sales.Wish(
        product=factories.product("press-release"),
        written_by="client",
        file=data or word_file(),
        file_name="release.docx",
        file_format="DOCX",
    )
    return factories.ad_request([wish], **{"company": "Teneru Mills"} | fields)


def test_a_word_file_becomes_a_clean_draft_with_its_label_and_its_pictures():
    request = word_request()
    desk = factories.user("Ad manager")
    article, dropped = intake.open_as_draft(request.material.get(), by=desk, at=timezone.now())
    assert (article.headline, article.kind, article.sponsor_name, article.status) == (
        "Teneru Mills opens a third silo",
        "press-release",
        "Teneru Mills",
        "draft",
    )
    picture = MediaAsset.objects.get()
    assert (picture.alt, picture.credit) == ("A silo", "Teneru Mills")
    for piece in (
        "<h2>What changes</h2>",
        "<strong>dry</strong>",
        '<a href="https://mills.example/">the firm</a>',
        "<li>Twelve jobs</li>",
        "Tonnes",
        f'<figure data-media-id="{picture.pk}">',
    ):
        assert piece in article.body
    assert dropped == []
    post = SponsoredPost.objects.get()
    assert (post.article, post.advertiser.company, post.written_by) == (article, "Teneru Mills", "client")
    assert list(Article.objects.visible_to(desk)) == [article]


def test_opening_the_same_file_twice_gives_the_same_draft():
    material = word_request().material.get()
    first, _dropped = intake.open_as_draft(material, by=None, at=timezone.now())
    material.refresh_from_db()
    second, _dropped = intake.open_as_draft(material, by=None, at=timezone.now())
    assert first == second
    assert Article.objects.count() == 1


def test_a_draft_from_word_is_published_after_it_gets_a_section():
    article, _dropped = intake.open_as_draft(word_request().material.get(), by=None, at=timezone.now())
    at = timezone.now()
    with pytest.raises(workflow.NotReady, match="Choose a section"):
        workflow.publish(article, by=None, at=at)
    content = head(article)
    values = {name: getattr(content, name) for name in Content.__dataclass_fields__}
    values["section_id"] = factories.section().pk
    workflow.save_draft(article, Content(**values), base_revision=1, by=None, at=at)
    article.refresh_from_db()
    factories.paid_story(article)
    workflow.publish(article, by=None, at=at)
    assert list(Article.objects.live(at)) == [article]


def test_a_picture_that_cannot_be_used_is_left_out_and_said():
    data = docx.build_docx(
        [docx.paragraph("Text"), docx.paragraph(docx.picture(b"\xff\xd8\xff\xe0 not a picture", name="a.jpg"))]
    )
    article, dropped = intake.open_as_draft(word_request(data).material.get(), by=None, at=timezone.now())
    assert "figure" not in article.body
    assert len(dropped) == 1


def pictures_in_word(count: int) -> bytes:
    names = [docx.picture(factories.jpeg(40 + n, 30), name=f"p{n}.jpg") for n in range(count)]
    return docx.build_docx([docx.paragraph("Text"), *(docx.paragraph(one) for one in names)])


def folders() -> set[str]:
    """The folders of pictures that hold a file."""
    return {path.parent.name for path in Path(default_storage.location).glob("*/3x2-*")}


def test_nobody_waits_for_the_database_while_pictures_are_drawn(monkeypatch):
    material = word_request(pictures_in_word(2)).material.get()
    depth, seen, run = len(connection.savepoint_ids), [], isolation.run

    def watched(*args, **kwargs):
        seen.append(len(connection.savepoint_ids))
        return run(*args, **kwargs)

    monkeypatch.setattr(isolation, "run", watched)
    intake.open_as_draft(material, by=None, at=timezone.now())
    assert seen == [depth] * 3  # the document, and two pictures


def test_a_file_brings_forty_pictures_and_the_rest_is_said(settings):
    article, dropped = intake.open_as_draft(
        word_request(pictures_in_word(43)).material.get(), by=None, at=timezone.now()
    )
    assert MediaAsset.objects.count() == article.body.count("<figure") == 40
    assert dropped == [
        "One file brings at most 40 pictures; those beyond were left out: 3. Please add them in the media library."
    ]


def test_a_draft_that_cannot_be_written_leaves_no_files():
    material = word_request(pictures_in_word(1), company="").material.get()
    before = folders()
    with pytest.raises(IntegrityError, match="article_sponsored_means_named"):
        intake.open_as_draft(material, by=None, at=timezone.now())
    assert folders() == before
    assert not MediaAsset.objects.exists()


def test_two_who_open_one_file_at_once_make_one_draft_and_leave_no_files():
    material = word_request(pictures_in_word(1)).material.get()
    late = type(material).objects.get(pk=material.pk)
    assert (late.article, material.article) == (None, None)
    first, _dropped = intake.open_as_draft(material, by=None, at=timezone.now())
    before = folders()
    second, _dropped = intake.open_as_draft(late, by=None, at=timezone.now())
    assert first == second
    assert MediaAsset.objects.count() == 1
    assert folders() == before


def test_a_title_that_is_too_long_for_a_headline_opens_the_text():
    words = " ".join(["Silos & mills"] * 40)
    data = docx.build_docx([docx.title(words), docx.paragraph("Text")])
    article, _dropped = intake.open_as_draft(word_request(data).material.get(), by=None, at=timezone.now())
    assert len(article.headline) <= 250
    assert words.startswith(article.headline + " ")
    assert article.body == f"<p>{words.replace('&', '&amp;')}</p><p>Text</p>"


def test_a_title_without_a_space_is_cut_where_it_must_be():
    data = docx.build_docx([docx.title("x" * 300), docx.paragraph("Text")])
    article, _dropped = intake.open_as_draft(word_request(data).material.get(), by=None, at=timezone.now())
    assert article.headline == "x" * 250
