from time import monotonic

from django.core.management import BaseCommand

from articles import search_index


class Command(BaseCommand):
    help = "Writes into the search what it lacks. The worker does the same; safe to repeat, and to stop half-way."

    def add_arguments(self, parser):
        parser.add_argument(
            "--everything", action="store_true", help="Write all stories anew, not only those it lacks."
        )
        parser.add_argument("--dry-run", action="store_true", help="Say how much there is to do, and do nothing.")

    def handle(self, *, everything, dry_run, verbosity, **options):
        gone = search_index.surplus().count()
        total = search_index.wanting(everything=everything).count()
        if dry_run:
            self.stdout.write(f"{total} stories would be written, {gone} taken out. Nothing was changed.")
            return
        done, told = 0, monotonic()
        for written in search_index.rebuild(everything=everything):
            done += written
            if verbosity and monotonic() - told > 2:
                told = monotonic()
                self.stdout.write(f"{done} of {total} ...")
        self.stdout.write(f"{done} stories written, {gone} taken out.")
