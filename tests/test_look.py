"""What holds for every style sheet and template: both directions, no inline style, one partial a component."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STYLES = sorted((ROOT / "static").rglob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PARTIALS = [path for path in TEMPLATES if path.name.startswith("_")]

COMMENTS = re.compile(r"/\*.*?\*/", re.DOTALL)
# A property that names a side of the screen, or a value that does. `background-position` may: it draws arrows.
PHYSICAL = [
    re.compile(
        r"(?<![\w-])(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)(?:-(?:width|color|style))?\s*:"
    ),
    re.compile(r"(?<![\w-])border-(?:top|bottom)-(?:left|right)-radius\s*:"),
    re.compile(r"(?<![\w-])(?:left|right|top|bottom)\s*:"),
    re.compile(r"(?<![\w-])(?:text-align|float|clear|caption-side)\s*:\s*(?:left|right)\b"),
    re.compile(r"(?<![\w-])(?:min-|max-)?(?:width|height)\s*:(?![^;{}]*\))"),
]
# The component of the design's list, and where its partial stands.
COMPONENTS = {
    "SkipLinks": "newsroom/_skip_links.html",
    "SiteHeader": "newsroom/_site_header.html",
    "SectionNav": "newsroom/_section_nav.html",
    "BreakingStrip": "newsroom/_breaking_strip.html",
    "LivePill": "articles/_live_pill.html",
    "Card": "articles/_card.html",
    "SectionBlock": "newsroom/_section_block.html",
    "MostRead": "newsroom/_most_read.html",
    "AdSlot": "ads/_ad_slot.html",
    "SponsoredLabel": "articles/_sponsored_label.html",
    "Breadcrumb": "articles/_breadcrumb.html",
    "ArticleHeader": "articles/_article_header.html",
    "BylineList": "articles/_byline_list.html",
    "Timestamps": "articles/_timestamps.html",
    "Figure": "articles/_figure.html",
    "Embed": "articles/_embed.html",
    "ShareLinks": "articles/_share_links.html",
    "AuthorBox": "articles/_author_box.html",
    "CorrectionNote": "articles/_correction_note.html",
    "NewsletterForm": "audience/_newsletter_form.html",
    "PrevNext": "articles/_prev_next.html",
    "RelatedList": "articles/_related_list.html",
    "Pager": "articles/_pager.html",
    "RateCard": "ads/_rate_card.html",
    "StepForm": "ads/_step_form.html",
    "StatusTimeline": "ads/_status_timeline.html",
    "SearchForm": "articles/_search_form.html",
}


def physical(css: str) -> list[str]:
    """The declarations of a style sheet that know left from right, or top from bottom."""
    # Conditions of media queries are about the window, which has a width in every language.
    bare = re.sub(r"@(?:media|container|supports)[^{]*\{", "{", COMMENTS.sub("", css))
    return [found.group().strip() for pattern in PHYSICAL for found in pattern.finditer(bare)]


@pytest.mark.parametrize("path", STYLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_style_sheet_serves_both_directions(path):
    assert physical(path.read_text()) == []


@pytest.mark.parametrize(
    "css",
    [
        "a{margin-left:0}",
        "a{ left : 0 }",
        "a{text-align:right}",
        "a{border-top-left-radius:1px}",
        "a{float:left}",
        "a{width:3rem}",
        "a{border-top:1px solid}",
        "a{max-height:3rem}",
        "@media (min-width: 3px){a{right:0}}",
    ],
)
def test_the_lint_of_styles_finds_what_it_looks_for(css):
    assert len(physical(css)) == 1


@pytest.mark.parametrize(
    "css",
    ["a{margin-inline-start:0}", "@media (min-width:3px){a{inset-inline-end:0}}", "/* left: no */a{inline-size:3rem}"],
)
def test_the_lint_of_styles_leaves_alone_what_is_logical(css):
    assert physical(css) == []


def test_no_template_holds_an_inline_style_or_script():
    inline = re.compile(
        r"""\sstyle\s*=|\son(?:click|change|load|submit|input|error|focus|blur|key\w+|mouse\w+|toggle)\s*=|<script\b(?![^>]*\bsrc=)(?![^>]*\btype="application/)"""
    )
    found = {str(path.relative_to(ROOT)): hit.group() for path in TEMPLATES if (hit := inline.search(path.read_text()))}
    assert found == {}


@pytest.mark.parametrize("path", PARTIALS, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_partial_says_what_it_needs(path):
    """One comment at its beginning names the whole context, or says that there is none."""
    head = path.read_text()[:900]
    comment = re.search(r"\{#(.*?)#\}|\{% comment %\}(.*?)\{% endcomment %\}", head, re.DOTALL)
    assert comment, "no comment at the beginning"
    assert re.search(r"[Cc]ontext|base of|Django's", comment.group()), comment.group()


@pytest.mark.parametrize(("name", "partial"), COMPONENTS.items())
def test_a_component_is_one_partial_that_names_itself(name, partial):
    assert f"{{# {name}." in (ROOT / "templates" / partial).read_text()[:400]
