from django.db import models
from django.utils.translation import gettext_lazy as _


class Device(models.IntegerChoices):
    """On what kind of machine a page was read. `ads.agents.device` tells; television sets and consoles are desktops."""

    PHONE = 1, _("Phone")
    TABLET = 2, _("Tablet")
    DESKTOP = 3, _("Computer")
