from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from ads import rollups
from ads.models import SealedDay


class Command(BaseCommand):
    help = "Seals the counts of every day that is over. The worker does the same; safe to repeat and to kill."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="Instead: compare every sealed day with its seal.")
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Seal as much as one round of the worker, say what, and take it back.",
        )

    def handle(self, *, check, dry_run, **options):
        at = timezone.now()
        if check:
            self.check_all()
        elif dry_run:
            with transaction.atomic():
                self.work(at, rounds=1)
                transaction.set_rollback(True)
            self.stdout.write("Dry run: nothing was changed.")
        else:
            self.work(at)  # each hour and each day in a transaction of its own

    def work(self, at, rounds=None):
        while rollups.roll_due(at) and rounds is None:
            pass
        sealed = 0
        while days := rollups.seal_due(at):
            sealed += len(days)
            for day in SealedDay.objects.filter(day__in=days).order_by("day"):
                self.stdout.write(f"{day.day}: {day.events} events in {day.rows} rows, {day.seal}")
            if rounds:
                break
        self.stdout.write(f"{sealed} days sealed.")

    def check_all(self):
        broken = 0
        for day in rollups.unsealed_rows():
            broken += 1
            self.stderr.write(f"{day}: its seal is missing.")
        days = SealedDay.objects.order_by("day")
        for day in days.iterator():
            try:
                rollups.check(day)
            except rollups.Broken as trouble:
                broken += 1
                self.stderr.write(str(trouble))
        if broken:
            raise CommandError(f"{broken} sealed days are not what their seals say.")
        self.stdout.write(f"{days.count()} sealed days are as they were sealed.")
