"""The one seam for all who look for a fact: ``search`` finds candidates, :mod:`facts.decide` chooses among them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sqlalchemy.exc import SQLAlchemyError

from facts import store
from facts.database import Database
from facts.elsewhere import Elsewhere
from facts.encoder import Encoder, VectorCache, shared_encoder
from facts.index import FactIndex, Likeness, Phrase
from facts.meaning import Space
from facts.names import Names
from facts.patterns import Patterns
from facts.question import Question, read
from facts.records import FactRecord, PlaceRecord, SourceRecord
from facts.table import FactTable
from facts.text import normalise_held
from facts.traits import Traits, ordinary_words, traits_of
from facts.weights import (
    RANKING,
    TALKING,
    Evidence,
    Said,
    Weights,
    accept_features,
    probability,
    rank_features,
    talk_features,
)

logger = logging.getLogger(__name__)

SAME = 0.95
"""Likeness from which on a question is the same as an example of another subject."""
EXACT, SURELY = 8.0, 0.95
"""What an example question gives its fact, and the least probability that it then answers."""
UNLIKELY = 0.1
"""What that leaves of the probability that a fact answers it."""


@dataclass(frozen=True)
class Candidate:
    """A fact that may answer.

    Attributes:
        fact: the fact.
        score: how likely it is that this fact answers the question, 0 to 1.
        phrasing: the example question that the asked one is most like.
        names: places named in the question that the fact is about.
        why: in plain words, for the desk.
        nearest: how like the question is to ``phrasing``, -1 to 1.
        sides: how like it is to the nearest example that is answered yes, and to the nearest that is answered no.
        traits: what the fact is about.
        lacks: the fact of which the question asks for what it lacks, as far as examples of such questions tell.
    """

    fact: FactRecord
    score: float
    phrasing: str
    names: tuple[str, ...]
    why: str
    nearest: float
    sides: tuple[float, float]
    traits: Traits
    lacks: FactRecord | None = None


@dataclass(frozen=True)
class Snapshot:
    """All published facts at one revision, ready to be searched."""

    revision: int
    facts: Mapping[str, FactRecord]
    sources: Mapping[str, SourceRecord]
    places: Mapping[str, PlaceRecord]
    names: Names
    elsewhere: Elsewhere
    index: FactIndex
    table: FactTable = field(repr=False)
    patterns: Mapping[str, Patterns] = field(repr=False)

    def read(self, question: str) -> Question:
        """Takes a question apart."""
        return read(question, self.patterns, self.names, self.elsewhere)

    def about(self, subject: str | None) -> list[FactRecord]:
        """Gives the facts on one subject, in their order."""
        return [fact for fact in self.facts.values() if subject and fact.subject == subject]


class Search:
    """Searches the facts as they are now: a change is seen by the next question.

    Args:
        database: where the facts are.
        patterns: by language, from :func:`facts.patterns.load_patterns`.
        weights: from :func:`facts.weights.load_weights`.
        space: from :func:`facts.meaning.load_space`.
        outside: examples of what is no subject of ours.
        cache: a file to keep the vectors of texts in, so that the next start is quick.
        encoder: another one than the process's shared one.
    """

    def __init__(
        self,
        database: Database,
        patterns: Mapping[str, Patterns],
        weights: Weights,
        space: Space,
        outside: Sequence[str] = (),
        cache: Path | None = None,
        encoder: Encoder | None = None,
    ) -> None:
        self._database = database
        self._patterns = patterns
        self.weights = weights
        self.space = space
        self.outside = sorted({normalise_held(text) for text in outside} - {""})
        self.vectors = VectorCache(encoder or shared_encoder(), cache)
        self._snapshot: Snapshot | None = None
        self._building = threading.Lock()

    def snapshot(self) -> Snapshot:
        """Gives the newest facts; while the database can't be read, those that were read last.

        Raises:
            SQLAlchemyError: nothing was read yet, and nothing can be.
        """
        held = self._snapshot
        try:
            with self._database.read() as session:
                revision = store.revision(session)
            return held if held is not None and held.revision == revision else self._renew(held)
        except SQLAlchemyError:
            if held is None:
                raise
            logger.exception("The facts can't be read; answering from those read before.")
            return held

    def _renew(self, held: Snapshot | None) -> Snapshot:
        """Reads the facts anew. One does; the others answer from the facts before, unless there are none."""
        if held is None:
            self._building.acquire()
        elif not self._building.acquire(blocking=False):
            return held
        try:
            if self._snapshot is None or self._snapshot is held:  # nobody did meanwhile
                self._snapshot = self._read()
            return self._snapshot
        finally:
            self._building.release()

    def _read(self) -> Snapshot:
        with self._database.read() as session:
            revision = store.revision(session)
            facts = [f for f in store.records(session, "fact") if isinstance(f, FactRecord) and f.state == "published"]
            sources = [s for s in store.records(session, "source") if isinstance(s, SourceRecord)]
            held = [p for p in store.records(session, "place") if isinstance(p, PlaceRecord)]
        return self.make_snapshot(revision, facts, sources, held)

    def make_snapshot(
        self,
        revision: int,
        facts: Sequence[FactRecord],
        sources: Sequence[SourceRecord],
        places: Sequence[PlaceRecord],
    ) -> Snapshot:
        """Makes some facts ready to be searched."""
        phrases = [
            Phrase(row, normalise_held(text), text, language, reply)
            for row, fact in enumerate(facts)
            for reply, language, text in fact.phrasings
        ]
        statements = [
            (row, normalise_held(text.short)) for row, fact in enumerate(facts) for text in fact.text.values()
        ]
        ordinary = ordinary_words(phrase.written for phrase in phrases)
        perhaps = ordinary_words(self.outside)
        more = [name for of in self._patterns.values() for name in of.elsewhere]
        names = Names(places, ordinary | perhaps)
        lacks = [(row, normalise_held(text)) for row, fact in enumerate(facts) for _, text in fact.asked("lacks")]
        index = FactIndex(len(facts), phrases, statements, self.outside, lacks, self.vectors, self.space)
        self.vectors.keep_only([p.text for p in phrases] + [text for _, text in statements + lacks] + self.outside)
        return Snapshot(
            revision=revision,
            facts={fact.key: fact for fact in facts},
            sources={source.key: source for source in sources},
            places={place.key: place for place in places},
            names=names,
            elsewhere=Elsewhere(names.is_name, ordinary, perhaps, more),
            index=index,
            table=FactTable(facts, [traits_of(fact, names, self._patterns) for fact in facts]),
            patterns=self._patterns,
        )

    def search(
        self,
        question: str | Question,
        language: str,
        evidence: Evidence | None = None,
        *,
        limit: int = 8,
        snapshot: Snapshot | None = None,
        like: Likeness | None = None,
    ) -> list[Candidate]:
        """Finds the facts that may answer a question.

        Args:
            question: as the visitor wrote it, or taken apart already.
            language: of the reply; of two equally like example questions, that of this language is named.
            evidence: what is known beside the question.
            limit: how many candidates at most.
            snapshot: the facts to search; without it, the newest.
            like: the question's likeness to them, where it is known already.

        Returns:
            Candidates, the best first.
        """
        snapshot = snapshot or self.snapshot()
        evidence = evidence or Evidence()
        asked = question if isinstance(question, Question) else snapshot.read(question)
        facts = snapshot.table.facts
        if not facts:
            return []
        like = like or snapshot.index.likeness(asked.normalised)
        features = rank_features(asked, snapshot.table, like, evidence)
        rank, accept = self.weights.rank, self.weights.accept
        if evidence.talk is not None:
            features = np.concatenate([features, self.talk_features(asked, evidence.talk, snapshot)], axis=1)
            rank, accept = self.weights.talk_rank, self.weights.talk_accept
        logits = features @ rank
        exact = snapshot.index.exact(asked.normalised)
        logits[exact] += EXACT
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        order = np.argsort(-logits, kind="stable")[: max(limit, 2)]
        held = probability(accept_features(features[order[0]], logits[order], shares[order], like, evidence), accept)
        if order[0] in exact:
            held = max(held, SURELY)
        elif (other := max(like.outside, like.lacking)) >= SAME and other > like.nearest[order[0]]:
            held *= UNLIKELY
        score = {
            row: held * sum(float(shares[twin]) for twin in order if are_twins(facts[row], facts[twin]))
            for row in order
        }
        return [
            self._candidate(facts[row], int(row), score[row], asked, like, features[row], snapshot)
            for row in order[:limit]
        ]

    def talk_features(self, asked: Question, talk: Said, snapshot: Snapshot) -> np.ndarray:
        """Gives :func:`facts.weights.talk_features` of every fact."""
        table, index = snapshot.table, snapshot.index
        near = index.near(table.row(talk.fact))
        return talk_features(asked, table, talk, near, index.whole(f"{talk.asked} {asked.normalised}"))

    def _candidate(
        self,
        fact: FactRecord,
        row: int,
        score: float,
        asked: Question,
        like: Likeness,
        features: np.ndarray,
        snapshot: Snapshot,
    ) -> Candidate:
        traits = snapshot.table.traits[row]
        phrase = snapshot.index.nearest_phrase(row, like)
        reasons = [f"{like.whole[row]:.0%} like what is asked and said of it"]
        names = (RANKING + TALKING)[: len(features)]
        reasons += [_REASONS[name] for name, value in zip(names, features, strict=True) if value and name in _REASONS]
        return Candidate(
            fact=fact,
            score=score,
            phrasing=phrase.written if phrase else "",
            names=tuple(asked.named[place] for place in sorted(asked.named.keys() & traits.about)),
            why="; ".join(reasons),
            nearest=float(like.nearest[row]),
            sides=snapshot.index.sides(row, like),
            traits=traits,
            lacks=snapshot.table.facts[like.lacks] if like.is_lacking else None,
        )


def are_twins(a: FactRecord, b: FactRecord) -> bool:
    """Tells whether two facts answer the same question of the same subject, so that either will do; a fact is its own twin.

    Facts that count different things (pupils, groups of them) do not.
    """
    return a.key == b.key or (a.subject is not None and _asked_of(a) == _asked_of(b))


def _asked_of(fact: FactRecord) -> tuple[str | None, ...]:
    return fact.subject, fact.aspect, fact.kind, fact.unit


_REASONS = {
    "same_place": "it is about the place that was named",
    "other_place": "it is about another place",
    "unnamed_place": "it answers for a place by its name, and none was named",
    "same_year": "it is about the year that was named",
    "other_year": "it is about another year",
    "same_edition": "it is about the edition that was named",
    "other_edition": "it is about another edition",
    "same_topic": "the engine takes the question to be of its topic",
    "same_talk": "the talk is about its topic",
    "told": "it was said last",
    "same_aspect": "it answers what is asked of the subject",
    "other_aspect": "something else is asked of the subject",
    "same_subject": "the talk is about its subject",
    "not_mentioned": "it doesn't mention a place that was named",
}
