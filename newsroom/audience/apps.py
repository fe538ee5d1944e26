from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AudienceConfig(AppConfig):
    name = "newsroom.audience"
    label = "audience"
    verbose_name = _("Readers")

    def ready(self) -> None:
        from ads import audience

        from . import growth, letters, providers, sending

        letters.register()
        providers.listen()
        audience.asking_who_gets_mail.connect(growth.answer_the_desk, dispatch_uid="audience.growth")
        sending.watch()
