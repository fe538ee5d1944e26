"""For test_killed_sending.py and benchmarks/newsletter.py: a worker that sends, to be killed wherever it stands.

As `manage.py work --once` it stops when nothing is due, but it comes back for what its predecessor held: the leases and
the heartbeat of who was killed are taken for run out as soon as it starts, so that nobody waits two minutes for it.
"""

import sys
from datetime import timedelta

import django


def main() -> None:
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone
    from django_tasks_db.models import DBTaskResult

    from articles import jobs
    from articles.models import Heartbeat
    from newsroom.audience.models import Delivery

    if "after-a-death" in sys.argv:
        long_ago = timezone.now() - timedelta(minutes=3)
        Delivery.objects.filter(lease_until__isnull=False).update(lease_until=long_ago)
        Heartbeat.objects.update(at=long_ago)
        DBTaskResult.objects.running().update(started_at=long_ago)
        jobs.revive(timezone.now())
    call_command("work", once=True)


if __name__ == "__main__":
    main()
