from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdsConfig(AppConfig):
    name = "ads"
    verbose_name = _("Advertising desk")

    def ready(self) -> None:
        from articles import mail

        from . import links, plan, publish_gate

        plan.watch()
        publish_gate.watch()
        mail.fill_places(links.PLACE, links.address)
