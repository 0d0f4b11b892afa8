"""Chooses among the candidates: answer, ask back, say that it isn't known, or say that it's another subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from facts.polarity import Polarity, polarity_of
from facts.question import Question
from facts.records import FactRecord
from facts.search import Candidate
from facts.weights import Evidence, Weights

Outcome = Literal["answer", "clarify", "unknown", "out_of_scope", "smalltalk", "form", "handoff"]

KNOWN_TOPIC = 0.5
"""How sure the engine must be of a subject, and of any other finding."""
SURE = 0.8
"""How sure the engine must be of politics to be believed against a likely answer."""
PLAINLY = 0.8
"""The score from which a fact is given though the engine takes the question for politics or small talk."""
WORTH_OFFERING = 0.08
"""The least score of a choice."""
CHOICES = 3

TOPIC_OF_INTENT = {
    "ask_city": "city",
    "ask_culture": "culture",
    "ask_enterprise_service": "enterprise_service",
    "ask_event": "event",
    "ask_expert": "expert",
    "ask_forum": "forum",
    "ask_homestay": "homestay",
    "ask_office": "office",
    "ask_sister_city": "sister_city",
    "ask_travel": "travel",
    "ask_urgent": "urgent",
}
OUTSIDE_INTENTS = ("out_of_scope", "ask_politics")
"""Intents of what is no subject of ours."""
SMALLTALK_INTENTS = ("greet", "goodbye", "thanks", "ask_capability", "are_you_a_bot", "complain", "ask_person")
"""Intents of what is said beside all subjects. The examples of both show the search what no fact answers."""


@dataclass(frozen=True)
class Context:
    """What is known beside the question: the engine's findings and what came before. All of it is evidence, none is needed.

    Attributes:
        intent: as the engine understood the question.
        confidence: the engine's, 0 to 1.
        topic: of the last answer.
        place: key of the place of the last answer.
        facts: keys of the facts in the last answer.
        choices: keys of the facts that were offered last, or came next to the answer.
        asked: the last question that was a whole one.
    """

    intent: str | None = None
    confidence: float = 0.0
    topic: str | None = None
    place: str | None = None
    facts: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    asked: str | None = None

    def is_sure_of(self, intent: str) -> bool:
        """Tells whether the engine is sure of an intent."""
        return self.intent == intent and self.confidence >= KNOWN_TOPIC

    @property
    def asked_topic(self) -> str | None:
        """The topic that the engine is sure of."""
        return TOPIC_OF_INTENT.get(self.intent or "") if self.confidence >= KNOWN_TOPIC else None

    @property
    def follow_up(self) -> float:
        """How sure the engine is that the question leans on the last answer, 0 to 1."""
        return self.confidence if self.intent == "follow_up" else 0.0

    @property
    def evidence(self) -> Evidence:
        """What the search may know of it, the talk left aside."""
        return Evidence(topic=self.asked_topic, outside=self.confidence if self.intent == "out_of_scope" else 0.0)


@dataclass(frozen=True)
class Decision:
    """What is to be said.

    Attributes:
        outcome: of the reply contract.
        facts: the fact that answers, or the choices of ``clarify``; of ``unknown`` the gap, or the nearest that is known.
        topic: what it is about, where that is known.
        polarity: the yes, no or correction that comes first.
        missing: of ``unknown``: the place or year of which nothing is held, as the visitor called it.
        neutral: of ``out_of_scope``: whether it is a political question.
        others: facts that came next.
    """

    outcome: Outcome
    facts: tuple[FactRecord, ...] = field(default=())
    topic: str | None = None
    polarity: Polarity = ""
    missing: str | None = None
    neutral: bool = False
    others: tuple[FactRecord, ...] = field(default=())


def decide(asked: Question, candidates: Sequence[Candidate], context: Context, weights: Weights) -> Decision:
    """Decides on an outcome.

    Args:
        asked: the question, taken apart.
        candidates: from :meth:`facts.search.Search.search`, the best first.
        context: what else is known.
        weights: their thresholds.
    """
    best = candidates[0] if candidates else None
    needed = PLAINLY if context.confidence >= SURE else weights.answer
    if context.is_sure_of("ask_politics") and (best is None or best.score < needed):
        return Decision("out_of_scope", neutral=True)
    outside = context.is_sure_of("out_of_scope")
    # Less is needed to say that something isn't known: that is no claim.
    enough = weights.offer if best is not None and best.fact.kind == "gap" and not outside else weights.answer
    if best is not None and best.score >= enough:
        return _given(asked, best, candidates)
    worth = [c for c in candidates[:CHOICES] if c.score >= WORTH_OFFERING]
    absent = _absent(asked, worth[0]) if worth else None
    if absent and not outside:
        return Decision("unknown", topic=worth[0].fact.topic, missing=absent)
    if best is not None and best.lacks is not None and not outside:
        return _lacking(best, best.lacks)
    if worth and not outside and sum(c.score for c in worth) >= weights.offer:
        return Decision("clarify", tuple(c.fact for c in worth), worth[0].fact.topic)
    topic = context.asked_topic or (context.topic if context.is_sure_of("follow_up") else None)
    if topic is None and not outside and best is not None and (asked.named or asked.home) and worth:
        topic = best.fact.topic
    if topic is None:
        return Decision("out_of_scope")
    missing = next(iter(asked.elsewhere.values()), None)
    return Decision("unknown", topic=topic, missing=missing)


def _lacking(best: Candidate, lacks: FactRecord) -> Decision:
    """Says that a detail isn't known; the fact that lacks it is the nearest, if the question is of its subject at all."""
    near = (lacks,) if lacks.topic == best.fact.topic else ()
    return Decision("unknown", near, best.fact.topic)


def _given(asked: Question, best: Candidate, candidates: Sequence[Candidate]) -> Decision:
    """Gives the best fact, unless the question names what it isn't about."""
    others = tuple(c.fact for c in candidates[1 : 1 + CHOICES] if c.score >= WORTH_OFFERING / 2)
    fact = best.fact
    if fact.kind == "gap":
        return Decision("unknown", (fact,), fact.topic, others=others)
    polarity = polarity_of(asked, best)
    if not polarity and (missing := _missing(asked, best)):
        return Decision("unknown", (fact,), fact.topic, missing=missing, others=others)
    return Decision("answer", (fact,), fact.topic, polarity=polarity, others=others)


def _missing(asked: Question, best: Candidate) -> str | None:
    """Names what a question speaks of and its best fact does not: that fact would answer another question."""
    traits = best.traits
    if absent := _absent(asked, best):
        return absent
    if asked.years and traits.years and not asked.years & traits.years:
        return min(asked.years)
    return None


def _absent(asked: Question, best: Candidate) -> str | None:
    """Names a place that a question speaks of, where its best fact mentions none of those that it names."""
    absent = [name for form, name in asked.elsewhere.items() if form not in best.traits.said]
    return absent[0] if absent and len(absent) == len(asked.elsewhere) else None
