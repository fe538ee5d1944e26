import os
import threading
import time

from django.core.management import BaseCommand
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker


class Command(BaseCommand):
    help = "Does what is queued: mail, and whatever else a request left for later."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="Return when nothing is due.")
        parser.add_argument(
            "--until-orphaned",
            action="store_true",
            help="Stop when the process that started this one is gone.",
        )

    def handle(self, *, once, until_orphaned, **options):
        worker = Worker(
            queue_names=["*"],
            interval=1,
            batch=once,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        if until_orphaned:
            threading.Thread(target=stop_when_orphaned, args=[worker, os.getppid()], daemon=True).start()
        if not once:
            worker.configure_signals()
        worker.run()


def stop_when_orphaned(worker: Worker, parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    worker.running = False
