import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ads import approving, intake, posts, progress, quoting
from ads.models import AdRequest, Material, SponsoredPost
from articles import workflow
from articles.content import head
from articles.models import Article
from tests import factories
from tests.ads.test_intake import word_file, word_request
from tests.articles.uploads import docx_builder as docx

pytestmark = pytest.mark.django_db


class Page:
    """The private page of a deal, and its first post."""

    def __init__(self, client, deal: AdRequest) -> None:
        self.client, self.deal = client, deal
        self.address = f"/partners/deal/{factories.deal_token(deal)}/"
        self.line = posts.places(deal)[0].line.pk

    def read(self) -> str:
        return self.client.get(self.address).content.decode()

    def send(self, what: str, place: int = 1, **fields):
        named = {f"{what}-{self.line}-{place}-{name}": value for name, value in fields.items()}
        return self.client.post(f"{self.address}post/{self.line}/{place}/{what}/", named)

    def upload(self, data: bytes, name: str = "release.docx", place: int = 1):
        return self.send("file", place, file=SimpleUploadedFile(name, data))

    @property
    def post(self) -> SponsoredPost:
        return SponsoredPost.objects.get(line=self.line, place=1)


@pytest.fixture
def page(client) -> Page:
    return Page(client, factories.post_deal(company="Teneru Mills"))


def begun(page: Page) -> SponsoredPost:
    """With a draft that was sent for approval."""
    posts.begin(posts.places(page.deal)[0].line, by=None, at=timezone.now())
    factories.edit(page.post.article, body="<p>Bread, <em>fresh</em>.</p>", section_id=factories.section().pk)
    approving.offer(page.post, by=None, at=timezone.now())
    return page.post


def test_a_word_file_is_taken_with_a_report_and_the_desk_is_told(page, run_jobs):
    assert "Waiting for the Word file" in page.read()
    answer = page.upload(word_file())
    assert (answer.status_code, answer["Location"]) == (302, f"{page.address}?said=word#posts")
    shown = page.client.get(f"{page.address}?said=word").content.decode()
    assert "we have your Word file" in shown
    assert "17 words, 1 heading, 1 picture, 1 link" in shown
    assert "Nothing was left out" in shown
    run_jobs()
    assert [m.subject for m in mail.outbox if "Word file" in m.subject] == [
        f"[{page.deal.reference}] Word file for a post: Teneru Mills"
    ]
    assert page.deal.turns.filter(stopped_at=None).count() == 1


def test_the_same_file_twice_is_one_and_a_file_that_is_none_is_refused_in_words(page):
    page.upload(word_file())
    page.upload(word_file())
    assert Material.objects.count() == 1
    answer = page.upload(b"%PDF-1.7")
    assert (answer.status_code, "This is a PDF" in answer.content.decode()) == (400, True)
    assert Material.objects.count() == 1


def test_two_posts_of_a_line_are_two_places_and_no_third(client):
    page = Page(client, factories.post_deal(count=2))
    page.upload(word_file(), place=1)
    page.upload(word_file(), place=2)
    assert sorted(SponsoredPost.objects.values_list("place", flat=True)) == [1, 2]
    assert page.upload(word_file(), place=3).status_code == 404


def test_a_brief_is_kept_and_mailed(client, run_jobs):
    page = Page(client, factories.post_deal(written_by="newsroom"))
    assert "Waiting for the brief" in page.read()
    assert page.send("brief", text="Say that bread is good.").status_code == 302
    assert (page.post.brief, "We have the brief" in page.read()) == ("Say that bread is good.", True)
    run_jobs()
    assert any("Say that bread is good." in m.body for m in mail.outbox)
    assert page.send("brief", text="").status_code == 400


def test_the_text_is_read_as_it_will_look_and_stored_nowhere(page):
    post = begun(page)
    answer = page.client.get(f"{page.address}post/{page.line}/1/text/")
    text = answer.content.decode()
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    assert "noindex" in answer["X-Robots-Tag"]
    assert "Bread, <em>fresh</em>." in text
    assert '<p class="paid-label">Paid for by <bdi>Teneru Mills</bdi></p>' in text
    assert f"Revision {post.offered_number}" in text


def test_nobody_reads_a_text_before_it_is_sent_to_them(page):
    posts.begin(posts.places(page.deal)[0].line, by=None, at=timezone.now())
    assert page.client.get(f"{page.address}post/{page.line}/1/text/").status_code == 404
    assert "Approve this text" not in page.read()


def test_a_picture_of_the_text_is_shown_and_no_other(page):
    inside, outside = factories.picture(), factories.picture(factories.jpeg(66, 44))
    begun(page)
    factories.edit(page.post.article, hero_id=inside.pk)
    approving.offer(page.post, by=None, at=timezone.now())
    base = f"{page.address}post/{page.line}/1/"
    drawn = re.search(rf"{base}media/[^\" ]+", page.client.get(f"{base}text/").content.decode())[0]
    answer = page.client.get(drawn)
    assert (answer.status_code, len(b"".join(answer.streaming_content)) > 100) == (200, True)
    assert page.client.get(f"{base}media/{outside.path('full', 320, 'webp')}").status_code == 404


def test_approving_on_the_page_opens_the_gate_for_that_text(page, run_jobs):
    post = begun(page)
    said = {"number": post.offered_number, "name": "Ada Example"}
    assert page.send("approve", **said).status_code == 400
    assert page.send("approve", agreed="on", **said).status_code == 302
    assert page.send("approve", agreed="on", **said).status_code == 302
    assert post.approvals.get().name == "Ada Example"
    shown = page.read()
    assert f"<bdi>Ada Example</bdi> approved revision {post.offered_number}" in shown
    assert "Approve this text" not in shown
    run_jobs()
    assert sum("Post approved" in m.subject for m in mail.outbox) == 1
    story = workflow.publish(post.article, by=None, at=timezone.now())
    assert story.get_absolute_url() in page.read()


