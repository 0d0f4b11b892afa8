"""The client, the same for all: plain HTTP on a kept connection, every answer checked."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Protocol

from benchmarks.engine.fixed_actions import TEXT

PATIENCE = 60.0  # seconds


class Talk(Protocol):
    """A conversation."""

    def say(self, text: str) -> bool:
        """Sends a message; tells whether the answer was the expected one."""


class Connection:
    """Posts JSON to a port of this machine.

    Args:
        port: where the program listens.
    """

    def __init__(self, port: int) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Returns the answer's content, or None where there was no good one."""
        try:
            self._http.request("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})
            response = self._http.getresponse()
            content = response.read()
            return json.loads(content) if response.status == 200 else None
        except (OSError, ValueError, http.client.HTTPException):
            self._http.close()
            return None

    def is_well(self, path: str) -> bool:
        """Tells whether a path answers with success."""
        try:
            self._http.request("GET", path)
            response = self._http.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            self._http.close()
            return False
        return response.status == 200

    def close(self) -> None:
        """Closes the connection."""
        self._http.close()


class RestTalk:
    """A conversation through Rasa's own ``rest`` channel: the answer must be the trivial actions' text."""

    def __init__(self, connection: Connection) -> None:
        """Begins a conversation."""
        self._connection = connection
        self._sender = uuid.uuid4().hex

    def say(self, text: str) -> bool:
        """Sends a message; tells whether the answer was the expected one."""
        answer = self._connection.post("/webhooks/rest/webhook", {"sender": self._sender, "message": text})
        return isinstance(answer, list) and [message.get("text") for message in answer] == [TEXT]


class ProductTalk:
    """A conversation with the product: the answer must have a text, and come through the engine."""

    def __init__(self, connection: Connection) -> None:
        """Begins a conversation."""
        self._connection = connection
        self._token: str | None = None

    def say(self, text: str) -> bool:
        """Sends a message; tells whether the answer was the expected one."""
        body = {"text": text} | ({"conversation": self._token} if self._token else {})
        answer = self._connection.post("/api/messages", body)
        if not isinstance(answer, dict):
            return False
        self._token = answer["conversation"]
        messages = answer["messages"]
        return bool(messages) and all(message["text"] and not message.get("degraded") for message in messages)


@dataclass
class Load:
    """What came of some messages: the answered ones' times in ms, the number that failed, and the seconds in all."""

    times: list[float] = field(default_factory=list)
    failures: int = 0
    seconds: float = 0.0

    def add(self, other: Load) -> None:
        """Adds what came of more messages."""
        self.times += other.times
        self.failures += other.failures
        self.seconds += other.seconds


TalkKind = Callable[[Connection], Talk]


def one_by_one(port: int, kind: TalkKind, sentences: Sequence[str], *, one_talk: bool = False) -> Load:
    """Sends messages one after another.

    Args:
        port: of the program.
        kind: makes a conversation.
        sentences: the messages.
        one_talk: whether all belong to one conversation; otherwise each begins a new one.
    """
    load = Load()
    with closing(Connection(port)) as connection:
        talk = kind(connection)
        began = time.perf_counter()
        for sentence in sentences:
            if not one_talk:
                talk = kind(connection)
            sent = time.perf_counter()
            if talk.say(sentence):
                load.times.append((time.perf_counter() - sent) * 1000)
            else:
                load.failures += 1
        load.seconds = time.perf_counter() - began
    return load


def at_once(port: int, kind: TalkKind, sentences: Sequence[str], clients: int) -> Load:
    """Sends messages from several clients at once, each message a new conversation."""
    began = time.perf_counter()
    load = Load()
    with ThreadPoolExecutor(clients) as pool:
        for part in pool.map(lambda n: one_by_one(port, kind, sentences[n::clients]), range(clients)):
            load.add(part)
    load.seconds = time.perf_counter() - began
    return load
