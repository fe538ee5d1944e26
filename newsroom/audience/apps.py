from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AudienceConfig(AppConfig):
    name = "newsroom.audience"
    label = "audience"
    verbose_name = _("Readers")

    def ready(self) -> None:
        from . import letters, providers, sending

        letters.register()
        providers.listen()
        sending.watch()
