"""HTTP/1.1 on this machine, with what frameworks don't give: an end without an answer, and notice of a client that went."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.helpers.bot_api.limits import Refused

INTEGERS = frozenset(
    [
        "chat_id",
        "message_id",
        "offset",
        "limit",
        "timeout",
        "max_connections",
        "message_thread_id",
        "user_id",
        "reply_to_message_id",
        "cache_time",
    ]
)
NESTED = frozenset(
    [
        "entities",
        "caption_entities",
        "reply_markup",
        "reply_parameters",
        "link_preview_options",
        "allowed_updates",
        "commands",
        "scope",
        "suggested_post_parameters",
    ]
)


@dataclass(frozen=True)
class Request:
    """What came."""

    path: str
    query: str
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What is answered."""

    status: int
    body: bytes


Handle = Callable[[Request], Awaitable[Answer | None]]


class Connection(asyncio.Protocol):
    """One connection; requests are answered one after another.

    Args:
        handle: answers a request, or gives None to close without an answer; it is cancelled when the client goes.
        all_open: where this one is noted for as long as it is open.
    """

    def __init__(self, handle: Handle, all_open: set[Connection]) -> None:
        self._handle = handle
        self._all_open = all_open
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self._answering: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._all_open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._all_open.discard(self)
        if self._answering is not None:
            self._answering.cancel()

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._next()

    def close(self) -> None:
        """Ends the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def _next(self) -> None:
        if self._answering is not None or (end := self._received.find(b"\r\n\r\n")) < 0:
            return
        first, *lines = bytes(self._received[:end]).decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        whole = end + 4 + int(headers.get("content-length") or 0)
        if len(self._received) < whole:
            return
        body = bytes(self._received[end + 4 : whole])
        del self._received[:whole]
        target = urlsplit(first.split(" ")[1])
        request = Request(unquote(target.path), target.query, headers.get("content-type", ""), body)
        last = headers.get("connection", "").lower() == "close"
        self._answering = asyncio.get_running_loop().create_task(self._answer(request, last))

    async def _answer(self, request: Request, last: bool) -> None:
        transport = self._transport
        assert transport is not None
        answer = await self._handle(request)
        self._answering = None
        if answer is None:
            transport.close()
            return
        try:
            phrase = HTTPStatus(answer.status).phrase
        except ValueError:
            phrase = "Unknown"
        head = (
            f"HTTP/1.1 {answer.status} {phrase}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(answer.body)}\r\nConnection: {'close' if last else 'keep-alive'}\r\n\r\n"
        )
        transport.write(head.encode() + answer.body)
        if last:
            transport.close()
        else:
            self._next()


def parameters(request: Request) -> dict[str, Any]:
    """Reads a call's parameters from wherever they stand: query, form, parts, or JSON."""
    fields: dict[str, Any] = dict(parse_qsl(request.query, keep_blank_values=True))
    kind = request.content_type.split(";")[0].strip().lower()
    if kind == "application/json" and request.body:
        try:
            given = json.loads(request.body)
        except ValueError:
            raise Refused("Bad Request: can't parse JSON request body") from None
        if not isinstance(given, dict):
            raise Refused("Bad Request: object expected as JSON request body")
        fields |= given
    elif kind == "multipart/form-data":
        fields |= _parts(request)
    elif request.body:
        fields |= parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: _value(name, value) for name, value in fields.items()}


def _parts(request: Request) -> dict[str, Any]:
    head = f"Content-Type: {request.content_type}\r\n\r\n".encode()
    parsed = BytesParser(policy=HTTP).parsebytes(head + request.body)
    fields: dict[str, Any] = {}
    for part in parsed.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        fields[str(name)] = content if part.get_filename() else content.decode("utf-8", "replace")
    return fields


def _value(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in INTEGERS:
        try:
            return int(value)
        except ValueError:
            return value
    if name in NESTED:
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise Refused(f"Bad Request: can't parse {name.replace('_', ' ')} JSON object") from None
    if value in ("true", "True", "false", "False") and name not in ("text", "description", "short_description", "name"):
        return value.lower() == "true"
    return value
