"""An engine that says what a test tells it to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def message(text: str = "Said by the engine.", **more: Any) -> dict[str, Any]:
    """Makes a message as the engine's channel gives it."""
    custom = {"outcome": "answer", "facts": ["forum-what"], "sources": [], "as_of": "2012", "language": "en"}
    return {"text": text, "buttons": [], "custom": custom, **more}


def button(title: str, **stands_for: str) -> dict[str, str]:
    """Makes a button as the engine's channel gives it."""
    return {"title": title, "payload": json.dumps(stands_for)}


@dataclass(frozen=True)
class Asked:
    """One question to the engine."""

    conversation: str
    text: str
    metadata: dict[str, Any]


class FakeEngine:
    """Stands for :class:`conversations.engine_client.EngineClient`.

    Args:
        says: messages, or an exception to raise, or a function of the question that gives either.
    """

    def __init__(self, says: Any = None) -> None:
        self.says = [message()] if says is None else says
        self.asked: list[Asked] = []
        self.at_once = 0
        self.most_at_once = 0
        self.during: Callable[[Asked], Any] | None = None  # awaited while it thinks

    async def ask(
        self, conversation: str, text: str, metadata: dict[str, Any], waited: float = 0.0
    ) -> list[dict[str, Any]]:
        """Answers, after giving every other task a chance to come in between."""
        asked = Asked(conversation, text, metadata)
        self.asked.append(asked)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.during is not None:
                await self.during(asked)
            for _ in range(5):
                await asyncio.sleep(0)
        finally:
            self.at_once -= 1
        said = self.says(asked) if callable(self.says) else self.says
        if isinstance(said, BaseException):
            raise said
        return said  # type: ignore[no-any-return]
