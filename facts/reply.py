"""The reply contract: what a visitor is told, with its facts, sources and date."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypedDict

from facts.decide import Decision, Outcome
from facts.records import FactRecord, SourceRecord
from facts.search import Snapshot
from facts.texts import Texts

LINKED = ("A", "B")
"""Only sources of these reliabilities are linked: several hosts of the others are unrelated re-posts."""


class StandsFor(TypedDict, total=False):
    """What a button does: shows a fact (``part``: ``short`` or ``full``)."""

    fact: str
    part: str


class ShownSource(TypedDict, total=False):
    """A source as it is shown: ``title``, ``publisher`` and ``date`` always, ``url`` and ``note`` where there are any."""

    title: str
    publisher: str | None
    date: str | None
    url: str
    note: str


@dataclass(frozen=True)
class Button:
    """A choice that a visitor may take."""

    title: str
    stands_for: StandsFor


@dataclass(frozen=True)
class Reply:
    """One message to a visitor.

    Attributes:
        facts: keys of the facts that it states.
        as_of: the date that its first fact speaks of: ``2012``, ``2012-06`` or ``2012-06-10``.
        topic: what the talk is about from here on.
        place: the place, likewise.
    """

    text: str
    outcome: Outcome
    language: str
    facts: tuple[str, ...] = ()
    sources: tuple[ShownSource, ...] = ()
    as_of: str | None = None
    buttons: tuple[Button, ...] = ()
    topic: str | None = field(default=None, compare=False)
    place: str | None = field(default=None, compare=False)

    def contract(self) -> dict[str, Any]:
        """Returns what goes beside text and buttons."""
        return {
            "outcome": self.outcome,
            "facts": list(self.facts),
            "sources": [dict(source) for source in self.sources],
            "as_of": self.as_of,
            "language": self.language,
        }


def compose(decision: Decision, snapshot: Snapshot, texts: Texts, language: str, part: str = "short") -> Reply:
    """Puts a decision into words.

    Args:
        decision: what is to be said.
        snapshot: the facts that it was decided on.
        texts: the words around facts.
        language: of the reply.
        part: ``short`` or ``full`` of the fact.
    """
    if decision.outcome == "answer":
        return state(decision.facts[0], snapshot, texts, language, part)
    if decision.outcome == "clarify":
        buttons = tuple(_choice(fact, language) for fact in decision.facts)
        asked = "replies.clarify" if len(buttons) > 1 else "replies.clarify_one"
        return Reply(texts(asked, language), "clarify", language, buttons=buttons, topic=decision.topic)
    if decision.outcome == "unknown":
        return _unknown(decision, snapshot, texts, language)
    text = texts("replies.out_of_scope", language, topics=texts.topic_list(language))
    return Reply(text, "out_of_scope", language)


def state(fact: FactRecord, snapshot: Snapshot, texts: Texts, language: str, part: str = "short") -> Reply:
    """States one fact, with its sources and its date."""
    text, held = _text_of(fact, texts, language, part)
    buttons: list[Button] = []
    if part == "short" and fact.text[held].full:
        buttons.append(Button(texts("replies.answer.more", language), {"fact": fact.key, "part": "full"}))
    buttons += [_choice(snapshot.facts[key], language) for key in fact.nearest if key in snapshot.facts]
    return Reply(
        text=text,
        outcome="answer",
        language=language,
        facts=(fact.key,),
        sources=tuple(show_source(snapshot.sources[key], language) for key in fact.sources if key in snapshot.sources),
        as_of=fact.as_of,
        buttons=tuple(buttons[: 1 + 2]),
        topic=fact.topic,
        place=fact.places[0] if fact.places else None,
    )


def show_source(source: SourceRecord, language: str) -> ShownSource:
    """Gives a source as it is shown beside an answer."""
    shown: ShownSource = {"title": source.title, "publisher": source.publisher, "date": source.date}
    if source.author and not source.publisher:
        shown["publisher"] = source.author
    if source.url and source.reliability in LINKED:
        shown["url"] = source.url
    if note := source.date_note.get(language):
        shown["note"] = note
    return shown


def _unknown(decision: Decision, snapshot: Snapshot, texts: Texts, language: str) -> Reply:
    office = texts("replies.office", language)
    if not decision.facts:
        name = f"topics.{decision.topic}.name"
        topic = texts(name, language) if texts.has(name) else str(decision.topic)
        return Reply(
            texts("replies.unknown", language, topic=topic, office=office), "unknown", language, topic=decision.topic
        )
    gap = decision.facts[0]
    said, _ = _text_of(gap, texts, language, "short")
    nearest = [snapshot.facts[key] for key in gap.nearest if key in snapshot.facts]
    return Reply(
        _join(language, said, texts("replies.gap_end", language, office=office)),
        "unknown",
        language,
        buttons=tuple(_choice(fact, language) for fact in nearest[:2]),
        topic=gap.topic,
        place=gap.places[0] if gap.places else None,
    )


def _text_of(fact: FactRecord, texts: Texts, language: str, part: str) -> tuple[str, str]:
    """Gives a fact's text and the language it is held in: the wanted one, or the first there is, with a note."""
    held = language if language in fact.text else next(iter(fact.text))
    record = fact.text[held]
    text = (record.full or record.short) if part == "full" else record.short
    if held != language:
        named = f"replies.languages.{held}"
        name = texts(named, language) if texts.has(named) else held
        text = _join(language, text, texts("replies.answer.other_language", language, held=name))
    return text, held


def _join(language: str, *sentences: str) -> str:
    return ("" if language.startswith("zh") else " ").join(sentences)


def _choice(fact: FactRecord, language: str) -> Button:
    """Offers a fact by its first example question."""
    questions = fact.questions.get(language) or next(iter(fact.questions.values()))
    return Button(questions[0], {"fact": fact.key, "part": "short"})
