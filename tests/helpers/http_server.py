"""A real HTTP server on this machine that answers what a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Call:
    """A request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Answer:
    """What is answered; ``held`` ones wait until the test is over."""

    content: Any = None
    status: int = 200
    raw: bytes | None = None
    held: bool = False


@dataclass
class Answering:
    """The server: gives its answers one after another, the last one for ever.

    Attributes:
        url: its address.
        answers: what it says.
        calls: what it was asked.
    """

    url: str
    answers: list[Answer]
    calls: list[Call] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    state: Answering

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing: clients of slow answers are gone before they are written."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _answer(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        state = self.server.state
        state.calls.append(Call(self.command, self.path, dict(self.headers), json.loads(sent) if sent else None))
        answer = state.next()
        if answer.held:
            state.over.wait(10)
        body = answer.raw if answer.raw is not None else json.dumps(answer.content).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _answer  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Says nothing."""


@contextmanager
def answering(*answers: Answer) -> Iterator[Answering]:
    """Runs a server for as long as the block lasts."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.state = Answering(f"http://127.0.0.1:{server.server_address[1]}", list(answers))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.state
    finally:
        server.state.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
