"""Whether advertising stands beside a story, for the screens of stories."""

from __future__ import annotations

from typing import Any

from django import template

from articles.models import Article

from .. import quieting
from ..models import QuietStory

register = template.Library()


@register.inclusion_tag("admin/ads/quietstory/_of_story.html")
def quiet_of(story: Article | None, user: Any) -> dict[str, Any]:
    """Since when it does not, by whom and why, and the way to decide; nothing for who may not see it."""
    may_decide = user.has_perm(quieting.PERMISSION)
    if story is None or not story.pk or not (may_decide or user.has_perm("ads.view_quietstory")):
        return {}
    quiet = QuietStory.objects.select_related("by").filter(article=story.pk).first()
    # Of paid ones nobody decides; what was decided before may be taken back.
    return {"story": story, "quiet": quiet, "may_decide": may_decide and bool(quiet or not story.is_sponsored)}
