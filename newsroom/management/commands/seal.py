from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from ads import rollups
from ads.models import SealedDay


class Command(BaseCommand):
    help = "Seals the counts of every day that is over. The worker does the same; safe to repeat and to kill."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="Instead: compare every sealed day with its seal.")
        parser.add_argument("--dry-run", action="store_true", help="Seal, say what, and take it back.")

    def handle(self, *, check, dry_run, **options):
        if check:
            self.check_all()
            return
        at = timezone.now()
        with transaction.atomic():
            rollups.roll_due(at)
            days = rollups.seal_due(at)
            for day in SealedDay.objects.filter(day__in=days).order_by("day"):
                self.stdout.write(f"{day.day}: {day.events} events in {day.rows} rows, {day.seal}")
            self.stdout.write(f"{len(days)} days sealed.")
            if dry_run:
                transaction.set_rollback(True)
                self.stdout.write("Dry run: nothing was changed.")

    def check_all(self):
        broken = 0
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
