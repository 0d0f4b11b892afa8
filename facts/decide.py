"""Chooses among the candidates: answer, ask back, say that it isn't known, or say that it's another subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from facts.records import FactRecord
from facts.search import Candidate

Outcome = Literal["answer", "clarify", "unknown", "out_of_scope", "smalltalk", "form", "handoff"]

# Thresholds on a candidate's score, each a decision of its own. Found by cross-validation on the shipped questions and on
# the training examples of other subjects.
ANSWER = 0.36
"""From here a candidate answers."""
ANSWER_OUTSIDE = 0.45
"""From here it answers though the engine takes the question for another subject."""
CLARIFY = 0.22
"""From here to ANSWER the nearest are offered as choices, where the question is of our subjects."""
TIE = 0.04
"""Two facts closer than this are asked back, unless the question is nearly one of the first's example questions."""
SURE = 0.9
"""Cosine with an example question from which on the question is nearly the same."""
KNOWN_TOPIC = 0.5
"""How sure the engine must be of a subject."""

TOPIC_OF_INTENT = {
    "ask_enterprise_service": "enterprise_service",
    "ask_expert": "expert",
    "ask_forum": "forum",
    "ask_homestay": "homestay",
    "ask_sister_city": "sister_city",
}
CHOICES = 3


@dataclass(frozen=True)
class Context:
    """What is known beside the question: the engine's findings and what came before. All of it is evidence, none is needed.

    Attributes:
        intent: as the engine understood the question.
        confidence: the engine's, 0 to 1.
        topic: of the last answer.
        place: key of the place of the last answer.
        facts: keys of the facts in the last answer.
    """

    intent: str | None = None
    confidence: float = 0.0
    topic: str | None = None
    place: str | None = None
    facts: tuple[str, ...] = ()

    @property
    def asked_topic(self) -> str | None:
        """The topic that the engine is sure of."""
        return TOPIC_OF_INTENT.get(self.intent or "") if self.confidence >= KNOWN_TOPIC else None

    @property
    def follows_up(self) -> bool:
        """Whether the question leans on the last answer."""
        return self.intent == "follow_up" and self.topic is not None

    @property
    def outside(self) -> bool:
        """Whether the engine is sure that the question is of another subject."""
        return self.intent == "out_of_scope" and self.confidence >= KNOWN_TOPIC


@dataclass(frozen=True)
class Decision:
    """What is to be said.

    Attributes:
        outcome: of the reply contract.
        facts: the fact that answers, or the choices of ``clarify``.
        topic: what it is about, where that is known.
    """

    outcome: Outcome
    facts: tuple[FactRecord, ...] = field(default=())
    topic: str | None = None


def decide(question: str, candidates: Sequence[Candidate], context: Context) -> Decision:
    """Decides on an outcome.

    Args:
        question: as the visitor wrote it.
        candidates: from :meth:`facts.search.Search.search`, the best first.
        context: what else is known.
    """
    topic = context.asked_topic or (context.topic if context.follows_up else None)
    if not candidates:
        return Decision("unknown", topic=topic) if topic else Decision("out_of_scope")
    best = candidates[0]
    if context.intent is None and best.score >= CLARIFY:
        topic = topic or best.fact.topic  # no engine to tell the subject: the nearest fact's
    needed = ANSWER_OUTSIDE if context.outside else ANSWER
    if best.score >= needed:
        rivals = [c for c in candidates if best.score - c.score < TIE]
        alike = any(c.nearest > best.nearest - TIE for c in rivals[1:])
        if len(rivals) > 1 and (best.nearest < SURE or alike) and len({c.fact.kind for c in rivals}) == 1:
            return Decision("clarify", tuple(c.fact for c in rivals[:CHOICES]), best.fact.topic)
        return Decision("unknown" if best.fact.kind == "gap" else "answer", (best.fact,), best.fact.topic)
    if topic:
        near = [c for c in candidates if c.score >= CLARIFY and c.fact.topic == topic and c.fact.kind == "statement"]
        if near:
            return Decision("clarify", tuple(c.fact for c in near[:CHOICES]), topic)
        return Decision("unknown", topic=topic)
    return Decision("out_of_scope")
