from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField


class AdvertiserQuerySet(models.QuerySet["Advertiser"]):
    def current(self) -> "AdvertiserQuerySet":
        """Without those that were found to be another one on file."""
        return self.filter(merged_into=None)


class Advertiser(models.Model):
    """A firm that buys from us. It has no login; its people are reached by mail."""

    company = models.CharField(_("company"), max_length=160)
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"))
    website = models.URLField(_("website"), blank=True)
    country = CountryField(_("country"), blank=True)
    industry = models.CharField(
        _("industry"), max_length=80, blank=True, help_text=_("In a word or two, such as “banks” or “schools”.")
    )
    # What invoices are made out to; where empty, the company.
    billing_name = models.CharField(
        _("name on invoices"), max_length=160, blank=True, help_text=_("Left empty: the company.")
    )
    billing_address = models.TextField(_("billing address"), max_length=600, blank=True)
    tax_id = models.CharField(_("tax number"), max_length=60, blank=True)
    no_reminders = models.BooleanField(
        _("no renewal offers"), default=False, help_text=_("They asked not to be mailed before a booking ends.")
    )
    # The same firm twice: this row stays for what was printed with it, and everything hangs on the other one.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", editable=False, verbose_name=_("kept as")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AdvertiserQuerySet.as_manager()

    class Meta:
        ordering = ["company"]
        verbose_name = _("advertiser")
        verbose_name_plural = _("advertisers")
        permissions = [
            ("merge_advertiser", "Can merge two advertisers into one"),
            ("export_desk", "Can export everything of the ad desk"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("company"),
                Lower("email"),
                name="advertiser_once_per_company_and_email",
                violation_error_message=_("This company is already on file with this e-mail address."),
            ),
            models.CheckConstraint(condition=~Q(merged_into=models.F("pk")), name="advertiser_not_merged_into_itself"),
        ]

    def __str__(self) -> str:
        return self.company


class AdvertiserNote(models.Model):
    """What somebody of the desk wrote down about an advertiser. Never changed."""

    class Kind(models.TextChoices):
        NOTE = "note", _("Note")
        MERGED = "merged", _("Merged")

    advertiser = models.ForeignKey(Advertiser, models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.NOTE)
    # Of a merge: the company and the address that were merged into this one.
    text = models.TextField(_("note"), max_length=4000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["advertiser", "-at", "-pk"]
        verbose_name = _("note about an advertiser")
        verbose_name_plural = _("notes about advertisers")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="advertiser_note_says_something")]

    def __str__(self) -> str:
        return self.text[:60]
