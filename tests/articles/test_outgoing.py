"""Requests to addresses that people typed in."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from articles import outgoing


@pytest.fixture
def server():
    class Other(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.append((self.path, body))
            if self.path == "/elsewhere":
                self.send_response(302)
                self.send_header("Location", "/secret")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            answer = b"x" * (3 * outgoing.LONGEST_ANSWER) if self.path == "/long" else b"thanks"
            self.send_response(503 if self.path == "/broken" else 200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            for byte in answer if self.path == "/slow" else [answer]:
                self.wfile.write(bytes([byte]) if isinstance(byte, int) else byte)
                time.sleep(0.3 if self.path == "/slow" else 0)

        def log_message(self, *words):
            pass

    seen: list[tuple[str, bytes]] = []
    here = ThreadingHTTPServer(("127.0.0.1", 0), Other)
    here.seen = seen
    threading.Thread(target=here.serve_forever, daemon=True).start()
    yield here
    here.shutdown()
    here.server_close()


def at(server, path="/", host="127.0.0.1"):
    return f"http://{host}:{server.server_port}{path}"


@pytest.fixture
def _allowed(settings):
    settings.ALLOW_PRIVATE_ADDRESSES = True


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "0x7f.1", "127.1"],  # noqa: S104
)
def test_loopback_is_not_called_however_it_is_written(server, host):
    with pytest.raises(outgoing.Refused):
        outgoing.send("POST", at(server, host=host), content=b"hello")
    assert server.seen == []


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://172.16.0.9/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://100.64.0.1/",
        "http://[64:ff9b::7f00:1]/",
        "http://224.0.0.1/",
    ],
)
def test_private_networks_are_not_called(url):
    with pytest.raises(outgoing.Refused, match="private network"):
        outgoing.send("GET", url)


def test_a_public_name_with_a_private_address_is_not_called(server, monkeypatch):
    real = socket.getaddrinfo

    def rebound(host, *rest, **more):
        return real("127.0.0.1" if host == "hooks.example" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    with pytest.raises(outgoing.Refused):
        outgoing.send("POST", at(server, host="hooks.example"))
    assert server.seen == []


def test_the_address_that_was_judged_is_the_one_that_is_called(server, monkeypatch):
    """The second answer of a name that changes meanwhile is never asked for."""
    real, asked = socket.getaddrinfo, []

    def changing(host, *rest, **more):
        if host != "hooks.example":
            return real(host, *rest, **more)
        asked.append(host)
        return real("192.0.2.1" if len(asked) > 1 else "127.0.0.1", *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    with pytest.raises(outgoing.Refused):
        outgoing.send("POST", at(server, host="hooks.example"))
    assert asked == ["hooks.example"]


@pytest.mark.parametrize(
    "url",
    ["", "ftp://news.example/", "file:///etc/passwd", "https://", "http://[::", "http://a:99999/", "javascript:1",
     "https://me:secret@news.example/"],
)  # fmt: skip
def test_what_is_no_address_is_refused_in_words(url):
    with pytest.raises(outgoing.Refused) as refused:
        outgoing.send("GET", url)
    assert str(refused.value).endswith(".")


@pytest.mark.usefixtures("_allowed")
def test_an_answer_comes_back_whatever_its_status_and_redirects_are_not_followed(server):
    assert outgoing.send("POST", at(server, "/a"), content=b"hello").body == "thanks"
    broken = outgoing.send("POST", at(server, "/broken"))
    assert (broken.status, broken.is_good, broken.is_passing) == (503, False, True)
    assert outgoing.send("POST", at(server, "/elsewhere")).status == 302
    assert [path for path, _body in server.seen] == ["/a", "/broken", "/elsewhere"]


@pytest.mark.usefixtures("_allowed")
def test_long_and_slow_answers_are_cut_off(server, monkeypatch):
    assert len(outgoing.send("POST", at(server, "/long")).body) == outgoing.LONGEST_ANSWER
    monkeypatch.setattr(outgoing, "WHOLE", 0.5)
    with pytest.raises(outgoing.NotSent, match="in time"):
        outgoing.send("POST", at(server, "/slow"))


@pytest.mark.usefixtures("_allowed")
def test_nobody_there_is_a_passing_trouble():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(outgoing.NotSent) as trouble:
        outgoing.send("POST", f"http://127.0.0.1:{port}/")
    assert trouble.value.is_passing


@pytest.mark.usefixtures("_allowed")
@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\n"])
def test_a_head_that_drips_holds_nobody(monkeypatch, capfd, begin):
    """Each byte comes long before the time between two is over, and the head has no end. The library would log the
    address, in which tokens of channels stand."""
    monkeypatch.setattr(outgoing, "WHOLE", 0.5)
    over = threading.Event()

    def drip(listening: socket.socket) -> None:
        talk, _whence = listening.accept()
        with talk, contextlib.suppress(OSError):
            talk.sendall(begin)
            while not over.wait(0.1):
                talk.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=drip, args=[listening], daemon=True).start()
        began = time.monotonic()
        threading.Timer(5, over.set).start()
        with pytest.raises(outgoing.NotSent, match="in time") as trouble:
            outgoing.send("GET", f"http://127.0.0.1:{listening.getsockname()[1]}/bot-SECRET/")
        assert time.monotonic() - began < 3
        assert trouble.value.may_have_arrived
        over.set()
    assert not logging.getLogger("urllib3.connectionpool").isEnabledFor(logging.WARNING)
    assert "SECRET" not in "".join(capfd.readouterr())
