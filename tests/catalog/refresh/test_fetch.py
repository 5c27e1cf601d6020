"""A price file that cannot be had is one error with a way out, within a bounded time; all servers are local."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from llmselect.catalog.refresh import fetch
from llmselect.catalog.refresh.fetch import read, shown, without_secrets
from llmselect.errors import Exit, LlmselectError

Serve = Callable[[Callable[[socket.socket], None]], str]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "SILENCE_S", 0.3)
    monkeypatch.setattr(fetch, "DEADLINE_S", 1.0)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server whose behaviour after the request is given; returns its address."""
    servers: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(behave: Callable[[socket.socket], None]) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def run() -> None:
            try:
                connection, _ = server.accept()
                with closing(connection):
                    connection.settimeout(5)
                    connection.recv(65536)
                    behave(connection)
            except OSError:
                pass

        threads.append(threading.Thread(target=run, daemon=True))
        threads[-1].start()
        return f"http://127.0.0.1:{server.getsockname()[1]}/prices.json"

    yield start
    for server in servers:
        server.close()
    for thread in threads:
        thread.join(6)


def _fails(place: str, code: str = "unreachable") -> str:
    start = time.monotonic()
    with pytest.raises(LlmselectError) as caught:
        read(place)
    assert time.monotonic() - start < 5
    assert (caught.value.code, caught.value.exit) == (code, Exit.MISSING)
    return caught.value.message


def _sends(*parts: bytes, pause: float = 0.0) -> Callable[[socket.socket], None]:
    def behave(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)

    return behave


def test_a_whole_answer_is_read(serve: Serve) -> None:
    assert read(serve(_sends(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"{}"))) == b"{}"
    assert read(serve(_sends(b"HTTP/1.0 200 OK\r\n\r\n{}"))) == b"{}"
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
    assert read(serve(_sends(chunked))) == b"{}"


def test_a_closed_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert "refused" in _fails(f"http://127.0.0.1:{port}/x")


def test_a_server_that_hangs(serve: Serve) -> None:
    assert "sent nothing for 0.3 s" in _fails(serve(lambda connection: time.sleep(1)))
    _fails(serve(_sends(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{", pause=1)))


def test_a_server_that_drips(serve: Serve) -> None:
    drops = [b"x"] * 40
    message = _fails(serve(_sends(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *drops, pause=0.1)))
    assert "longer than 1 s" in message


def test_a_server_whose_headers_drip(serve: Serve) -> None:
    headers = [b"HTTP/1.1 200 OK\r\n", *[b"X-More: 1\r\n"] * 40]
    assert "longer than 1 s" in _fails(serve(_sends(*headers, pause=0.1)))


def test_a_server_that_sends_half(serve: Serve) -> None:
    message = _fails(serve(_sends(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"{" * 500)))
    assert "received 500 bytes, expected 1000" in message
    _fails(serve(_sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{")))


def test_a_server_that_sends_too_much(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_BYTES", 1000)
    assert "more than 1,000 bytes" in _fails(serve(_sends(b"HTTP/1.0 200 OK\r\n\r\n" + b" " * 10**6)), "too-large")


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"nonsense\r\n\r\n", b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 500 No\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" * 2000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 200 " + b"x" * 100_000,
    ],
)  # fmt: skip
def test_a_server_that_talks_nonsense(serve: Serve, answer: bytes) -> None:
    _fails(serve(_sends(answer)))


@pytest.mark.parametrize(
    "place", ["http://", "https://[", "http://127.0.0.1:99999/", "http://127.0.0.1:1/\x00", "https:///x y"]
)
def test_what_is_no_address(place: str) -> None:
    _fails(place)


def test_a_small_answer_that_unpacks_to_a_large_one(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_BYTES", 10_000)
    body = gzip.compress(b" " * 10**6)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert "more than 10,000 bytes" in _fails(serve(_sends(head, body)), "too-large")


def test_secrets_are_not_shown(serve: Serve) -> None:
    url = serve(_sends(b"")).replace("127.0.0.1", "me:secret@127.0.0.1") + "?token=secret#secret"
    assert "secret" not in _fails(url)
    assert without_secrets("https://u:p@a.test/b/c?d#e") == "https://a.test/b/c" == shown("https://a.test/b/c?d")
    assert shown("prices.json") == "prices.json"


def test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "prices.json"
    assert "no such file" in _fails(str(path), "bad-file")
    assert "it is a folder" in _fails(str(tmp_path), "bad-file")
    _fails("bad\x00name", "bad-file")
    path.write_bytes(b"{}")
    assert read(str(path)) == b"{}"
    monkeypatch.setattr(fetch, "MAX_BYTES", 1)
    _fails(str(path), "bad-file")
    if Path("/dev/zero").exists():
        assert "it is a device" in _fails("/dev/zero", "bad-file")
