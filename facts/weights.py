"""How much each sign weighs: found from data by ``./scripts/benchmark fit``, kept in ``data/search/_weights.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from facts.files import Problem, read_yaml
from facts.index import Likeness
from facts.question import Question
from facts.table import FactTable

Numbers = npt.NDArray[np.float32]

RANKING = (
    "whole", "nearest", "words", "same_words", "covered", "beyond",
    "same_place", "other_place", "unnamed_place", "no_place",
    "same_year", "other_year", "unnamed_year", "same_edition", "other_edition",
    "same_topic", "other_topic", "same_aspect", "other_aspect", "gap", "not_mentioned",
    "same_subject", "same_talk", "same_talk_place",
)  # fmt: skip
"""What tells the facts apart; the last three compare with what was said before, and are set by hand: no example shows them."""
ACCEPTING = (
    "constant", "share", "margin", "whole", "nearest", "words", "same_words", "covered", "beyond", "over_outside", "outside_intent",
    "other_place", "other_year", "other_edition", "not_mentioned", "other_topic", "other_aspect", "same_topic", "gap",
)  # fmt: skip
"""What tells whether the best fact answers at all."""


@dataclass(frozen=True)
class Evidence:
    """What is known beside the question.

    Attributes:
        topic: what it is about, by the engine.
        outside: how sure the engine is that it is of no subject of ours, 0 to 1.
        talk_topic: what the talk is about; None where the question doesn't lean on it.
        talk_place: key of the place, likewise.
        talk_subject: the subject of the last fact, likewise.
    """

    topic: str | None = None
    outside: float = 0.0
    talk_topic: str | None = None
    talk_place: str | None = None
    talk_subject: str | None = None


@dataclass(frozen=True)
class Weights:
    """The weights.

    Attributes:
        rank: of :data:`RANKING`, shape ``(len(RANKING),)``.
        accept: of :data:`ACCEPTING`, shape ``(len(ACCEPTING),)``.
        answer: the score from which a fact is given.
        offer: the score that the best few together need to be offered as choices.
    """

    rank: Numbers
    accept: Numbers
    answer: float
    offer: float

    def accept_probability(self, features: Numbers) -> float:
        """Gives how likely it is that the question is answered by a held fact, 0 to 1."""
        return float(1 / (1 + np.exp(-float(features @ self.accept))))


def rank_features(asked: Question, table: FactTable, like: Likeness, evidence: Evidence) -> Numbers:
    """Gives what speaks for and against each fact, shape ``(facts, len(RANKING))``."""
    nothing = np.zeros(table.size, dtype=bool)
    here = table.having("place", asked.named)
    talked_of = (evidence.talk_place,) if evidence.talk_place and not asked.named else ()
    years, editions = table.having("year", asked.years), table.having("edition", asked.editions)
    topic = table.having("topic", (evidence.topic,))
    aspect = table.having("aspect", (asked.aspect,))
    columns = (
        like.whole,
        like.nearest,
        like.words,
        like.same_words,
        like.covered,
        like.beyond,
        here,
        table.about_any & ~here if asked.named else nothing,
        nothing if asked.named or talked_of else table.by_place,
        ~table.about_any if asked.named else nothing,
        years,
        ~years if asked.years else nothing,
        nothing if asked.years else table.by_year,
        editions,
        ~editions if asked.editions else nothing,
        topic,
        ~topic if evidence.topic else nothing,
        aspect,
        ~aspect if asked.aspect else nothing,
        table.gap,
        ~table.mentioning(asked.elsewhere) if asked.elsewhere else nothing,
        table.having("subject", (evidence.talk_subject,)),
        table.having("topic", (evidence.talk_topic,)),
        table.having("place", talked_of),
    )
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)


def accept_features(
    features: Numbers,
    logits: Numbers,
    shares: Numbers,
    outside: float,
    evidence: Evidence,
) -> Numbers:
    """Gives what tells whether the best fact answers, shape ``(len(ACCEPTING),)``.

    Args:
        features: the best fact's row of :func:`rank_features`.
        logits: of the best facts, the best first.
        shares: likewise, what they share of all.
        outside: the question's likeness with the nearest example of another subject.
        evidence: what is known beside the question.
    """
    held = dict(zip(RANKING, features.tolist(), strict=True))
    margin = float(logits[0] - logits[1]) if len(logits) > 1 else 5.0
    return np.array(
        [
            1.0,
            float(shares[0]),
            min(margin, 5.0),
            held["whole"],
            held["nearest"],
            held["words"],
            held["same_words"],
            held["covered"],
            held["beyond"],
            held["nearest"] - outside,
            evidence.outside,
            held["other_place"],
            held["other_year"],
            held["other_edition"],
            held["not_mentioned"],
            held["other_topic"],
            held["other_aspect"],
            held["same_topic"],
            held["gap"],
        ],
        dtype=np.float32,
    )


def load_weights(path: Path) -> Weights | list[Problem]:
    """Reads the weights, or says what is wrong with them."""
    shown = f"data/{path.parent.name}/{path.name}"
    if not path.exists():
        return [Problem(shown, 1, "this file is missing; ./scripts/benchmark fit makes it.")]
    document = read_yaml(path, shown)
    if isinstance(document, list):
        return document
    content = document.value if isinstance(document.value, dict) else {}
    problems = []
    for part, names in (("rank", RANKING), ("accept", ACCEPTING), ("thresholds", ("answer", "offer"))):
        rows = content.get(part)
        if not isinstance(rows, dict) or set(rows) != set(names):
            problems.append(Problem(shown, document.lines.get((part,), 1), f"{part} needs {', '.join(names)}."))
        elif not all(isinstance(value, int | float) for value in rows.values()):
            problems.append(Problem(shown, document.lines[part,], f"{part}: each needs a number."))
    if problems:
        return problems
    return weights_of(content["rank"], content["accept"], **content["thresholds"])


NO_WEIGHTS = Weights(np.zeros(len(RANKING), np.float32), np.zeros(len(ACCEPTING), np.float32), 1.0, 1.0)
"""Stands in where the file has problems."""


def weights_of(rank: Mapping[str, float], accept: Mapping[str, float], answer: float, offer: float) -> Weights:
    """Makes weights of numbers by name."""
    return Weights(
        np.array([rank[name] for name in RANKING], dtype=np.float32),
        np.array([accept[name] for name in ACCEPTING], dtype=np.float32),
        answer,
        offer,
    )
