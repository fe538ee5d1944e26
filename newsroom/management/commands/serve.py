"""One command, one process group: the web server, and the worker that drains its jobs."""

import os
import subprocess
import sys
import threading
from contextlib import contextmanager

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from granian import Granian
from granian.constants import Interfaces

from articles.models import Article


class Command(BaseCommand):
    help = "Serves the site from the data that is there, with a worker beside it. Stop it with Ctrl+C."

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=0, help="Web processes; default: one per core.")
        parser.add_argument(
            "--demo",
            action="store_true",
            help="First make the database and the demo content, where they are missing.",
        )

        parser.add_argument(
            "--with-known-passwords",
            action="store_true",
            help="Serve the demo without DEBUG too, though anybody can read in the README how to log in.",
        )

    def handle(self, *, host, port, workers, demo, with_known_passwords, **options):
        if demo and not (settings.DEBUG or with_known_passwords):
            raise CommandError(
                "The demo has a superuser whose password everybody knows, so it runs with DEBUG=1 only, or with "
                "--with-known-passwords. For readers: manage.py serve"
            )
        if demo:
            self.prepare()
        elif self.pending_migrations():
            raise CommandError("The database is not up to date. Run: manage.py migrate")
        if settings.STATIC_HASHED:
            call_command("collectstatic", interactive=False, verbosity=0)
        if demo:
            self.say_where(port)
        with self.worker():
            Granian(
                "newsroom.wsgi:application",
                address=host,
                port=port,
                interface=Interfaces.WSGI,
                workers=workers or (1 if demo else os.cpu_count() or 1),
                blocking_threads=4,
                websockets=False,
                respawn_failed_workers=True,
                workers_kill_timeout=25,
                log_level="error",
            ).serve()

    def pending_migrations(self):
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        return executor.migration_plan(executor.loader.graph.leaf_nodes())

    def prepare(self):
        from newsroom.demo import brand

        if self.pending_migrations():
            self.stdout.write("Making the database ...")
            call_command("migrate", verbosity=0)
        if not Article.objects.exists():
            call_command("demo", with_known_passwords=True, stdout=self.stdout)
        brand.make(timezone.now())  # a demo that was made before there was a brand

    def say_where(self, port):
        from newsroom.demo.people import LOGINS, PASSWORD

        site = f"http://127.0.0.1:{port}"
        self.stdout.write(f"\n  The site     {site}/   Arabic {site}/ar/   advertisers {site}/partners/")
        self.stdout.write(f"  The admin    {site}/admin/")
        for username, job in LOGINS.items():
            self.stdout.write(f"               {username:<12} {PASSWORD}   ({job})")
        is_written = settings.EMAIL_BACKEND == "django.core.mail.backends.console.EmailBackend"
        mail = "is written to this terminal" if is_written else "leaves as EMAIL_URL says"
        self.stdout.write(f"  Mail {mail}. Ctrl+C stops.\n\n", ending="")
        self.stdout.flush()

    @contextmanager
    def worker(self):
        """A worker as long as the server runs, and another one when it dies. Its parent asks the database nothing: it
        is forked for each web process."""
        is_over = threading.Event()
        keeper = threading.Thread(target=keep_a_worker, args=[is_over], daemon=True)
        keeper.start()
        try:
            yield
        finally:
            is_over.set()
            keeper.join(timeout=30)


def keep_a_worker(is_over: threading.Event) -> None:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "work", "--until-orphaned"]
    while not is_over.is_set():
        process = subprocess.Popen(command)  # noqa: S603  (our own command, no input from outside)
        while process.poll() is None and not is_over.wait(0.5):
            pass
        if process.poll() is not None:
            if not is_over.wait(2):  # one that cannot start is not started all the time
                sys.stderr.write(f"The worker ended with {process.returncode}; another one starts.\n")
            continue
        process.terminate()
        try:
            process.wait(timeout=25)
        except subprocess.TimeoutExpired:
            process.kill()
