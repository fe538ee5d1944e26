from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class AdsConfig(AppConfig):
    name = "ads"
    verbose_name = _("Advertising desk")

    def ready(self) -> None:

        from articles import mail

        from . import checks, desk_search, desk_words, drafts, links, plan, proofs, publish_gate, report_mails, sealing  # noqa: F401

        plan.watch()
        publish_gate.watch()
        proofs.watch()
        pre_migrate.connect(sealing.lift_for_migrations, sender=self, dispatch_uid="ads.sealing")
        post_migrate.connect(sealing.install, sender=self, dispatch_uid="ads.sealing")
        desk_search.watch()
        post_migrate.connect(desk_words.INDEX.install, sender=self, dispatch_uid="ads.desk_words")
        mail.fill_places(links.PLACE, links.address)
        mail.fill_places(drafts.PLACE, drafts.address)
        mail.make_papers(report_mails.PAPER, report_mails.paper_of)
