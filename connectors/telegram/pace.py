"""How fast calls go to Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from aiolimiter import AsyncLimiter
from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter

UNPACED = frozenset({"sendChatAction"})
"""Calls that are worth nothing when they come late."""
BURST = 3
"""Messages to one private chat that may follow each other at once; then one a second, as Telegram asks for."""
OVERALL = 27
"""Calls a second in all, evenly: Telegram bears 30. The library's own 30 would begin with that many at once, and 30 more."""
MARGIN = 0.1  # seconds after the time that Telegram named
MOST_CHATS = 1024  # whose pace is remembered, before those that rest are looked for


class Pace(AIORateLimiter):
    """The library's limiter (of calls in all, and 20 messages a minute in a group), with two differences.

    A private chat has a pace of its own, too. And where Telegram says "too many requests" for a chat, only that chat waits:
    the library's limiter would hold up all of them.
    """

    def __init__(self, **options: float) -> None:
        super().__init__(**{"overall_max_rate": 1, "overall_time_period": 1 / OVERALL, **options})  # type: ignore[arg-type]
        self._chats: dict[Any, AsyncLimiter] = {}
        self._resting: dict[Any, float] = {}

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Makes a call when its time has come, and again when Telegram wanted it later."""
        chat = data.get("chat_id")
        if chat is None or endpoint in UNPACED:
            return await callback(*args, **kwargs)
        while True:
            await self._rest(chat)
            async with self._limiter(chat):
                try:
                    return await super().process_request(callback, args, kwargs, endpoint, data, None)
                except RetryAfter as error:
                    self._resting[chat] = asyncio.get_running_loop().time() + seconds(error) + MARGIN

    async def _rest(self, chat: Any) -> None:
        loop = asyncio.get_running_loop()
        if (until := self._resting.get(chat, 0.0)) > loop.time():
            await asyncio.sleep(until - loop.time())
        self._resting.pop(chat, None)

    def _limiter(self, chat: Any) -> AsyncLimiter:
        if len(self._chats) > MOST_CHATS:
            self._chats = {known: held for known, held in self._chats.items() if not held.has_capacity(held.max_rate)}
        return self._chats.setdefault(chat, AsyncLimiter(BURST, BURST))


def seconds(error: RetryAfter) -> float:
    """Gives how long Telegram wants to be left alone."""
    wanted = error.retry_after
    return float(wanted if isinstance(wanted, int | float) else wanted.total_seconds())
