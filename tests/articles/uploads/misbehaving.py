"""Functions that a child process runs for the tests of `articles.uploads.isolation`."""

import os
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from articles.uploads.refusals import Refused


def echo(*values: Any) -> Any:
    return list(values)


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def spin() -> None:
    while True:
        pass


def eat(megabytes: int) -> int:
    return len(b"x" * (megabytes << 20))


def fail() -> None:
    raise ValueError("no good")


def refuse() -> None:
    raise Refused("too-odd", size=3, name="x.gif")


def die() -> None:
    signal.raise_signal(signal.SIGSEGV)


def leave() -> None:
    os._exit(3)


def environment() -> dict[str, str]:
    return dict(os.environ)


def modules() -> list[str]:
    return sorted(sys.modules)


def connect() -> None:
    socket.create_connection(("127.0.0.1", 9), timeout=1)


def start_another() -> None:
    subprocess.run([sys.executable, "-c", "pass"], check=True)


def answer_too_much() -> bytes:
    return b"x" * (3 << 20)


def lie(text: str) -> None:
    os.write(1, text.encode())
    os._exit(0)


def open_pillow() -> str:
    import PIL.Image

    return PIL.Image.__name__


def registered_after(data: bytes) -> list[str]:
    """The decoders that are registered after a refused and a good picture."""
    import contextlib

    from PIL import Image

    from articles.uploads.decoding import inspect
    from articles.uploads.picture_facts import PictureRefused

    for formats in (("JPEG", "GIF"), ("JPEG", "GIF", "PNG", "WEBP")):
        for picture in (data, b"\xff\xd8\xff" + data, b"GIF89a" + data):
            with contextlib.suppress(PictureRefused):
                inspect(picture, formats=formats, max_bytes=1 << 20)
    return list(Image.OPEN)
