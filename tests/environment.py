"""Loaded by pytest before the settings: the environment in which the suite runs. What is set already stays."""

import atexit
import os
import shutil
import tempfile

# In memory, where Linux has room for it there: the data is thrown away, and no test waits for a disk.
MEMORY, ROOM = "/dev/shm", 1 << 30  # noqa: S108
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ["TMPDIR"] = tempfile.tempdir = MEMORY
os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off")  # the same for PostgreSQL
os.environ.setdefault("SECRET_KEY", "only-for-tests-0123456789-0123456789-0123456789-abcdef")
os.environ.setdefault("SITE_URL", "http://testserver")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("CHROMIUM", "")  # what needs a browser names it
os.environ.setdefault("WATCH_EVERY", "0")  # no thread that outlives a test
if "DATA_DIR" not in os.environ:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="newsroom-tests-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
if worker := os.environ.get("PYTEST_XDIST_WORKER", ""):
    os.environ["DATA_DIR"] = os.path.join(os.environ["DATA_DIR"], worker)
os.makedirs(os.path.join(os.environ["DATA_DIR"], "static"), exist_ok=True)
os.environ.setdefault("REDIS_TIMEOUT", "3")  # a busy machine is no Redis that hangs
os.environ.setdefault("STATIC_HASHED", "false")  # no collectstatic before a test; tests/browser has one that does
# Each process of a parallel run has its own Redis database, as it has its own SQL one: tests empty theirs.
if worker and (redis := os.environ.get("REDIS_URL")):
    base, _, number = redis.rpartition("/")
    os.environ["REDIS_URL"] = f"{base}/{int(number) + int(worker.removeprefix('gw')) + 1}"
# Playwright keeps an event loop in the thread of the browser tests; Django would take it for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
