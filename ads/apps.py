from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AdsConfig(AppConfig):
    name = "ads"
    verbose_name = _("Advertising desk")

    def ready(self) -> None:
        from articles import mail

        from . import desk_search, desk_words, links, plan

        plan.watch()
        desk_search.watch()
        post_migrate.connect(desk_words.install, sender=self)
        mail.fill_places(links.PLACE, links.address)
