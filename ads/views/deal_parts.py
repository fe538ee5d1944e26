"""The parts of a deal's page, each drawn by `ads/deal/_<name>.html`, and what is said after a POST to one of them."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from . import deal_artwork, deal_papers, deal_post, deal_quote, deal_report, deal_waiting

# What a part has to show of a deal; None where that is nothing.
PARTS: dict[str, Callable[..., dict | None]] = {
    "quote": deal_quote.part,
    "waiting": deal_waiting.part,
    "invoices": deal_papers.part,
    "artwork": deal_artwork.part,
    "post": deal_post.part,
    "report": deal_report.part,
}
# By the word in `?said=`.
SAID: dict[str, str | Promise] = {
    "asked": gettext_lazy("We have your message, and answer within 48 hours."),
    "renewed": gettext_lazy("We have your renewal, and answer within 48 hours. Nothing is booked before you agree."),
    "accepted": gettext_lazy("Thank you. It is agreed, and a mail with this offer is on its way to you."),
    "waiting": gettext_lazy("You are on the waiting list. We write to you once when it is free."),
    "free": gettext_lazy("It is free again. Write to us below, and we make you an offer."),
    "artwork": gettext_lazy("We have your artwork. A person looks at it, and you get a mail."),
    "word": gettext_lazy("Thank you, we have your Word file. What we found in it stands below."),
    "brief": gettext_lazy("Thank you, we have your brief."),
    "approved": gettext_lazy("Thank you. Your approval is on record; we publish this text and no other."),
    "said": gettext_lazy("Thank you, we have your words and answer soon."),
    "weekly-stopped": gettext_lazy("No more weekly reports by mail. Your figures stand on this page all the same."),
    "weekly-resumed": gettext_lazy("You get the weekly report by mail again."),
    "left": gettext_lazy("You have left the waiting list."),
}
