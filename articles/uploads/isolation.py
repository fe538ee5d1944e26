"""Run one function where its failure, its appetite and its bugs stay contained: a fresh, limited child
process.

Decoders of pictures and Word files are the code most likely to be broken by what a stranger sends. The child
gets plain values in, gives plain values back, and is believed in nothing else: its answer is JSON with byte
strings behind it, checked for size, never a pickle or a marshal that could run something here.

The child loads neither Django nor `site`. An empty call costs about 26 ms on two cores, one that imports
Pillow about 35 ms (`tests/articles/test_isolation.py` prints both with `-s`).
"""

import contextlib
import json
import marshal
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from articles.uploads.refusals import Refused

HOME = Path(__file__).resolve().parents[2]

BOOT = (
    "import sys; n=int(sys.argv[1]); sys.path[:]=sys.argv[2:2+n];"
    "from articles.uploads.isolation_child import main; main(*sys.argv[2+n:])"
)

# As many children as processors: more would only make each of them slower, and take memory.
_seats = threading.BoundedSemaphore(os.cpu_count() or 2)


class TookTooLong(Exception):
    """The function did not answer within its seconds, or no child became free for it."""


class Crashed(Exception):
    """The child died, ran out of memory or processor time, raised, or answered with something unreadable."""


def run(function: Callable[..., Any], *args: Any, seconds: float, megabytes: int, answer_megabytes: int = 64) -> Any:
    """What `function(*args)` returns, computed in a child process of at most `megabytes` of address space.

    `function` is a top-level function of an importable module. Arguments and result are None, booleans,
    numbers, strings, bytes, and lists, tuples or dicts (with string keys) of them; tuples come back as lists.

    Raises `TookTooLong`, `Crashed`, or `Refused` (with the code and the facts that the function's own
    `Refused` had). Limits other than the wall clock need the `resource` module, which Windows lacks.
    """
    started = time.monotonic()
    if not _seats.acquire(timeout=seconds):
        raise TookTooLong(f"no child process became free within {seconds} s")
    try:
        with _memory_file() as question, _memory_file() as answer:
            question.write(marshal.dumps((function.__module__, function.__qualname__, args)))
            question.seek(0)
            limits = (seconds, megabytes, answer_megabytes)
            code = _wait(_start(question, answer, limits), started + seconds)
            answer.seek(0)
            return _read(answer, code, answer_megabytes << 20)
    except OSError as error:
        raise Crashed(f"no child process could be started: {error}") from error
    finally:
        _seats.release()


def _start(question: IO[bytes], answer: IO[bytes], limits: tuple[float, int, int]) -> subprocess.Popen[bytes]:
    paths = [str(HOME), *(os.path.abspath(path) for path in sys.path)]
    # Nothing of our environment: it holds the database's password and the secret key.
    environment = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
    if "SYSTEMROOT" in os.environ:
        environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
    # -I: no PYTHON* variables, no current directory; -S: no site, so no .pth files run. The paths are ours.
    command = [sys.executable, "-I", "-S", "-c", BOOT, str(len(paths)), *paths, *map(str, limits)]
    return subprocess.Popen(  # noqa: S603 - our own interpreter, our own arguments
        command,
        stdin=question,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=tempfile.gettempdir(),
        start_new_session=True,
    )


def _wait(child: subprocess.Popen[bytes], deadline: float) -> int:
    """The exit code; the child and whatever it started are gone afterwards."""
    try:
        left = max(0.0, deadline - time.monotonic())
        handle = _handle(child)
        if handle is not None:
            try:
                ended = select.poll()
                ended.register(handle, select.POLLIN)
                if not ended.poll(left * 1000):
                    raise TookTooLong
            finally:
                os.close(handle)
            _end(child)
            return child.wait()
        try:
            return child.wait(left)
        except subprocess.TimeoutExpired:
            raise TookTooLong from None
    finally:
        _end(child)
        child.wait()


def _handle(child: subprocess.Popen[bytes]) -> int | None:
    """A descriptor to poll for the child's end, if the system has such: Popen.wait() wakes 50 ms late."""
    try:
        return os.pidfd_open(child.pid)
    except (AttributeError, OSError):
        return None


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()


def _memory_file() -> IO[bytes]:
    """An unnamed file, in memory where the system has such a thing: a full disk then refuses nothing."""
    try:
        return os.fdopen(os.memfd_create("newsroom"), "w+b")
    except (AttributeError, OSError):
        return tempfile.TemporaryFile()


def _read(answer: IO[bytes], code: int, limit: int) -> Any:
    data = answer.read(limit + 1)
    try:
        head, _, body = data.partition(b"\n")
        frame = json.loads(head) if len(data) <= limit else {}
        blobs = _blobs(frame["blobs"], body)
        if "refused" in frame:
            facts = {
                str(key): value[:200] if isinstance(value, str) else int(value) for key, value in frame["facts"].items()
            }
            raise Refused(str(frame["refused"]), **facts)
        if "error" in frame:
            raise Crashed(str(frame["error"])[:500])
        return _filled(frame["value"], blobs)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        if hasattr(signal, "SIGXCPU") and code == -signal.SIGXCPU:
            raise TookTooLong("the child used up its processor time") from None
        raise Crashed(f"the child ended with code {code} and no readable answer") from error


def _blobs(sizes: list[int], body: bytes) -> list[bytes]:
    blobs, start = [], 0
    for size in sizes:
        if size < 0:
            raise ValueError("a blob of negative size")
        blobs.append(body[start : start + size])
        start += size
    if start != len(body):
        raise ValueError("the answer is not as long as it says")
    return blobs


def _filled(value: Any, blobs: list[bytes]) -> Any:
    if isinstance(value, list):
        return [_filled(item, blobs) for item in value]
    if isinstance(value, dict):
        if value.keys() == {"$blob"}:
            return blobs[value["$blob"]]
        return {key: _filled(item, blobs) for key, item in value.items()}
    return value
