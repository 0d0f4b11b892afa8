"""Who answers: the conversations of this process, or a service elsewhere."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from conversations.talk import Conversations, Incoming, Outgoing

PATIENCE = 60.0
"""Seconds that a question waits for an engine that is starting; then it is answered without it."""
AT_ONCE = 4
"""Questions under way at a time: nobody in a messenger counts milliseconds, and a crowd there must not slow down the web."""


class CannotAnswer(Exception):
    """The assistant can't be reached, and more patience is of no use."""


class Assistant(Protocol):
    """Answers, wherever it is. What it raises beside :class:`CannotAnswer` are the refusals of :mod:`conversations.talk`."""

    async def ask(self, question: Incoming) -> Outgoing:
        """Answers a question, once the engine is up."""

    async def history(self, conversation: str) -> list[dict[str, Any]]:
        """Gives the whole talk."""

    async def rate(self, conversation: str, message: str, rating: str, comment: str | None = None) -> bool:
        """Keeps an opinion of a message; False where the conversation has no such message."""

    async def forget(self, conversation: str) -> None:
        """Deletes a conversation everywhere."""

    async def close(self) -> None:
        """Closes what is open."""


class Here:
    """The conversations of this process.

    Args:
        conversations: handles messages.
        engine_is_up: set once the engine answers for the first time.
    """

    def __init__(self, conversations: Conversations, engine_is_up: asyncio.Event) -> None:
        self._conversations = conversations
        self._engine_is_up = engine_is_up
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._patient = True

    async def ask(self, question: Incoming) -> Outgoing:
        """Answers a question."""
        if self._patient:
            try:
                await asyncio.wait_for(self._engine_is_up.wait(), PATIENCE)
            except TimeoutError:
                self._patient = False  # something is amiss with it: nobody else waits for nothing
        async with self._at_once:
            return await self._conversations.receive(question)

    async def history(self, conversation: str) -> list[dict[str, Any]]:
        """Gives the whole talk."""
        return await self._conversations.history(conversation)

    async def rate(self, conversation: str, message: str, rating: str, comment: str | None = None) -> bool:
        """Keeps an opinion."""
        return await self._conversations.rate(conversation, message, rating, comment)

    async def forget(self, conversation: str) -> None:
        """Deletes a conversation everywhere."""
        await self._conversations.forget(conversation)

    async def close(self) -> None:
        """Nothing is open."""
