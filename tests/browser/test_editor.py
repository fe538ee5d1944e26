"""The text editor as a person uses it: in English and in Arabic, under the admin's own content policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import translation

from articles import html
from articles.content import head
from articles.models import Article, MediaAsset
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

TEXT = ".ProseMirror"

# Everything the server keeps, in the shape in which it keeps it.
KEPT = [
    "<h2>Two</h2><h3>Three</h3><h4>Four</h4><p>Words, <strong>bold</strong>, <em>slanted</em>, <s>gone</s>.</p>",
    "<p>H<sub>2</sub>O, 10<sup>3</sup>, <code>code</code>, <cite>A Book</cite><br>and a new line</p>",
    "<ul><li>One<ul><li>One a</li><li>One b<ol><li>Deep</li></ol></li></ul></li><li>Two</li></ul>",
    '<ol start="7"><li>Seven</li><li><p>Eight</p><p>and more</p></li></ol>',
    "<blockquote><p>Said.</p><p>And said again.</p></blockquote><blockquote>Short.</blockquote>",
    "<pre><code>if x:\n    y &amp; z</code></pre><pre>plain\n  text</pre><hr>",
    '<p><a href="https://example.com/?a=1&amp;b=2" title="A site">out</a>, <a href="/2026/01/x/">in</a>, '
    '<a href="mailto:a@example.com">post</a>, <a href="tel:+2341234567">call</a>, '
    '<a href="#end"><code>end</code></a></p>',
    "<table><tbody><tr><th>A</th><th>B</th></tr><tr><td>1</td><td><p>2</p><p>3</p></td></tr></tbody></table>",
    '<table><caption>Votes, <em>by state</em></caption><thead><tr><th colspan="2" scope="col">Both</th></tr></thead>'
    '<tbody><tr><td rowspan="2">1</td><td>2</td></tr><tr><td><ul><li>3</li></ul></td></tr></tbody>'
    "<tfoot><tr><td>4</td><td>5</td></tr></tfoot></table>",
    '<p>Before.</p><figure data-media-id="{id}"><figcaption>A <em>fine</em> <a href="/x">view</a></figcaption></figure>'
    '<figure data-media-id="{id}"></figure><p>After.</p>',
    '<figure data-media-id="999999"><figcaption>Gone from the library</figcaption></figure>',
    '<figure data-embed="https://www.youtube.com/watch?v=abcdefghijk&amp;t=1"><figcaption>Film</figcaption></figure>',
    '<figure data-embed="https://example.com/"></figure>',
    '<h2 dir="rtl" lang="ar">عنوان</h2><p dir="rtl">فقرة <strong lang="en">in English</strong></p>'
    '<ul dir="rtl"><li dir="ltr">One</li></ul><blockquote dir="auto"><p dir="ltr">Said.</p></blockquote>',
]

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><body>
<h1 style='mso-style-next:Normal'>Report<o:p></o:p></h1>
<p class=MsoNormal><b style='mso-bidi-font-weight:normal'>Bold</b> and
<span style='font-style:italic'>slanted</span><o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;
</span></span></span><![endif]>One<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>o<span>&nbsp; </span></span><![endif]>Deeper</p>
<p class=MsoListParagraphCxSpLast style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><!--[if !supportLists]--><span
style='mso-list:Ignore'>·<span>&nbsp; </span></span><!--[endif]-->Two</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span
style='mso-list:Ignore'>3.<span>&nbsp;</span></span>Three</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span
style='mso-list:Ignore'>4.<span>&nbsp;</span></span>Four</p>
<p class=MsoNormal dir=RTL style='text-align:right'><span lang=AR-SA>نص</span></p>
<table class=MsoTableGrid><tr><td style='width:100pt'><p class=MsoNormal>Cell</p></td></tr></table>
</body></html>"""
FROM_WORD = (
    "<h2>Report</h2><p><strong>Bold</strong> and <em>slanted</em></p>"
    "<ul><li>One<ul><li>Deeper</li></ul></li><li>Two</li></ul>"
    '<ol start="3"><li>Three</li><li>Four</li></ol>'
    '<p dir="rtl">نص</p><table><tbody><tr><td><p>Cell</p></td></tr></tbody></table>'
)


