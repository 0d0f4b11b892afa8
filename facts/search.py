"""The one seam for all who look for a fact: ``search`` finds candidates, :mod:`facts.decide` chooses among them."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy.exc import SQLAlchemyError

from facts import store
from facts.database import Database
from facts.files import Problem, read_yaml
from facts.index import PhrasingIndex
from facts.names import HOME, Names
from facts.records import FactRecord, PlaceRecord, SourceRecord
from facts.text import normalise

logger = logging.getLogger(__name__)

# What speaks for a fact beside the likeness of its questions. Found on the shipped questions, each left out in turn.
SAME_PLACE, SAME_TOPIC, SAME_ASPECT = 0.18, 0.10, 0.05
OTHER_PLACE, OTHER_ASPECT, UNNAMED_PLACE = 0.35, 0.88, 0.85


@dataclass(frozen=True)
class Candidate:
    """A fact that may answer.

    Attributes:
        fact: the fact.
        score: about 0 to 1; only its order and :mod:`facts.decide`'s thresholds mean something.
        phrasing: the example question that the asked one is most like.
        names: places named in the question that the fact is about.
        why: in plain words, for the desk.
    """

    fact: FactRecord
    score: float
    phrasing: str
    names: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Snapshot:
    """All published facts at one revision, ready to be searched."""

    revision: int
    facts: Mapping[str, FactRecord]
    sources: Mapping[str, SourceRecord]
    places: Mapping[str, PlaceRecord]
    names: Names
    index: PhrasingIndex
    phrasings: Sequence[tuple[str, str]] = field(repr=False)  # key of the fact, text


class Search:
    """Searches the facts as they are now: a change is seen by the next question.

    Args:
        database: where the facts are.
        aspects: language -> aspect -> patterns, from :func:`load_aspects`.
    """

    def __init__(self, database: Database, aspects: Mapping[str, Mapping[str, re.Pattern[str]]]) -> None:
        self._database = database
        self._aspects = aspects
        self._snapshot: Snapshot | None = None
        self._building = threading.Lock()

    def snapshot(self) -> Snapshot:
        """Gives the newest facts; while the database can't be read, those that were read last.

        Raises:
            SQLAlchemyError: nothing was read yet, and nothing can be.
        """
        try:
            with self._database.read() as session:
                revision = store.revision(session)
            if self._snapshot is None or self._snapshot.revision != revision:
                with self._building:
                    if self._snapshot is None or self._snapshot.revision != revision:
                        self._snapshot = self._read()
        except SQLAlchemyError:
            if self._snapshot is None:
                raise
            logger.exception("The facts can't be read; answering from those read before.")
        return self._snapshot

    def _read(self) -> Snapshot:
        with self._database.read() as session:
            revision = store.revision(session)
            facts = [f for f in store.records(session, "fact") if isinstance(f, FactRecord) and f.state == "published"]
            sources = [s for s in store.records(session, "source") if isinstance(s, SourceRecord)]
            places = [p for p in store.records(session, "place") if isinstance(p, PlaceRecord)]
        phrasings = [(fact.key, text) for fact in facts for texts in fact.questions.values() for text in texts]
        return Snapshot(
            revision=revision,
            facts={fact.key: fact for fact in facts},
            sources={source.key: source for source in sources},
            places={place.key: place for place in places},
            names=Names(places),
            index=PhrasingIndex([normalise(text) for _, text in phrasings]),
            phrasings=phrasings,
        )

    def aspect(self, normalised: str) -> str | None:
        """Tells which aspect a question asks for, by its words, or None."""
        for patterns in self._aspects.values():
            for aspect, pattern in patterns.items():
                if pattern.search(normalised):
                    return aspect
        return None

    def search(
        self,
        question: str,
        language: str,
        *,
        topic: str | None = None,
        place: str | None = None,
        aspect: str | None = None,
        limit: int = 8,
    ) -> list[Candidate]:
        """Finds the facts that may answer a question.

        Args:
            question: as the visitor wrote it.
            language: whose phrasings are preferred where two are equally like.
            topic: what the talk is about, by Rasa or by what came before.
            place: key of the place that the talk is about.
            aspect: what is asked, where the question itself doesn't show it.
            limit: how many candidates at most.

        Returns:
            Candidates, the best first.
        """
        snapshot = self.snapshot()
        normalised = normalise(question)
        named = {n.place: n.name for n in snapshot.names.find(normalised) if n.place not in HOME}
        asked = frozenset(named) or (frozenset({place}) if place else frozenset())
        wanted = self.aspect(normalised) or aspect
        best = _best_phrasings(snapshot, normalised)
        candidates = []
        for key, fact in snapshot.facts.items():
            likeness, row = best.get(key, (0.0, -1))
            reasons = [f"its questions are {likeness:.0%} like it"]
            score = likeness
            about = snapshot.names.widen(fact.places) - HOME
            if asked and about:
                if asked & about:
                    score += SAME_PLACE
                    reasons.append("it is about " + ", ".join(sorted(asked & about)))
                elif named:
                    score *= OTHER_PLACE
                    reasons.append("it is about another place")
            elif about and not asked:
                score *= UNNAMED_PLACE
                reasons.append("it is about a place that was not named")
            if topic and fact.topic == topic:
                score += SAME_TOPIC
                reasons.append("the talk is about its topic")
            if wanted:
                if fact.aspect == wanted:
                    score += SAME_ASPECT
                    reasons.append("it answers what is asked of the subject")
                else:
                    score *= OTHER_ASPECT
            if likeness or asked & about or (topic and fact.topic == topic and fact.aspect == wanted):
                phrasing = snapshot.phrasings[row][1] if row >= 0 else ""
                names = tuple(named[p] for p in sorted(asked & about) if p in named)
                candidates.append(Candidate(fact, float(score), phrasing, names, "; ".join(reasons)))
        candidates.sort(key=lambda c: (-c.score, c.fact.key))
        return candidates[:limit]


def _best_phrasings(snapshot: Snapshot, normalised: str) -> dict[str, tuple[float, int]]:
    """Gives each fact's likeness: mostly its nearest phrasing, somewhat its second (a lone match may be chance)."""
    likeness = snapshot.index.likeness(normalised)
    best: dict[str, tuple[float, float, int]] = {}
    for row in np.flatnonzero(likeness > 0.02):
        key, value = snapshot.phrasings[int(row)][0], float(likeness[row])
        first, second, at = best.get(key, (0.0, 0.0, -1))
        if value > first:
            best[key] = (value, first, int(row))
        elif value > second:
            best[key] = (first, value, at)
    return {key: (0.8 * first + 0.2 * second, row) for key, (first, second, row) in best.items()}


def load_aspects(folder: Path, languages: Sequence[str]) -> tuple[dict[str, dict[str, re.Pattern[str]]], list[Problem]]:
    """Reads ``data/search/<language>.yml``: how questions of a language show their aspect.

    Returns:
        language -> aspect -> pattern, and every problem.
    """
    loaded: dict[str, dict[str, re.Pattern[str]]] = {}
    problems: list[Problem] = []
    for language in languages:
        shown = f"data/{folder.name}/{language}.yml"
        path = folder / f"{language}.yml"
        if not path.exists():
            problems.append(Problem(shown, 1, "this file is missing."))
            continue
        document = read_yaml(path, shown)
        if isinstance(document, Problem):
            problems.append(document)
            continue
        rows: dict[str, Any] = (document.value or {}).get("aspects") or {}
        loaded[language] = {}
        for aspect, patterns in rows.items():
            try:
                loaded[language][aspect] = re.compile("|".join(patterns))
            except re.error as error:
                problems.append(Problem(shown, document.lines["aspects", aspect], f"{aspect}: {error}."))
    return loaded, problems
