"""What is said beside facts: greetings and the like, and that a person is asked for."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker

from actions.utter import language_of, utter
from facts.answer import Answers


class ActionSmalltalk(Action):
    """``action_smalltalk``: says the text named as the intent in ``data/texts/<language>/replies.yml``."""

    def __init__(self, answers: Answers) -> None:
        """Keeps the texts."""
        self._answers = answers

    def name(self) -> str:
        """Returns the action's name in ``domain.yml``."""
        return "action_smalltalk"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Utters one reply."""
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        text = f"replies.smalltalk.{intent}"
        if not self._answers.texts.has(text):
            text = "replies.smalltalk.ask_capability"
        utter(dispatcher, self._answers.say(text, language_of(self._answers, tracker), outcome="smalltalk"))
        return []


class ActionHandoff(Action):
    """``action_handoff``: a person is asked for; says where to find one."""

    def __init__(self, answers: Answers) -> None:
        """Keeps the texts."""
        self._answers = answers

    def name(self) -> str:
        """Returns the action's name in ``domain.yml``."""
        return "action_handoff"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Utters one reply."""
        language = language_of(self._answers, tracker)
        utter(dispatcher, self._answers.say("replies.handoff", language, outcome="handoff"))
        return []