@pytest.fixture
def editor(page, console, log_in):
    """Open a story's form: of an article, or a new one."""

    def open_form(article: Article | None = None, prefix: str = ""):
        where = f"{article.pk}/change/" if article else "add/"
        page.goto(f"{prefix}/admin/articles/article/{where}")
        page.wait_for_selector("[role=toolbar]")
        return page.locator(TEXT)

    log_in(factories.user("Publisher"))
    return open_form


def written(page) -> str:
    """What the form would send, as the server would store it."""
    return html.clean(page.input_value("#id_body"))


def touch(page) -> None:
    """Make the editor write its text to the form, and leave it as it was."""
    page.locator(f"{TEXT} > :last-child").click()
    page.keyboard.type("x")
    page.keyboard.press("Backspace")


def test_what_the_server_keeps_comes_through_the_editor_unchanged(page, editor):
    number = factories.picture().pk
    bodies = [body.replace("{id}", str(number)) for body in KEPT]
    assert [html.clean(body) for body in bodies] == bodies
    for body in bodies:
        editor(factories.draft(body=body))
        touch(page)
        assert written(page) == body


def test_a_list_pasted_from_word_is_a_list(page, editor):
    text = editor()
    text.click()
    text.evaluate(
        """(node, html) => {
            const clipboardData = new DataTransfer()
            clipboardData.setData("text/html", html)
            node.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }))
        }""",
        WORD,
    )
    assert written(page) == FROM_WORD


