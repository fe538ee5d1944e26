from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from ..models import AdRequest, Advertiser

register = template.Library()

# Finished ones that still stand there.
DONE_SHOWN = 3


@register.inclusion_tag("admin/ads/adrequest/_next_actions.html", takes_context=True)
def next_actions(context: dict[str, Any], target: AdRequest | Advertiser) -> dict[str, Any]:
    """What is next for a deal or an advertiser, with the form to write down more."""
    from ..admin.next_actions import NextActionForm, due_words

    user = context["request"].user
    open_actions = list(target.next_actions.open().select_related("owner"))
    return {
        "target": target,
        "target_name": "request" if isinstance(target, AdRequest) else "advertiser",
        "open_actions": [(action, *due_words(action, timezone.localdate())) for action in open_actions],
        "done_actions": target.next_actions.filter(done_at__isnull=False)
        .select_related("done_by")
        .order_by("-done_at")[:DONE_SHOWN],
        "form": NextActionForm(user=user, auto_id="next-%s") if user.has_perm("ads.add_nextaction") else None,
        "may_finish": user.has_perm("ads.change_nextaction"),
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
    }
