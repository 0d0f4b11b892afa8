"""What is said beside facts: greetings and the like, and that a person is asked for."""

from __future__ import annotations

from typing import Any

import anyio
import anyio.to_thread
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker

from actions.utter import context_of, language_of, slots_of, utter
from facts.answer import Answers
from facts.decide import Outcome


class _Says(Action):
    """Says a text, unless the message asks for a fact after all ("thanks, and how many students took part?")."""

    def __init__(self, answers: Answers, threads: anyio.CapacityLimiter) -> None:
        """Keeps the texts, and the threads that actions may use."""
        self._answers = answers
        self._threads = threads

    async def _say(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, text: str, outcome: Outcome
    ) -> list[dict[str, Any]]:
        question = tracker.latest_message.get("text") or ""
        language = language_of(self._answers, tracker)
        context = context_of(tracker)
        reply = await anyio.to_thread.run_sync(
            lambda: self._answers.small_talk(text, question, language, context, outcome=outcome),
            limiter=self._threads,
        )
        utter(dispatcher, reply)
        return slots_of(reply)


class ActionSmalltalk(_Says):
    """``action_smalltalk``: says the text named as the intent in ``data/texts/<language>/replies.yml``."""

    def name(self) -> str:
        """Returns the action's name in ``domain.yml``."""
        return "action_smalltalk"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Utters one reply."""
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        text = f"replies.smalltalk.{intent}"
        if not self._answers.texts.has(text):
            text = "replies.smalltalk.ask_capability"
        return await self._say(dispatcher, tracker, text, "smalltalk")


class ActionHandoff(_Says):
    """``action_handoff``: a person is asked for; says where to find one."""

    def name(self) -> str:
        """Returns the action's name in ``domain.yml``."""
        return "action_handoff"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Utters one reply."""
        return await self._say(dispatcher, tracker, "replies.handoff", "handoff")