def settle(page) -> None:
    """The editor takes the focus and its selection back with the next frame, which only a test is too fast for."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")


def press(page, label: str) -> None:
    page.get_by_role("toolbar").get_by_role("button", name=label, exact=True).click()


def write_a_story(page, console: list[str], words: Callable[[str], str], photo: dict) -> None:
    """A heading, a list, a link, an uploaded picture, an embed and a table, with the hands of an editor."""
    type_ = page.keyboard.type
    page.locator(TEXT).click()
    press(page, words("Heading 2"))
    type_("Harbour")
    page.keyboard.press("Enter")
    press(page, words("List"))
    type_("Ships")
    page.keyboard.press("Enter")
    type_("Cranes")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    type_("Read more")
    link = page.get_by_role("toolbar").get_by_role("button", name=words("Link"), exact=True)
    for _ in range(50):  # a busy editor may not have taken the selection yet
        page.keyboard.press("Shift+Home")
        page.wait_for_timeout(100)
        if link.is_enabled():
            break
    press(page, words("Link"))
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("example.com/port")
    dialog.get_by_role("button", name=words("Set link")).click()
    page.locator(f"{TEXT} a").wait_for()
    settle(page)
    page.keyboard.press("Enter")

    press(page, words("Picture"))
    dialog.locator("summary").click()
    dialog.locator("[name=file]").set_input_files(photo)
    send = dialog.get_by_role("button", name=words("Upload and use"))
    send.click()
    alert = dialog.get_by_role("alert")
    alert.filter(has_text=words("Say what the picture shows, or tick “decorative”.")).wait_for()
    assert [complaint for complaint in console if "400" not in complaint] == []
    console.clear()  # browsers report the refusal, too
    dialog.locator("[name=alt]").fill("A harbour")
    dialog.locator("[name=credit]").fill("Amina Bello")
    send.click()
    page.locator(f"{TEXT} figure img").wait_for()
    settle(page)
    page.locator(f"{TEXT} figcaption").click()
    type_("At dawn")
    page.keyboard.press("Enter")

    press(page, words("Embed"))
    dialog.get_by_role("textbox").fill("http://insecure.example/")
    dialog.get_by_role("button", name=words("Insert")).click()
    assert dialog.get_by_role("alert").inner_text() == words("Write an address that begins with https://.")
    dialog.get_by_role("textbox").fill("https://www.youtube.com/watch?v=abcdefghijk")
    dialog.get_by_role("button", name=words("Insert")).click()
    page.locator(f"{TEXT} figure").nth(1).wait_for()
    settle(page)
    page.locator(f"{TEXT} > p").last.click()
    press(page, words("Table"))
    page.locator(f"{TEXT} th").first.wait_for()
    settle(page)
    type_("Year")


@pytest.mark.parametrize(("prefix", "language"), [("", "en"), ("/ar", "ar")], ids=["en", "ar"])
def test_a_story_is_typed_saved_and_opened_again(page, console, editor, prefix, language):
    section = factories.section()

    def words(english: str) -> str:
        with translation.override(language):
            return translation.gettext(english)

    editor(prefix=prefix)
    page.fill("#id_headline", "Harbour reopens")
    page.locator("#places-tab").click()
    page.select_option("#id_language", "en")
    page.select_option("#id_section", str(section.pk))
    write_a_story(
        page, console, words, {"name": "harbour.jpg", "mimeType": "image/jpeg", "buffer": factories.jpeg(900, 600)}
    )
    page.locator("[name=_continue]").first.click()
    page.wait_for_url("**/change/")

    picture = MediaAsset.objects.get()
    assert (picture.alt, picture.credit) == ("A harbour", "Amina Bello")
    body = (
        "<h2>Harbour</h2><ul><li>Ships</li><li>Cranes</li></ul>"
        '<p><a href="https://example.com/port">Read more</a></p>'
        f'<figure data-media-id="{picture.pk}"><figcaption>At dawn</figcaption></figure>'
        '<figure data-embed="https://www.youtube.com/watch?v=abcdefghijk"></figure>'
        "<table><tbody><tr><th>Year</th><th></th><th></th></tr><tr><td></td><td></td><td></td></tr>"
        "<tr><td></td><td></td><td></td></tr></tbody></table>"
    )
    article = Article.objects.get()
    assert head(article).body == body

    editor(article, prefix)
    page.locator(f"{TEXT} figure img").wait_for()
    touch(page)
    assert written(page) == body


def test_the_caption_keeps_its_picture_when_its_words_are_deleted(page, editor):
    number = factories.picture().pk
    body = f'<figure data-media-id="{number}"><figcaption>Z</figcaption></figure>'
    text = editor(factories.draft(body=body))
    text.locator("figcaption").click()
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    assert written(page) == f'<figure data-media-id="{number}"></figure>'
    page.keyboard.press("Backspace")
    assert written(page) == f'<figure data-media-id="{number}"></figure>'
    page.keyboard.press("Backspace")
    assert written(page) == ""


def test_the_lead_picture_is_chosen_shown_and_removed(page, editor):
    first, second = factories.picture(alt="A harbour"), factories.picture(alt="A market")
    editor(factories.draft(hero_id=first.pk))
    field = page.locator("[data-picture-field]")
    assert field.locator("img").get_attribute("alt") == "A harbour"
    field.get_by_role("button", name="Choose a picture").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("searchbox").fill("market")
    dialog.get_by_role("searchbox").press("Enter")
    dialog.get_by_role("button", name="A harbour").wait_for(state="detached")
    dialog.get_by_role("button", name="A market").click()
    field.get_by_role("img", name="A market").wait_for()
    assert page.input_value("#id_hero") == str(second.pk)
    assert field.locator("img").get_attribute("alt") == "A market"
    field.get_by_role("button", name="Remove").click()
    assert page.input_value("#id_hero") == ""
    assert field.locator("img").count() == 0


@pytest.mark.parametrize("prefix", ["", "/ar"], ids=["en", "ar"])
def test_a_click_on_the_picture_sets_the_focal_point(page, console, log_in, prefix):
    log_in(factories.user("Editor"))
    page.goto(f"{prefix}/admin/articles/mediaasset/{factories.picture().pk}/change/")
    picture = page.locator("[data-picture]")
    picture.wait_for()
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.75})
    assert float(page.input_value("#id_focal_x")) == pytest.approx(0.25, abs=0.01)
    assert float(page.input_value("#id_focal_y")) == pytest.approx(0.75, abs=0.01)
    marker = page.locator("[data-marker]").bounding_box()
    assert marker["x"] + marker["width"] / 2 == pytest.approx(box["x"] + box["width"] * 0.25, abs=2)


def test_without_script_the_text_is_a_textarea(browser, live_server, log_in, page):
    log_in(factories.user("Publisher"))
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto("/admin/articles/article/add/")
    assert plain.locator("#id_body").is_visible()
    assert plain.locator("#id_hero").is_visible()
    context.close()
