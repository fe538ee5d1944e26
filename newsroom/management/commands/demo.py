import sys
import time
from itertools import islice

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from articles import bulk
from articles.models import Article
from newsroom.demo import building, people

BATCH = 2000


class Command(BaseCommand):
    help = (
        "Fills the site with invented news in English and Arabic, advertisers and bookings. What is there stays, so "
        "it is safe to repeat. Never run it on a site with readers."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--articles",
            type=int,
            default=0,
            metavar="N",
            help="Add synthetic stories until there are N in all.",
        )
        parser.add_argument("--seed", type=int, default=1, help="Another seed makes other synthetic stories.")
        parser.add_argument(
            "--with-known-passwords",
            action="store_true",
            help="Run without DEBUG too, though anybody can read in the README how to log in as a superuser.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Do all of it, then take it back.")

    def handle(self, *, articles, seed, with_known_passwords, dry_run, **options):
        if not (settings.DEBUG or with_known_passwords):
            raise CommandError(
                "The demo makes a superuser whose password everybody knows, so it runs with DEBUG=1 only. On a machine "
                "that nobody else can reach: manage.py demo --with-known-passwords"
            )
        if articles < 0:
            raise CommandError("--articles takes a number from 0 up.")
        now, before = timezone.now(), Article.objects.count()
        with transaction.atomic():
            building.build(now=now, say=lambda what: self.stdout.write(f"Demo: {what} ..."))
            made = Article.objects.count()
            self.fill(seed, articles - made, now)
            created = Article.objects.count() - before
            if dry_run:
                transaction.set_rollback(True)
        verb = "would be created" if dry_run else "created"
        self.stdout.write(f"{created} stories {verb}, {before} were there already.")
        self.stdout.write(f"Log in as {', '.join(people.LOGINS)} with the password {people.PASSWORD}")

    def fill(self, seed, count, now):
        if count <= 0:
            return
        contents = building.fillers(seed, count, now)
        done, skipped, started = 0, 0, time.monotonic()
        while batch := list(islice(contents, BATCH)):
            created = bulk.publish_all(batch, by=None, at=now)
            done += len(batch)
            skipped += len(batch) - created
            self.progress(done, count, time.monotonic() - started)
        self.stdout.write(f"\n{done - skipped} synthetic stories created, {skipped} skipped.")

    def progress(self, done, count, seconds):
        if not sys.stdout.isatty() and done < count:
            return
        width = 40
        filled = width * done // count
        self.stdout.write(
            f"\r[{'#' * filled}{'.' * (width - filled)}] {done:,} of {count:,} stories, {done / seconds:,.0f} a second",
            ending="",
        )
        self.stdout.flush()
