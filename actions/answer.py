"""Answers whatever is asked of our subjects, and whatever was not understood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import anyio.to_thread
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker

from actions.utter import context_of, language_of, slots_of, utter
from facts.answer import Answers
from facts.reply import Reply


class ActionAnswer(Action):
    """``action_answer``: hands the question and Rasa's findings to the facts, and keeps topic and place.

    Args:
        answers: the facts' way to a reply.
        threads: the threads that actions may use, apart from those of the conversations that wait for them.
    """

    def __init__(self, answers: Answers, threads: anyio.CapacityLimiter) -> None:
        self._answers = answers
        self._threads = threads

    def name(self) -> str:
        """Returns the action's name in ``domain.yml``."""
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Utters one reply and returns the slots to set."""
        reply = await anyio.to_thread.run_sync(self._work(tracker), limiter=self._threads)
        utter(dispatcher, reply)
        return slots_of(reply)

    def _work(self, tracker: Tracker) -> Callable[[], Reply]:
        message = tracker.latest_message
        language = language_of(self._answers, tracker)
        stands_for = (message.get("metadata") or {}).get("stands_for")
        if stands_for:
            return lambda: self._answers.show(stands_for["fact"], language, stands_for.get("part", "short"))
        context = context_of(tracker)
        return lambda: self._answers.answer(message.get("text") or "", language, context)
