"""Between Rasa's messages and slots, and the reply contract."""

from __future__ import annotations

import json
from typing import Any

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from facts.answer import Answers
from facts.decide import Context
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
    talk = reply.talk
    if talk is None:
        return []
    events = [
        SlotSet("topic", talk.topic),
        SlotSet("place", talk.place),
        SlotSet("choices", list(talk.choices)),
        SlotSet("asked", talk.asked),
    ]
    if talk.facts is not None:
        events.append(SlotSet("facts", list(talk.facts)))
    return events


def context_of(tracker: Tracker) -> Context:
    """Gives the engine's findings and what came before."""
    intent = tracker.latest_message.get("intent") or {}
    return Context(
        intent=intent.get("name"),
        confidence=float(intent.get("confidence") or 0.0),
        topic=tracker.get_slot("topic"),
        place=tracker.get_slot("place"),
        facts=tuple(tracker.get_slot("facts") or ()),
        choices=tuple(tracker.get_slot("choices") or ()),
        asked=tracker.get_slot("asked"),
    )
