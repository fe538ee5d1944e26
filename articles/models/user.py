from django.contrib.auth.models import AbstractUser
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Somebody who works here. Readers and advertisers never have an account."""

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff")
