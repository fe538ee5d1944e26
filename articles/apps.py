from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("Stories")

    def ready(self) -> None:
        from . import (
            converters,  # noqa: F401 - addresses here and in the admin are written with them
            headlines,
            lettering_check,  # noqa: F401 - registers a system check
            pings,
            search_check,  # noqa: F401 - registers the system checks
            search_index,
            sharing,
            webhooks,
        )

        post_migrate.connect(headlines.INDEX.install, sender=self)
        post_migrate.connect(search_index.INDEX.install, sender=self)
        search_index.watch()
        pings.listen()
        sharing.watch()
        webhooks.watch()
