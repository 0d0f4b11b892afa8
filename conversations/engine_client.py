"""Asks the engine, with a time limit."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import httpx

from settings import Secret

logger = logging.getLogger(__name__)

INNER_HEADER = "X-Xiadu-Token"
AT_ONCE = 8
"""Messages in the engine at a time. It works on all that it has in turns, so that with more each would be late."""
IN_HAND = 32
"""Messages in the engine and in the queue for it. Who comes after so many would wait in vain, and all those that waited in
vain would want the facts' own answer at the same moment: it is better given at once."""
FAILURES, REST = 3, 3.0
"""After so many failures in a row the engine is left alone for so many seconds: nobody waits for what won't come."""


class EngineUnavailable(Exception):
    """The engine gave no usable answer in time."""


class EngineClient:
    """A client of one engine.

    Args:
        token: what the engine's channel wants to see.
        timeout: seconds for one message, waiting included.
    """

    def __init__(self, token: Secret, timeout: float) -> None:
        self._address: str | None = None
        self._timeout = timeout
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._in_hand = 0
        self._failures = 0
        self._resting_until = 0.0
        self._client = httpx.AsyncClient(
            headers={INNER_HEADER: token.reveal()},
            limits=httpx.Limits(max_connections=AT_ONCE + 4, max_keepalive_connections=AT_ONCE),
            timeout=timeout,
            trust_env=False,  # the engine is on this machine: never through a proxy
        )

    def at(self, url: str) -> None:
        """Tells where the engine is, e.g. ``http://127.0.0.1:5005``; it may move when it is started again."""
        self._address = f"{url}/webhooks/xiadu/"

    async def ask(
        self, conversation: str, text: str, metadata: dict[str, Any], waited: float = 0.0
    ) -> list[dict[str, Any]]:
        """Hands over a message.

        Args:
            conversation: its id.
            text: what the visitor wrote; a leading ``/`` is a command to Rasa.
            metadata: what the actions want to know beside it.
            waited: seconds of the time limit that have passed already.

        Returns:
            The replies: ``text``, ``buttons`` (``title``, ``payload``), ``custom``; at least one.

        Raises:
            EngineUnavailable: no answer in time, an error, nothing said, or too many others ask.
        """
        if self._address is None:
            raise EngineUnavailable("not started")
        if time.monotonic() < self._resting_until:
            raise EngineUnavailable("resting after failures")
        if waited >= self._timeout:
            raise EngineUnavailable("the time was up before the engine could be asked")
        if self._in_hand >= IN_HAND:
            raise EngineUnavailable("too many others are asking")
        self._in_hand += 1
        asked = False
        try:
            async with asyncio.timeout(self._timeout - waited), self._at_once:
                asked = True
                body = {"sender": conversation, "text": text, "metadata": metadata}
                response = await self._client.post(self._address, json=body)
                response.raise_for_status()
                messages = response.json()["messages"]
                if not isinstance(messages, list) or not messages:
                    raise ValueError("the engine said nothing")
        except (httpx.HTTPError, TimeoutError, ValueError, KeyError, TypeError) as error:
            self._failures += asked  # what never left our own queue says nothing about the engine
            if self._failures >= FAILURES:
                self._resting_until = time.monotonic() + REST
            raise EngineUnavailable(f"{type(error).__name__}: {error}") from error
        finally:
            self._in_hand -= 1
        self._failures = 0
        return messages

    async def is_ready(self) -> bool:
        """Tells whether the engine answers."""
        if self._address is None:
            return False
        try:
            response = await self._client.get(self._address, timeout=min(1.0, self._timeout))
        except httpx.HTTPError:
            return False
        if response.is_success:
            self._resting_until = 0.0
        return response.is_success

    async def close(self) -> None:
        """Closes all connections."""
        await self._client.aclose()
