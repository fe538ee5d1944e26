"""`python -m benchmarks.newsletter [readers]`: a newsletter over a real mail server; its worker is killed three times.

On a scratch DATA_DIR, or on the database that DATABASE_URL names, which must be empty. First how fast mails leave,
beside smtplib with bytes that never change; then all readers (10,000 unless said), with kill -9 at random moments, and
what the mail server counted; then how long the rows of 100,000 readers take.
"""

from __future__ import annotations

import os
import random
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
from typing import Any

KILLS = 3


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATA_DIR", folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
        os.environ.setdefault("SECRET_KEY", "only-for-benchmarks")
        os.environ["NEWSLETTER_PER_MINUTE"] = "0"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        _speed()
        _killed(count)
        _rows(100_000)


def _issue(slug: str, count: int) -> Any:
    from tests.newsroom import mailing

    of = mailing.newsletter(slug)
    mailing.readers(of, count, name=slug)
    words = "Rain at last, and what it means for the farms of the north. " * 20
    return mailing.issue(of, introduction=words)


def _speed() -> None:
    """Mails a second through one connection, beside the same bytes by smtplib alone."""
    from django.conf import settings
    from django.utils import timezone

    from newsroom.audience import batches, letter, sending
    from newsroom.audience.models import Delivery, Subscriber
    from tests.newsroom import mailing

    mails = 500
    issue = _issue("speed", mails)
    sending.start(issue, by=None, at=timezone.now())
    reader = Subscriber.objects.first()
    data = letter.Letter(issue).data(reader, to=reader.email, at=timezone.now())
    with mailing.mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        began = time.perf_counter()
        with smtplib.SMTP(*server.server_address) as smtp:
            for _ in range(mails):
                smtp.sendmail("a@house.example", ["b@reader.example"], data)
        bare = mails / (time.perf_counter() - began)
        began = time.perf_counter()
        number = 0
        while Delivery.objects.filter(issue=issue, state="waiting").exists():
            batches.send_batch.call(issue=issue.pk, run=issue.run, lane=0, number=number)
            number += 1
        ours = mails / (time.perf_counter() - began)
    print(f"mails a second: {ours:.0f}, smtplib alone {bare:.0f}: {bare / ours:.1f} x as long a mail")
    began = time.perf_counter()
    paper = letter.Letter(issue)
    for _ in range(mails):
        paper.data(reader, to=reader.email, at=timezone.now())
    print(f"a mail is written in {(time.perf_counter() - began) / mails * 1000:.2f} ms")


def _killed(count: int) -> None:
    from django.utils import timezone

    from newsroom.audience import sending
    from tests.newsroom import mailing

    issue = _issue("killed", count)
    sending.start(issue, by=None, at=timezone.now())
    chance = random.Random()
    began = time.perf_counter()
    with mailing.mail_server() as server:
        port = server.server_address[1]
        moments = sorted(chance.sample(range(1, count - 100), KILLS))
        for number, moment in enumerate(moments):
            worker = _worker(port, is_first=not number)
            while len(server.taken) < moment:
                time.sleep(0.001)
            time.sleep(chance.random() * 0.01)
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
        _worker(port, is_first=False).wait()
        counted = server.counted
    seconds = time.perf_counter() - began
    issue.refresh_from_db()
    print(
        f"{count} readers, killed after {moments} mails: {len(counted)} got it, {sum(counted.values())} mails in all, "
        f"at most {max(counted.values())} each; rows {mailing.states(issue)}; issue {issue.state}; {seconds:.0f} s"
    )


def _worker(port: int, *, is_first: bool) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.newsroom.killed_sender", *([] if is_first else ["after-a-death"])]
    more = {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    return subprocess.Popen(command, env=os.environ | more, stderr=subprocess.DEVNULL)


def _rows(count: int) -> None:
    from django.utils import timezone

    from newsroom.audience import recipients

    issue = _issue("rows", count)
    began = time.perf_counter()
    made = recipients.write_down(issue, at=timezone.now())
    print(f"{made} rows in {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
