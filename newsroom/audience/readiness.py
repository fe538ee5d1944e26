"""What stands between an issue and its readers, in sentences: what must be mended, and what somebody should know."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ads import click_address
from ads.models import Creative
from articles import html
from articles.models import Article

from . import promised, rendering
from .models import Issue, IssueBlock

Kind = IssueBlock.Kind
# Phones show about so many letters of a subject.
SUBJECT_SHOWN = 60


def problems(issue: Issue, *, at: datetime) -> list[str]:
    """Why it cannot go out at a moment. Three queries."""
    found = []
    blocks = list(issue.blocks.select_related("article", "creative", "promise__line__quote__request"))
    stories = [block for block in blocks if block.article_id]
    if not issue.subject.strip():
        found.append(_("It has no subject. Write one."))
    if not any(block.kind in (Kind.STORY, Kind.TEXT) for block in blocks):
        found.append(_("It has no story. Add one, or a text."))
    live = set(
        Article.objects.live(at).filter(pk__in=[block.article_id for block in stories]).values_list("pk", flat=True)
    )
    for block in stories:
        story = block.article
        if story is None:
            continue
        if story.pk not in live:
            found.append(
                _("“%(story)s” is not public at that time. Remove it, or choose a later time.")
                % {"story": story.headline}
            )
        if story.is_sponsored and not story.sponsor_name:
            found.append(_("“%(story)s” does not say who paid for it.") % {"story": story.headline})
        if story.language != issue.newsletter.language:
            found.append(
                _("“%(story)s” is in another language than the newsletter. Remove it.") % {"story": story.headline}
            )
    for block in blocks:
        found += _of_block(block) + _of_promise(block)
    found += _broken_links(issue.introduction)
    return found


def _of_block(block: IssueBlock) -> list[str]:
    if block.kind == Kind.HEADING and not block.headline.strip():
        return [_("A heading is empty. Write it, or remove it.")]
    if block.kind == Kind.TEXT:
        if not html.text(rendering.cleaned(block.text)).strip():
            return [_("A text is empty. Write it, or remove it.")]
        return _broken_links(block.text)
    if block.kind != Kind.NOTICE:
        return []
    found = []
    if not block.sponsor_name.strip():
        found.append(_("The advertisement does not say who paid for it."))
    if not block.creative_id and not block.headline.strip():
        found.append(_("The advertisement is empty. Choose artwork, or write its headline."))
    if block.creative and block.creative.status != Creative.Status.APPROVED:
        found.append(_("The artwork of the advertisement is not approved. Choose another."))
    if not block.url and not block.creative:
        found.append(_("The advertisement leads nowhere. Give its address."))
    if block.url:
        try:
            click_address.normalise_own(block.url)
        except ValidationError as error:
            found.append(" ".join(error.messages))
    return found


def _of_promise(block: IssueBlock) -> list[str]:
    """What changed at the ad desk since the mention was put in."""
    if block.promise is None:
        return []
    company = {"company": promised.company(block.promise)}
    if promised.called_off(block.promise):
        return [_("The order of %(company)s was called off. Remove what stands here for it.") % company]
    if block.promise.done_at:
        return [_("The mention of %(company)s was made elsewhere meanwhile. Remove it here.") % company]
    return []


def _broken_links(text: str) -> list[str]:
    """Addresses in a text that no reader can open, by their letters."""
    broken = []
    for address in html.links(rendering.cleaned(text)):
        if address.startswith("mailto:"):
            continue
        try:
            click_address.normalise_own(address)
        except ValidationError:
            broken.append(_("The link to %(address)s leads nowhere. Mend it.") % {"address": address})
    return broken


def remarks(issue: Issue, *, at: datetime) -> list[str]:
    """What is allowed and still worth a look."""
    found = []
    if len(issue.subject) > SUBJECT_SHOWN:
        found.append(
            _("The subject has %(length)d letters; phones show about %(shown)d.")
            % {"length": len(issue.subject), "shown": SUBJECT_SHOWN}
        )
    if not issue.preheader:
        found.append(_("It has no preview line: mail programs show the first words of the mail instead."))
    rendered = rendering.render(issue, at=at, is_counted=False)
    if len(rendered.html.encode()) > rendering.MOST_BYTES:
        found.append(
            _("The mail has %(size)d KB. Gmail hides what is beyond 102 KB: remove some blocks.")
            % {"size": len(rendered.html.encode()) // 1024}
        )
    return found
