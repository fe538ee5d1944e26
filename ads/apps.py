from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdsConfig(AppConfig):
    name = "ads"
    verbose_name = _("Advertising desk")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from articles import mail

        from . import immutable, links, plan

        post_migrate.connect(immutable.guard, sender=self, dispatch_uid="ads.immutable")

        plan.watch()
        mail.fill_places(links.PLACE, links.address)
