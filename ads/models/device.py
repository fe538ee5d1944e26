from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Device(models.IntegerChoices):
    """What a page is shown on, by what its browser says of itself."""

    PHONE = 1, _("Phone")
    TABLET = 2, _("Tablet")
    DESKTOP = 3, _("Computer")
