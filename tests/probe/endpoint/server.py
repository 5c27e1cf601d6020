"""A server that speaks OpenAI's chat completions as badly as a test asks for."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Handler", dict[str, Any]], None]


class Handler(BaseHTTPRequestHandler):
    """Answers with what the server's list of replies says, the last one for ever."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or small chunks arrive together
    server: "Server"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.asked.append((self.path, dict(self.headers), body))
            self.server.ports.append(self.client_address[1])
            reply = self.server.replies.pop(0) if len(self.server.replies) > 1 else self.server.replies[0]
        reply(self, body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""

    def start_stream(self, kind: str = "text/event-stream") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def send(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def event(self, data: Any) -> None:
        self.send(f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n")

    def piece(self, text: str, field: str = "content", **more: Any) -> None:
        self.event({"choices": [{"delta": {field: text}, "finish_reason": None}], **more})

    def end(self) -> None:
        self.wfile.write(b"0\r\n\r\n")


class Server(ThreadingHTTPServer):
    """`asked` holds path, headers and body of each request, `ports` the client's port of each."""

    daemon_threads = True

    def __init__(self, replies: tuple[Reply, ...]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies = list(replies)
        self.asked: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.ports: list[int] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextmanager
def serving(*replies: Reply) -> Iterator[Server]:
    """A server while the block runs."""
    server = Server(replies)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def streams(
    *,
    closes: bool = False,
    first_s: float = 0.0,
    gap_s: float = 0.0,
    tokens: int = 10,
    usage: bool = True,
    timings: dict[str, float] | None = None,
    after_end_s: float = 0.0,
) -> Reply:
    """A good answer: the first token after `first_s`, others `gap_s` apart."""

    def reply(handler: Handler, body: dict[str, Any]) -> None:
        handler.start_stream()
        handler.event({"choices": [{"delta": {"role": "assistant", "content": ""}}]})
        time.sleep(first_s)
        for number in range(tokens):
            if number:
                time.sleep(gap_s)
            handler.piece(f"{number} ")
        handler.event({"choices": [{"delta": {}, "finish_reason": "length"}], "timings": timings or {}})
        if usage:
            words = len(body["messages"][0]["content"].split())
            handler.event({"choices": [], "usage": {"prompt_tokens": words + 10, "completion_tokens": tokens}})
        handler.event("[DONE]")
        time.sleep(after_end_s)
        handler.end()
        handler.close_connection = closes  # without a word

    return reply


def fails(status: int, message: str = "", **headers: str) -> Reply:
    """An answer that is an error, with OpenAI's object."""

    def reply(handler: Handler, _: dict[str, Any]) -> None:
        text = json.dumps({"error": {"message": message, "type": "x"}}).encode()
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(text)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(text)

    return reply


def says(*data: Any, kind: str = "text/event-stream", ended: bool = True) -> Reply:
    """A stream of these events, or one that breaks off behind them."""

    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.start_stream(kind)
        for one in data:
            handler.event(one)
        if ended:
            handler.end()
        else:
            handler.close_connection = True
            handler.connection.close()

    return reply


def hangs(seconds: float) -> Reply:
    """A stream that starts and then says nothing."""

    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.start_stream()
        handler.wfile.flush()
        time.sleep(seconds)

    return reply


def drips(gap_s: float, size: int = 1) -> Reply:
    """An answer without end, a comment of `size` bytes every `gap_s` seconds."""

    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.start_stream()
        handler.close_connection = True
        with suppress(OSError):
            while True:
                handler.send(f": {'x' * size}\n")
                time.sleep(gap_s)

    return reply


PIECE = {"choices": [{"delta": {"content": "x"}}]}
END = {"choices": [{"delta": {}, "finish_reason": "stop"}]}
