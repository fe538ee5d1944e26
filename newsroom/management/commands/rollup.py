from datetime import datetime

from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from ads import rollups


class Command(BaseCommand):
    help = "Counts the events of every hour that is over. The worker does the same; safe to repeat and to kill."

    def add_arguments(self, parser):
        parser.add_argument("--again", metavar="DAY", help="Count the hours of a day once more, such as 2026-11-25.")
        parser.add_argument("--dry-run", action="store_true", help="Count, say how much, and take it back.")

    def handle(self, *, again, dry_run, **options):
        at = timezone.now()
        with transaction.atomic():
            if again:
                hours, events = self.count_again(again, at)
                self.stdout.write(f"{hours} hours counted again, {events} events.")
            else:
                self.stdout.write(f"{rollups.roll_due(at)} hours closed.")
            if dry_run:
                transaction.set_rollback(True)
                self.stdout.write("Dry run: nothing was changed.")

    def count_again(self, text, at):
        try:
            day = datetime.strptime(text, "%Y-%m-%d").date()
        except ValueError:
            raise CommandError(f"“{text}” is not a day. Write it as 2026-11-25.") from None
        closed = rollups.closed_until()
        hours = [hour for hour in rollups.hours_of(day) if closed and hour < closed]
        if not hours:
            raise CommandError(f"No hour of {day} is closed yet.")
        if rollups.is_sealed(day):
            raise CommandError(f"{day} is sealed and stays as it is. Correct it with an adjustment, in the admin.")
        return len(hours), sum(rollups.roll(hour, at=at) for hour in hours)
