"""The order behind a paid story, for the screens of stories."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from articles.models import Article

from .. import posts
from ..models import SponsoredPost

register = template.Library()


@register.inclusion_tag("admin/ads/sponsoredpost/_of_story.html")
def order_of(story: Article | None, user: Any) -> dict[str, Any]:
    """Where a paid story stands with its advertiser, and the way to its order; nothing for news and for who may not see
    orders."""
    if story is None or not story.pk or not story.is_sponsored or not user.has_perm("ads.view_sponsoredpost"):
        return {}
    post = SponsoredPost.objects.select_related("article", "advertiser").filter(article=story.pk).first()
    return {"story": story, "post": post, "said": post and posts.state_of(post, at=timezone.now())[1]}
