"""The engine's own channel: one request in, whole messages out.

Through Rasa's stock ``rest`` channel one utterance arrives as several items, text with a blank line is split, ``custom``
is separated from its text, and a failure is an empty list with status 200. Here each message stays whole (``text``,
``buttons``, ``custom``) and no reply at all is an error.
"""

from __future__ import annotations

import hmac
import logging
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

logger = logging.getLogger(__name__)

INNER_HEADER = "X-Xiadu-Token"


class WholeMessages(CollectingOutputChannel):
    """Collects each utterance as one message."""

    @classmethod
    def name(cls) -> Text:
        """Returns the channel's name, as the tracker shows it."""
        return "xiadu"

    async def send_response(self, recipient_id: Text, message: Dict[Text, Any]) -> None:
        """Keeps the parts of one utterance together."""
        kept = {part: message[part] for part in ("text", "buttons", "custom") if message.get(part)}
        if kept:
            self.messages.append(kept)


class XiaduChannel(InputChannel):
    """``POST /webhooks/xiadu/`` with ``{"sender", "text", "metadata"}`` answers ``{"messages": [...]}``."""

    def __init__(self, token: Text) -> None:
        """Keeps the token that callers must show."""
        self._token = token.encode()

    @classmethod
    def name(cls) -> Text:
        """Returns the part of the address that stands for this channel."""
        return "xiadu"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> InputChannel:
        """Reads the token from ``credentials.yml``; without one the engine doesn't start."""
        token = (credentials or {}).get("token")
        if not isinstance(token, str) or len(token) < 16:
            raise RasaException("credentials.yml: the xiadu channel needs a token of at least 16 characters.")
        return cls(token)

    def _is_known(self, request: Request) -> bool:
        return hmac.compare_digest(
            request.headers.get(INNER_HEADER, "").encode("utf-8", "surrogateescape"), self._token
        )

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Defines the channel's routes."""
        routes = Blueprint("xiadu_channel")

        @routes.get("/")
        async def alive(_: Request) -> HTTPResponse:
            return json({"status": "ok"})

        @routes.post("/")
        async def receive(request: Request) -> HTTPResponse:
            if not self._is_known(request):
                return json({"error": "wrong token"}, status=401)
            body = request.json if isinstance(request.json, dict) else {}
            sender, text, metadata = body.get("sender"), body.get("text"), body.get("metadata")
            if not isinstance(sender, str) or not isinstance(text, str) or not text.strip():
                return json({"error": "sender and text are needed"}, status=422)
            collected = WholeMessages()
            try:
                await on_new_message(UserMessage(text, collected, sender, input_channel=self.name(), metadata=metadata))
            except Exception:  # the caller answers without us, and is told that it must
                logger.exception("A message could not be handled.")
                return json({"error": "the message could not be handled"}, status=502)
            return _reply(collected.messages)

        return routes


def _reply(messages: List[Dict[Text, Any]]) -> HTTPResponse:
    if not messages:
        return json({"error": "no reply: an action failed, see the engine's log"}, status=502)
    return json({"messages": messages})
