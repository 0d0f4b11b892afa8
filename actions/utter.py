"""Between Rasa's messages and the reply contract."""

from __future__ import annotations

import json
from typing import Any

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from facts.answer import Answers
from facts.reply import Reply


def language_of(answers: Answers, tracker: Tracker) -> str:
    """Gives the language to answer in: the one that the service chose, else that of the question (Rasa's own tools)."""
    message = tracker.latest_message
    chosen = (message.get("metadata") or {}).get("language")
    return chosen if chosen in answers.texts.languages else answers.language_of(message.get("text") or "")


def utter(dispatcher: CollectingDispatcher, reply: Reply) -> None:
    """Hands a reply to Rasa: text, buttons, and the contract as ``custom``."""
    dispatcher.utter_message(
        text=reply.text,
        buttons=[{"title": b.title, "payload": json.dumps(b.stands_for)} for b in reply.buttons],
        custom=reply.contract(),
    )


def slots_of(reply: Reply) -> list[dict[str, Any]]:
    """Gives the events that keep what the talk is about."""
    events = [SlotSet("topic", reply.topic), SlotSet("place", reply.place)]
    if reply.facts:
        events.append(SlotSet("facts", list(reply.facts)))
    return events
