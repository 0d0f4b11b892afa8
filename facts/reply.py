"""The reply contract: what a visitor is told, with its facts, sources and date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypedDict

from facts.decide import Decision, Outcome
from facts.polarity import Polarity
from facts.records import FactRecord, SourceRecord
from facts.search import Snapshot
from facts.texts import Texts

LINKED = ("A", "B")
"""Only sources of these reliabilities are linked: several hosts of the others are unrelated re-posts."""
NEXT = 2
"""How many next questions are offered."""


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
class Talk:
    """What the next question may lean on; the engine keeps it in its slots.

    Attributes:
        topic: what the talk is about.
        place: key of the place.
        facts: keys of the facts in the answer; None leaves those before.
        choices: keys of the facts that were offered, or came next to the answer.
        asked: the question, as a whole one.
    """

    topic: str | None = None
    place: str | None = None
    facts: tuple[str, ...] | None = None
    choices: tuple[str, ...] = ()
    asked: str | None = None


@dataclass(frozen=True)
class Reply:
    """One message to a visitor.

    Attributes:
        facts: keys of the facts that it states.
        as_of: the date that its first fact speaks of: ``2012``, ``2012-06`` or ``2012-06-10``.
        talk: what the next question may lean on.
    """

    text: str
    outcome: Outcome
    language: str
    facts: tuple[str, ...] = ()
    sources: tuple[ShownSource, ...] = ()
    as_of: str | None = None
    buttons: tuple[Button, ...] = ()
    talk: Talk | None = field(default=None, compare=False)

    def contract(self) -> dict[str, Any]:
        """Returns what goes beside text and buttons."""
        return {
            "outcome": self.outcome,
            "facts": list(self.facts),
            "sources": [dict(source) for source in self.sources],
            "as_of": self.as_of,
            "language": self.language,
        }


class Composer:
    """Puts decisions into words.

    Args:
        snapshot: the facts that they were made on.
        texts: the words around facts.
        language: of the replies.
    """

    def __init__(self, snapshot: Snapshot, texts: Texts, language: str) -> None:
        self.snapshot = snapshot
        self._texts = texts
        self.language = language

    def compose(self, decision: Decision) -> Reply:
        """Puts a decision into words."""
        if decision.outcome == "answer":
            others = tuple(fact.key for fact in decision.others)
            return self.state(decision.facts[0], polarity=decision.polarity, others=others)
        if decision.outcome == "clarify":
            return self.offer(decision.facts)
        if decision.outcome == "unknown":
            return self._unknown(decision)
        if decision.neutral:
            return Reply(self.say("politics"), "out_of_scope", self.language)
        return Reply(self.say("out_of_scope"), "out_of_scope", self.language)

    def say(self, name: str, **fillings: str) -> str:
        """Gives one of the replies' texts, with office and topics filled in."""
        return self._texts(
            f"replies.{name}",
            self.language,
            office=self._texts("replies.office", self.language),
            topics=self._texts.topic_list(self.language),
            **fillings,
        )

    def state(
        self, fact: FactRecord, part: str = "short", *, polarity: Polarity = "", others: tuple[str, ...] = ()
    ) -> Reply:
        """States one fact, with its sources and its date.

        Args:
            fact: the fact.
            part: ``short`` or ``full`` of it.
            polarity: what comes first.
            others: keys of facts that came next.
        """
        text, held = self.text_of(fact, part)
        if polarity:
            text = self.join(self._texts(f"replies.answer.{polarity}", self.language), text)
        buttons: list[Button] = []
        if part == "short" and fact.text[held].full:
            buttons.append(
                Button(self._texts("replies.answer.more", self.language), {"fact": fact.key, "part": "full"})
            )
        buttons += [self.choice(other) for other in self._next(fact)]
        return Reply(
            text=text,
            outcome="answer",
            language=self.language,
            facts=(fact.key,),
            sources=self.sources_of(fact),
            as_of=fact.as_of,
            buttons=tuple(buttons),
            talk=Talk(fact.topic, _first(fact.places), (fact.key,), others),
        )

    def offer(self, facts: Iterable[FactRecord]) -> Reply:
        """Asks which fact is meant."""
        offered = tuple(facts)
        asked = "clarify" if len(offered) > 1 else "clarify_one"
        talk = Talk(offered[0].topic, None, (), tuple(fact.key for fact in offered))
        return Reply(self.say(asked), "clarify", self.language, buttons=tuple(map(self.choice, offered)), talk=talk)

    def sources_of(self, fact: FactRecord) -> tuple[ShownSource, ...]:
        """Gives a fact's sources as they are shown."""
        held = self.snapshot.sources
        return tuple(show_source(held[key], self.language) for key in fact.sources if key in held)

    def choice(self, fact: FactRecord) -> Button:
        """Offers a fact by its first example question."""
        questions = fact.questions.get(self.language) or next(iter(fact.questions.values()), [self.text_of(fact)[0]])
        return Button(questions[0], {"fact": fact.key, "part": "short"})

    def text_of(self, fact: FactRecord, part: str = "short") -> tuple[str, str]:
        """Gives a fact's text and the language it is held in: the wanted one, or the first there is, with a note."""
        held = self.language if self.language in fact.text else next(iter(fact.text))
        record = fact.text[held]
        text = (record.full or record.short) if part == "full" else record.short
        if held != self.language:
            named = f"replies.languages.{held}"
            name = self._texts(named, self.language) if self._texts.has(named) else held
            text = self.join(text, self._texts("replies.answer.other_language", self.language, held=name))
        return text, held

    def join(self, *sentences: str) -> str:
        """Puts sentences one after the other."""
        return ("" if self.language.startswith("zh") else " ").join(sentence for sentence in sentences if sentence)

    def _next(self, fact: FactRecord) -> list[FactRecord]:
        """Gives what a visitor may want to ask next: what the fact names, else what else is held on its subject."""
        held = self.snapshot.facts
        named = [held[key] for key in fact.nearest if key in held]
        siblings = [
            other for other in self.snapshot.about(fact.subject) if other.kind == "statement" and other.key != fact.key
        ]
        return list({other.key: other for other in named + siblings}.values())[:NEXT]

    def _unknown(self, decision: Decision) -> Reply:
        """Says what isn't held, then the nearest that is, then where to ask."""
        fact = decision.facts[0] if decision.facts else None
        topic = self._topic(decision.topic)
        if fact is not None and fact.kind == "gap":
            said, _ = self.text_of(fact)
            nearest = [self.snapshot.facts[key] for key in fact.nearest if key in self.snapshot.facts]
        elif decision.missing:
            name = "unknown_year" if decision.missing.isdigit() else "unknown_place"
            said, nearest = self.say(name, topic=topic, missing=decision.missing), [fact] if fact else []
        else:
            said, nearest = self.say("unknown", topic=topic), [fact] if fact else []
        known = next((other for other in nearest if other.kind == "statement"), None)
        parts = [said]
        if known is not None:
            parts += [self.say("nearest"), self.text_of(known)[0]]
        parts.append(self.say("where_to_ask"))
        offered = [other for other in (*nearest, *(self._next(fact) if fact else ())) if other is not known]
        buttons = {other.key: self.choice(other) for other in offered}
        place = _first(fact.places) if fact else None
        return Reply(
            self.join(*parts),
            "unknown",
            self.language,
            facts=(known.key,) if known else (),
            sources=self.sources_of(known) if known else (),
            as_of=known.as_of if known else None,
            buttons=tuple(buttons.values())[:NEXT],
            talk=Talk(
                decision.topic,
                place,
                (fact.key,) if fact else None,
                tuple(other.key for other in decision.others),
            ),
        )

    def _topic(self, topic: str | None) -> str:
        name = f"topics.{topic}.name"
        return self._texts(name, self.language) if self._texts.has(name) else str(topic)


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


def _first(keys: Iterable[str]) -> str | None:
    return next(iter(keys), None)
