"""Whether pictures with Arabic letters can be drawn here."""

from __future__ import annotations

from django.core.checks import CheckMessage, Warning, register

from . import lettering


@register()
def letters_are_joined(app_configs, **kwargs) -> list[CheckMessage]:
    if lettering.joins_letters():
        return []
    return [
        Warning(
            "This Pillow was built without Raqm and cannot join Arabic letters.",
            hint="Links to Arabic stories show the picture of the story, without its headline. The wheels of Pillow on "
            "PyPI have Raqm; FriBiDi must be found beside them.",
            id="articles.W002",
        )
    ]
