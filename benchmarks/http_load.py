"""Requests over loopback, as many as a server takes: with `wrk` where it is installed, else from processes of ours,
which take more of the machine from the server they measure."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path

HOST = "127.0.0.1"
CONNECTIONS = 16
ROOT = Path(__file__).resolve().parent.parent
# wrk runs this; each of its threads begins at a place of its own, so that no body is sent twice in a run.
SCRIPT = """
local bodies, thread_count, n = {}, 0, 0
for line in io.lines("%(bodies)s") do bodies[#bodies + 1] = line end
local headers = {["Content-Type"] = "text/plain", ["User-Agent"] = "%(agent)s"}
function setup(thread) thread:set("first", thread_count); thread_count = thread_count + 1 end
function init(args) n = first * math.floor(#bodies / %(threads)d) end
function request() n = n + 1; return wrk.format("POST", nil, headers, bodies[(n - 1) %% #bodies + 1]) end
function done(summary, latency, requests)
  local wrong = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write
  io.write(string.format('{"done": %%d, "micros": %%d, "wrong": %%d}', summary.requests, summary.duration, wrong))
end
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind((HOST, 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def server(application: str, *, workers: int = 1, threads: int = 4, **environment: str) -> Iterator[int]:
    """Granian as `manage.py serve` starts it; its port."""
    port = free_port()
    process = start(application, port, workers=workers, threads=threads, **environment)
    try:
        wait_for(port)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def start(application: str, port: int, *, workers: int = 1, threads: int = 4, **environment: str) -> subprocess.Popen:
    """In a process group of its own, whose number is its pid."""
    code = (
        "from granian import Granian; from granian.constants import Interfaces; "
        f"Granian({application!r}, address={HOST!r}, port={port}, interface=Interfaces.WSGI, workers={workers}, "
        f"blocking_threads={threads}, websockets=False, log_level='error').serve()"
    )
    ours = {"SITE_URL": f"http://{HOST}:{port}", "ALLOWED_HOSTS": HOST, "WATCH_EVERY": "0"}
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | ours | environment, start_new_session=True
    )


def wait_for(port: int, *, seconds: float = 60) -> None:
    """Until something answers there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://{HOST}:{port}/livez", timeout=2):
            return
        time.sleep(0.1)
    raise TimeoutError(f"Nothing answers on port {port}.")


def post(port: int, path: str, bodies: Sequence[str], *, agent: str, seconds: int = 3) -> float:
    """POST them round and round; how many a second were answered well. Raises RuntimeError when any was not."""
    run = _wrk if shutil.which("wrk") else _processes
    done, took, wrong = run(port, path, bodies, agent, seconds)
    if wrong:
        raise RuntimeError(f"{wrong} of {done} requests to {path} were not answered well.")
    return done / took


def _wrk(port: int, path: str, bodies: Sequence[str], agent: str, seconds: int) -> tuple[int, float, int]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "bodies").write_text("\n".join(bodies) + "\n")
        script = SCRIPT % {"bodies": f"{folder}/bodies", "agent": agent, "threads": 2}
        Path(folder, "post.lua").write_text(script)
        command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", f"{folder}/post.lua"]
        said = subprocess.run(
            [*command, f"http://{HOST}:{port}{path}"], capture_output=True, text=True, check=True, timeout=seconds + 60
        ).stdout
    found = json.loads(said[said.rindex("{") :])
    return found["done"], found["micros"] / 1e6, found["wrong"]


def _processes(port: int, path: str, bodies: Sequence[str], agent: str, seconds: int) -> tuple[int, float, int]:
    count = 4
    size = len(bodies) // count or 1
    parts = [(port, path, bodies[n * size : (n + 1) * size] or bodies, agent, seconds) for n in range(count)]
    with get_context("fork").Pool(count) as pool:
        found = pool.starmap(_send, parts)
    return sum(done for done, _wrong in found), seconds, sum(wrong for _done, wrong in found)


def _send(port: int, path: str, bodies: Sequence[str], agent: str, seconds: int) -> tuple[int, int]:
    """Over kept connections, one request at a time on each."""
    end, done, wrong = time.monotonic() + seconds, 0, 0
    with Connection(port) as connection:
        while time.monotonic() < end:
            status = connection.post(path, bodies[done % len(bodies)].encode(), agent=agent)
            done += 1
            wrong += status >= 300
    return done, wrong


class Connection:
    """One that is kept open. Raises OSError when the server is gone."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = socket.create_connection((HOST, port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answers = self.socket.makefile("rb")

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *error: object) -> None:
        self.answers.close()
        self.socket.close()

    def post(self, path: str, body: bytes, *, agent: str) -> int:
        """The status of the answer, once all of it is here."""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nUser-Agent: {agent}\r\n"
            f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.socket.sendall(head.encode() + body)
        line = self.answers.readline()
        if not line:
            raise ConnectionResetError("The server closed the connection.")
        length = 0
        while (header := self.answers.readline()) not in (b"\r\n", b""):
            name, _colon, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if length and len(self.answers.read(length)) < length:
            raise ConnectionResetError("The server closed the connection.")
        return int(line.split()[1])
