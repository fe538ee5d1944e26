from pathlib import Path

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from ads import exporting


class Command(BaseCommand):
    help = "Writes everything of the advertising desk into a folder: each table as CSV and as JSON lines."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="DIR", help="A folder that is empty or not there yet.")
        parser.add_argument("--files", action="store_true", help="Artwork, Word files and attachments too.")

    def handle(self, *, folder, files, **options):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder} is not an empty folder. Name one that is, so that nothing is written over.")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        written = exporting.write(folder, at=timezone.now(), with_files=files)
        self.stdout.write(f"{len(written)} files written to {folder}.")