def test_a_text_that_moved_on_is_not_approved_and_the_old_yes_is_called_void(page):
    post = begun(page)
    page.send("approve", agreed="on", number=post.offered_number, name="Ada")
    factories.edit(post.article, body="<p>Other bread.</p>")
    shown = page.read()
    assert "void, because the text changed since" in shown
    assert "We are changing this text" in shown
    answer = page.send("approve", agreed="on", number=post.offered_number, name="Ada")
    assert (answer.status_code, "The text changed while you read it" in answer.content.decode()) == (409, True)
    approving.offer(page.post, by=None, at=timezone.now())
    assert "Approve this text" in page.read()


def test_what_they_say_goes_to_the_thread_with_the_revision(page):
    post = begun(page)
    assert page.send("say", text="Bigger headline, please.").status_code == 302
    message = page.deal.messages.latest("at")
    assert message.text == f"About “{post}”, revision 2:\n\nBigger headline, please."


def test_one_advertiser_reaches_no_post_of_another(page, client):
    begun(page)
    other = Page(client, factories.post_deal())
    for what in ("text/", "media/x"):
        assert client.get(f"{other.address}post/{page.line}/1/{what}").status_code == 404
    for what in ("file", "brief", "approve", "say"):
        assert client.post(f"{other.address}post/{page.line}/1/{what}/").status_code == 404
    assert (
        client.post(f"{page.address}post/{page.line}/1/say/", headers={"origin": "https://evil.example"}).status_code
        == 403
    )


def test_asking_for_approval_twice_is_one_mail_with_the_private_link(page, run_jobs):
    begun(page)
    approving.offer(page.post, by=None, at=timezone.now() + timedelta(hours=1))
    run_jobs()
    sent = [m for m in mail.outbox if "ready to read" in m.subject]
    assert (len(sent), "/partners/deal/" in sent[0].body) == (1, True)


# Word files after the first


def release(*paragraphs: str) -> bytes:
    return docx.build_docx([docx.title("Teneru"), *(docx.paragraph(one) for one in paragraphs)])


def opened(page: Page, data: bytes, by=None) -> Article:
    page.upload(data, name=f"v{Material.objects.count()}.docx")
    intake.open_as_draft(Material.objects.latest("pk"), by=by, at=timezone.now())
    return page.post.article


def test_a_newer_word_file_leaves_the_words_of_the_desk(page):
    story = opened(page, release("First.", "Second.", "Third."))
    factories.edit(
        story, body="<p>First, by the desk.</p><p>Second.</p><p>Third.</p>", section_id=factories.section().pk
    )
    story = opened(page, release("First.", "Second.", "Third, and newer."))
    text = head(story)
    assert text.body == "<p>First, by the desk.</p><p>Second.</p><p>Third, and newer.</p>"
    assert (text.section_id is not None, story.head_number, Article.objects.count()) == (True, 3, 1)


def test_what_the_desk_and_the_newer_file_both_changed_is_kept_beside(page):
    story = opened(page, release("First."))
    factories.edit(story, body="<p>First, by the desk.</p>")
    with pytest.raises(workflow.StaleRevision):
        opened(page, release("First, by them."))
    story.refresh_from_db()
    assert head(story).body == "<p>First, by the desk.</p>"
    assert [row.content["body"] for row in story.revisions.unsettled()] == ["<p>First, by them.</p>"]
    assert Material.objects.latest("pk").article == story


def test_the_desk_sees_the_conflict_on_the_story(page, client):
    story = opened(page, release("First."))
    factories.edit(story, body="<p>First, by the desk.</p>")
    page.upload(release("First, by them."))
    client.force_login(factories.user("Ad manager"))
    answer = client.post(f"/admin/ads/adrequest/material/{Material.objects.latest('pk').pk}/open/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/admin/articles/article/{story.pk}/change/"
    assert "you both changed it" in answer.content.decode()


def test_a_draft_begun_before_the_order_becomes_the_ordered_post(client):
    deal = word_request()
    article, _dropped = intake.open_as_draft(deal.material.get(), by=None, at=timezone.now())
    quote = quoting.begin(deal, by=None, at=timezone.now())
    quoting.send(quote, by=None, at=timezone.now())
    quote.refresh_from_db()
    quoting.accept(quote, name="Ada", at=timezone.now())
    post = posts.open_for(quote.lines.get())
    assert (post.article, SponsoredPost.objects.count()) == (article, 1)


def test_a_brief_of_the_request_is_not_asked_for_again(client):
    deal = factories.post_deal(written_by="newsroom")
    deal.items.update(brief="Say that bread is good.")
    page = Page(client, deal)
    html = page.read()
    assert ("We have the brief" in html, "we are writing it." in html) == (True, True)
    assert "Say that bread is good.</textarea>" in html
    assert posts.open_for(posts.places(deal)[0].line).brief == "Say that bread is good."


def test_what_is_missing_names_the_brief_and_then_the_yes_to_the_text():
    at = timezone.now()
    deal = factories.post_deal(written_by="newsroom")
    gap = progress.missing(deal, at=at)[0]
    assert (gap.text, gap.is_theirs) == ("Press release: your brief is missing.", True)
    factories.offered_post(deal)
    gap = progress.missing(deal, at=at)[0]
    assert (gap.text, gap.is_theirs) == ("Press release: your approval of the text is missing.", True)
