import time

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from ads import mail_filing, mailbox


class Command(BaseCommand):
    help = "Reads the mailbox of MAILBOX_URL, and files what came. The worker does the same; this shows what happens."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="Return when everything is read and filed.")
        parser.add_argument("--dry-run", action="store_true", help="Only list what is new. Changes nothing anywhere.")

    def handle(self, *, once, dry_run, **options):
        if not settings.MAILBOX_URL:
            raise CommandError("No mailbox is read: MAILBOX_URL is not set (docs/operators.md).")
        account = mailbox.Account.from_url(settings.MAILBOX_URL)
        try:
            if dry_run:
                self.show(account)
                return
            while True:
                has_more = self.read(account)
                if once and not has_more:
                    return
                if not has_more:
                    time.sleep(settings.MAILBOX_EVERY)
        except mailbox.MailboxTrouble as trouble:
            raise CommandError(f"{account.name} cannot be read: {trouble}") from None

    def read(self, account) -> bool:
        reading = mailbox.read(account, at=timezone.now())
        filed = 0
        while now_filed := mail_filing.file_waiting(timezone.now()):
            filed += now_filed
        self.stdout.write(
            f"{reading.kept} kept, {reading.known} known, {reading.too_large} too large, {filed} filed: {account.name}"
        )
        return reading.has_more

    def show(self, account) -> None:
        found = mailbox.look(account)
        for sender, subject, size in found:
            self.stdout.write(f"{size:>10,}  {sender}  {subject}")
        self.stdout.write(f"{len(found)} would be kept: {account.name}")
