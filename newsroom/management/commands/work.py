import os
import threading
import time

from django.core.management import BaseCommand

from newsroom.worker import GRACE_SECONDS, Worker


class Command(BaseCommand):
    help = "Does what is due and what is queued: announcements, scheduled changes, mail. Any number may run."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="Return when nothing is due.")
        parser.add_argument(
            "--until-orphaned",
            action="store_true",
            help="Stop when the process that started this one is gone.",
        )

    def handle(self, *, once, until_orphaned, **options):
        worker = Worker()
        if until_orphaned:
            threading.Thread(target=stop_when_orphaned, args=[worker, os.getppid()], daemon=True).start()
        if threading.current_thread() is threading.main_thread() and not once:
            worker.stop_on_signals()
        worker.run(once=once)


def stop_when_orphaned(worker: Worker, parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    worker.stop()
    time.sleep(GRACE_SECONDS)
    os._exit(1)
