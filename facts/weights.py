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
from facts.text import spoken_length

Numbers = npt.NDArray[np.float32]

RANKING = (
    "whole", "nearest", "words", "same_words", "covered", "beyond",
    "same_place", "other_place", "unnamed_place", "no_place",
    "same_year", "other_year", "unnamed_year", "same_edition", "other_edition",
    "same_topic", "other_topic", "same_aspect", "other_aspect", "gap", "not_mentioned",
)  # fmt: skip
"""What tells the facts apart."""
TALKING = ("same_subject", "same_talk", "same_talk_place", "told", "next_of", "near_talk", "together")
"""What more tells them apart for a question that leans on the talk: each compares with what was asked and said last."""
ACCEPTING = (
    "constant", "share", "margin", "whole", "nearest", "words", "same_words", "covered", "beyond", "over_outside", "outside_intent",
    "other_place", "other_year", "other_edition", "not_mentioned", "other_topic", "other_aspect", "same_topic", "gap",
    "over_lacking",
)  # fmt: skip
"""What tells whether the best fact answers at all."""
LEANING = (
    "constant", "leans", "what_about", "follow_up", "brief", "anchored", "same_topic", "other_topic", "alone", "within",
)  # fmt: skip
"""What tells whether a question leans on the talk."""


LONG = 80
"""Letters of a message that is long enough to say all it means; a Han character says as much as three."""


@dataclass(frozen=True)
class Evidence:
    """What is known beside the question.

    Attributes:
        topic: what it is about, by the engine.
        outside: how sure the engine is that it is of no subject of ours, 0 to 1.
        talk: what the question leans on, if it does.
    """

    topic: str | None = None
    outside: float = 0.0
    talk: Said | None = None


@dataclass(frozen=True)
class Said:
    """What was asked and said last.

    Attributes:
        fact: key of the fact that was given.
        asked: the question, normalised; a whole one.
        place: key of the place that the talk is about.
    """

    fact: str
    asked: str = ""
    place: str | None = None


@dataclass(frozen=True)
class Weights:
    """The weights.

    Attributes:
        rank: of :data:`RANKING`, shape ``(len(RANKING),)``.
        accept: of :data:`ACCEPTING`, shape ``(len(ACCEPTING),)``.
        talk_rank: of :data:`RANKING` and :data:`TALKING`, for a question that leans on the talk.
        talk_accept: of :data:`ACCEPTING` and :data:`TALKING`, likewise.
        lean: of :data:`LEANING`, shape ``(len(LEANING),)``.
        answer: the score from which a fact is given.
        offer: the score that the best few together need to be offered as choices.
    """

    rank: Numbers
    accept: Numbers
    talk_rank: Numbers
    talk_accept: Numbers
    lean: Numbers
    answer: float
    offer: float


def probability(features: Numbers, weights: Numbers) -> float:
    """Gives what a logistic regression says, 0 to 1."""
    return float(1 / (1 + np.exp(-float(features @ weights))))


def rank_features(asked: Question, table: FactTable, like: Likeness, evidence: Evidence) -> Numbers:
    """Gives what speaks for and against each fact, shape ``(facts, len(RANKING))``."""
    nothing = np.zeros(table.size, dtype=bool)
    here = table.having("place", asked.named)
    place_of_talk = evidence.talk is not None and evidence.talk.place is not None
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
        nothing if asked.named or place_of_talk else table.by_place,
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
    )
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)


def talk_features(asked: Question, table: FactTable, talk: Said, near: Numbers, together: Numbers) -> Numbers:
    """Gives what of the talk speaks for and against each fact, shape ``(facts, len(TALKING))``.

    Args:
        asked: the question that leans on it.
        table: of the facts.
        talk: what was asked and said last.
        near: how like the last fact is to each, shape ``(facts,)``.
        together: how like the last question and this one together are to each, likewise.
    """
    nothing = np.zeros(table.size, dtype=bool)
    last = table.row(talk.fact)
    told = nothing.copy()
    told[last] = True
    columns = (
        table.having("subject", (table.facts[last].subject,)),
        table.having("topic", (table.facts[last].topic,)),
        table.having("place", (talk.place,)) if talk.place and not asked.named else nothing,
        told,
        table.having("next", (talk.fact,)),
        near,
        together,
    )
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)


def lean_features(
    asked: Question, follow_up: float, topics: tuple[str | None, str | None], alone: float, within: float
) -> Numbers:
    """Gives what tells whether a question leans on the talk, shape ``(len(LEANING),)``.

    Args:
        asked: the question.
        follow_up: how sure the engine is that it does, 0 to 1.
        topics: the topic that the engine takes it to be of, and that of the talk.
        alone: the best score of the question taken alone.
        within: its best score within the talk.
    """
    mine, of_talk = topics
    return np.array(
        [
            1.0,
            asked.shows("leans"),
            asked.shows("what_about"),
            follow_up,
            max(0.0, 1 - spoken_length(asked.normalised) / LONG),
            bool(asked.named or asked.home or asked.elsewhere or asked.years or asked.editions),
            mine is not None and mine == of_talk,
            mine is not None and mine != of_talk,
            alone,
            within,
        ],
        dtype=np.float32,
    )


def accept_features(
    features: Numbers,
    logits: Numbers,
    shares: Numbers,
    like: Likeness,
    evidence: Evidence,
) -> Numbers:
    """Gives what tells whether the best fact answers, shape ``(len(ACCEPTING),)``, and with ``TALKING`` where that is given.

    Args:
        features: the best fact's row of :func:`rank_features`, with that of :func:`talk_features` behind it where it leans.
        logits: of the best facts, the best first.
        shares: likewise, what they share of all.
        like: the question's likeness.
        evidence: what is known beside the question.
    """
    held = dict(zip(RANKING, features.tolist(), strict=False))
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
            held["nearest"] - like.outside,
            evidence.outside,
            held["other_place"],
            held["other_year"],
            held["other_edition"],
            held["not_mentioned"],
            held["other_topic"],
            held["other_aspect"],
            held["same_topic"],
            held["gap"],
            held["nearest"] - like.lacking,
            *features[len(RANKING) :],
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
    for part, names in PARTS.items():
        rows = content.get(part)
        if not isinstance(rows, dict) or set(rows) != set(names):
            problems.append(Problem(shown, document.lines.get((part,), 1), f"{part} needs {', '.join(names)}."))
        elif not all(isinstance(value, int | float) for value in rows.values()):
            problems.append(Problem(shown, document.lines[part,], f"{part}: each needs a number."))
    if problems:
        return problems
    numbers = {
        part: np.array([content[part][name] for name in names], dtype=np.float32) for part, names in PARTS.items()
    }
    answer, offer = numbers.pop("thresholds").tolist()
    return Weights(**numbers, answer=answer, offer=offer)


PARTS: Mapping[str, tuple[str, ...]] = {
    "rank": RANKING,
    "accept": ACCEPTING,
    "talk_rank": RANKING + TALKING,
    "talk_accept": ACCEPTING + TALKING,
    "lean": LEANING,
    "thresholds": ("answer", "offer"),
}
"""The parts of the file, and the numbers of each."""

NO_WEIGHTS = Weights(
    **{part: np.zeros(len(PARTS[part]), np.float32) for part in PARTS if part != "thresholds"}, answer=1.0, offer=1.0
)
"""Stands in where the file has problems."""
