"""The same three trivial actions for both engines: one fixed text, one slot.

The stock action server loads a copy of this file as its module ``actions`` (rasa-sdk 3.6, Python 3.10); ours registers
the classes' instances (rasa-sdk 3.21, current Python).
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action
from rasa_sdk.events import SlotSet

TEXT = "This is the benchmark's fixed answer."


def _answer(dispatcher: Any) -> list[dict[str, Any]]:
    dispatcher.utter_message(text=TEXT)
    return [SlotSet("topic", "forum")]


class ActionAnswer(Action):
    """Stands for ``action_answer``."""

    def name(self) -> str:
        """Returns the action's name in ``domain.yml``."""
        return "action_answer"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        """Says the fixed text."""
        return _answer(dispatcher)


class ActionSmalltalk(Action):
    """Stands for ``action_smalltalk``."""

    def name(self) -> str:
        """Returns the action's name in ``domain.yml``."""
        return "action_smalltalk"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        """Says the fixed text."""
        return _answer(dispatcher)


class ActionHandoff(Action):
    """Stands for ``action_handoff``."""

    def name(self) -> str:
        """Returns the action's name in ``domain.yml``."""
        return "action_handoff"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        """Says the fixed text."""
        return _answer(dispatcher)
