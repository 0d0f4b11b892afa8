"""How often a conversation and an address may speak."""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter


class Limits:
    """Counts messages in moving windows.

    Args:
        conversation: what one conversation may send, e.g. ``30 per 30 second``.
        address: what one network address may send.
    """

    def __init__(self, conversation: str, address: str) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._conversation = parse(conversation)
        self._address = parse(address)

    async def wait(self, address: str | None, conversation: str | None) -> int | None:
        """Counts a message.

        Args:
            address: that it came from; None where it stands for many people.
            conversation: that it belongs to; None where it begins one.

        Returns:
            None where it may pass, else the seconds after which the next may.
        """
        checks: list[tuple[RateLimitItem, str]] = []
        if address is not None:
            checks.append((self._address, "address " + address))
        if conversation is not None:
            checks.append((self._conversation, "conversation " + conversation))
        for item, name in checks:
            if not await self._limiter.hit(item, name):
                stats = await self._limiter.get_window_stats(item, name)
                return max(1, math.ceil(stats.reset_time - time.time()))
        return None
