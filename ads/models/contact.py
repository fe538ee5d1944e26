from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from .advertiser import Advertiser


class Contact(models.Model):
    """Somebody at an advertiser. A deal keeps the one it came from."""

    advertiser = models.ForeignKey(Advertiser, models.CASCADE, related_name="contacts", verbose_name=_("advertiser"))
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    role = models.CharField(_("role"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    is_main = models.BooleanField(_("main contact"), default=False)

    class Meta:
        ordering = ["advertiser", "-is_main", "name", "pk"]
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(
                "advertiser",
                Lower("email"),
                name="contact_once_per_email",
                violation_error_message=_("This e-mail address is already among the contacts of the advertiser."),
            ),
            models.UniqueConstraint(fields=["advertiser"], condition=Q(is_main=True), name="contact_one_main"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new main contact takes the place of the old one."""
        with transaction.atomic():
            if self.is_main:
                others = Contact.objects.filter(advertiser=self.advertiser_id, is_main=True).exclude(pk=self.pk)
                others.update(is_main=False)
            super().save(*args, **kwargs)
