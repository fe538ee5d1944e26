"""The style guide: every component in its states, for those who draw pages and those who judge them."""

from __future__ import annotations

from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .. import styleguide

# Tokens of `static/site.css`.
COLOURS = [
    *("page", "text", "surface", "muted", "line", "accent", "link", "visited", "button"),
    *("error", "success", "warning", "paid", "paid-surface", "slot", "slot-surface", "control", "alarm"),
]
SIZES = ["label", "meta", "ui", "small", "body", "standfirst", "h2", "lead", "h1"]


@staff_member_required(login_url="admin:login")
@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    drawn = [
        {
            "name": component.name,
            "examples": [
                {"state": one.state, "drawn": render_to_string(one.template, one.context, request)}
                for one in component.examples
            ],
        }
        for component in styleguide.components(at=timezone.now())
    ]
    context = {"components": drawn, "colours": COLOURS, "sizes": SIZES}
    return render(request, "newsroom/styleguide/page.html", context)
