import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.utils import timezone

from ads import intake, sales
from ads.models import AdRequest, SponsoredPost
from articles import workflow
from articles.content import Content, head
from articles.models import Article, MediaAsset
from tests import factories
from tests.articles.uploads import docx_builder as docx

pytestmark = pytest.mark.django_db


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
    workflow.publish(article, by=None, at=at)
    assert list(Article.objects.live(at)) == [article]


def test_a_picture_that_cannot_be_used_is_left_out_and_said():
    data = docx.build_docx(
        [docx.paragraph("Text"), docx.paragraph(docx.picture(b"\xff\xd8\xff\xe0 not a picture", name="a.jpg"))]
    )
    article, dropped = intake.open_as_draft(word_request(data).material.get(), by=None, at=timezone.now())
    assert "figure" not in article.body
    assert len(dropped) == 1


def test_a_title_too_long_for_a_headline_goes_on_in_the_body():
    title = "word " * 80
    data = docx.build_docx([docx.title(title.strip()), docx.paragraph("Text")])
    article, _dropped = intake.open_as_draft(word_request(data).material.get(), by=None, at=timezone.now())
    assert len(article.headline) <= 250
    assert article.body.startswith(f"<p>{title.strip()}</p>")


def test_a_draft_that_cannot_be_written_leaves_no_picture_behind():
    material = word_request().material.get()
    material.item.product.kind = "nothing that the database knows"
    before = set(default_storage.listdir("")[0])
    with pytest.raises(IntegrityError):
        intake.open_as_draft(material, by=None, at=timezone.now())
    made = set(default_storage.listdir("")[0]) - before
    assert all(default_storage.listdir(folder)[1] == [] for folder in made)
    assert not MediaAsset.objects.exists()


def test_more_pictures_than_a_story_takes_are_left_out_and_counted(monkeypatch):
    monkeypatch.setattr(intake, "MOST_PICTURES", 1)
    shots = [docx.paragraph(docx.picture(factories.jpeg(64, 48, colour=c), name=f"{c}.jpg")) for c in ("red", "blue")]
    data = docx.build_docx([docx.paragraph("Text"), *shots])
    article, dropped = intake.open_as_draft(word_request(data).material.get(), by=None, at=timezone.now())
    assert article.body.count("<figure") == 1
    assert dropped == ["1 picture beyond the first 1 was left out."]
