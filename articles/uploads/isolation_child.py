"""The other end of `articles.uploads.isolation`: limit this process, run one function, write its answer, end.

Imported by the child only, and before its limits are set, so it imports as little as it can.
"""

import marshal
import os
import signal
import sys

# What no decoder needs. Not a wall against machine code, but no library can fetch, fork or execute by
# mistake.
FORBIDDEN = frozenset(
    (
        "socket.connect",
        "socket.bind",
        "socket.getaddrinfo",
        "socket.sendto",
        "socket.sendmsg",
        "subprocess.Popen",
        "os.system",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "ctypes.dlopen",
    )
)


def main(seconds: str, megabytes: str, answer_megabytes: str) -> None:
    _limit(float(seconds), int(megabytes) << 20, int(answer_megabytes) << 20)
    if hasattr(signal, "setitimer"):  # should our parent be gone, nobody else would end us
        signal.setitimer(signal.ITIMER_REAL, float(seconds) + 2)
    sys.setrecursionlimit(3000)
    question = sys.stdin.buffer.read()
    module, name, args = marshal.loads(question)  # noqa: S302 - written by our parent
    del question
    try:
        function = getattr(__import__(module, fromlist=[name]), name)
        sys.addaudithook(_forbid)
        blobs: list[bytes] = []
        frame = {"value": _plain(function(*args), blobs)}
    except BaseException as error:
        blobs = []
        frame = _failure(error)
    import json

    frame["blobs"] = [len(blob) for blob in blobs]
    out = sys.stdout.buffer
    out.write(json.dumps(frame).encode() + b"\n")
    for blob in blobs:
        out.write(blob)
    out.flush()
    os._exit(0)  # nothing is left to tidy, and freeing every object one by one takes time


def _failure(error: BaseException) -> dict[str, object]:
    from articles.uploads.refusals import Refused

    if isinstance(error, Refused):
        return {"refused": error.code, "facts": error.facts}
    return {"error": f"{type(error).__name__}: {error}"[:500]}


def _limit(seconds: float, memory: int, answer: int) -> None:
    try:
        import resource
    except ImportError:
        return
    cpu = int(seconds * (os.cpu_count() or 1)) + 1
    for name, value in (
        ("RLIMIT_AS", memory),
        ("RLIMIT_CPU", cpu),
        ("RLIMIT_FSIZE", answer),
        ("RLIMIT_NOFILE", 64),
        ("RLIMIT_CORE", 0),
    ):
        if hasattr(resource, name):
            limit = getattr(resource, name)
            hard = resource.getrlimit(limit)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            # Some systems refuse a limit they list (macOS: the address space); the wall clock then remains.
            try:
                resource.setrlimit(limit, (value, value))
            except (ValueError, OSError):
                continue


def _forbid(event: str, args: tuple[object, ...]) -> None:
    if event in FORBIDDEN:
        raise PermissionError(f"{event} is not allowed here")


def _plain(value: object, blobs: list[bytes]) -> object:
    if isinstance(value, bytes | bytearray | memoryview):
        blobs.append(bytes(value))
        return {"$blob": len(blobs) - 1}
    if isinstance(value, list | tuple):
        return [_plain(item, blobs) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item, blobs) for key, item in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{type(value).__name__} cannot be sent back")
