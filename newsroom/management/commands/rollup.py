from datetime import datetime

from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from ads import rollups
from ads.models import RolledHour


class Command(BaseCommand):
    help = "Counts the events of every hour that is over. The worker does the same; safe to repeat and to kill."

    def add_arguments(self, parser):
        parser.add_argument("--again", metavar="DAY", help="Count the hours of a day once more, such as 2026-11-25.")
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Count as much as one round of the worker, say how much, and take it back.",
        )

    def handle(self, *, again, dry_run, **options):
        at = timezone.now()
        if not dry_run:
            self.work(again, at)  # each hour in a transaction of its own
            return
        with transaction.atomic():
            self.work(again, at, rounds=1)
            transaction.set_rollback(True)
        self.stdout.write("Dry run: nothing was changed.")

    def work(self, again, at, rounds=None):
        if again:
            hours, events = self.count_again(again, at)
            self.stdout.write(f"{hours} hours counted again, {events} events.")
            return
        hours = 0
        while (done := rollups.roll_due(at)) and rounds is None:
            hours += done
        self.stdout.write(f"{hours + done} hours closed.")

    def count_again(self, text, at):
        try:
            day = datetime.strptime(text, "%Y-%m-%d").date()
        except ValueError:
            raise CommandError(f"“{text}” is not a day. Write it as 2026-11-25.") from None
        if rollups.is_sealed(day):
            raise CommandError(f"{day} is sealed and stays as it is. Correct it with an adjustment, in the admin.")
        closed = RolledHour.objects.filter(hour__gte=rollups.begins(day), hour__lt=rollups.ends(day)).order_by("hour")
        hours = list(closed.values_list("hour", flat=True))
        if not hours:
            raise CommandError(f"No hour of {day} is closed yet.")
        return len(hours), sum(rollups.roll(hour, at=at) for hour in hours)
