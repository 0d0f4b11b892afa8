"""The one seam for all who look for a fact: ``search`` finds candidates, :mod:`facts.decide` chooses among them."""

from __future__ import annotations

import logging
import re
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from sqlalchemy.exc import SQLAlchemyError

from facts import store
from facts.database import Database
from facts.files import Problem, read_yaml
from facts.index import FactIndex, Likeness
from facts.names import HOME, Names
from facts.records import Aspect, FactRecord, PlaceRecord, SourceRecord
from facts.text import normalise

logger = logging.getLogger(__name__)

# What speaks for a fact beside likeness: added where it agrees, multiplied where it does not. Found by cross-validation on
# the shipped questions (a fifth left out in turn).
SAME_PLACE, SAME_TOPIC, SAME_ASPECT = 0.18, 0.10, 0.10
OTHER_PLACE, UNNAMED_PLACE, OTHER_ASPECT, OTHER_YEAR, UNNAMED_YEAR = 0.35, 0.85, 0.75, 0.5, 0.85
UNNAMED_PARTNER = 0.6  # "is X a sister city" of an X that is not known must not be answered of another place
NOT_HELD = 0.95  # a gap answers only what no statement does

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True)
class Candidate:
    """A fact that may answer.

    Attributes:
        fact: the fact.
        score: about 0 to 1; only its order and :mod:`facts.decide`'s thresholds mean something.
        phrasing: the example question that the asked one is most like.
        names: places named in the question that the fact is about.
        why: in plain words, for the desk.
        nearest: how like the question is to ``phrasing``, 0 to 1.
    """

    fact: FactRecord
    score: float
    phrasing: str
    names: tuple[str, ...]
    why: str
    nearest: float = 0.0


@dataclass(frozen=True)
class Snapshot:
    """All published facts at one revision, ready to be searched."""

    revision: int
    facts: Mapping[str, FactRecord]
    sources: Mapping[str, SourceRecord]
    places: Mapping[str, PlaceRecord]
    names: Names
    index: FactIndex
    years: Mapping[str, frozenset[str]] = field(repr=False)  # that a fact speaks of, by its key
    editions: frozenset[str] = field(repr=False)  # keys of facts that are asked for with a year
    about: Mapping[str, frozenset[str]] = field(repr=False)  # places of a fact, and their countries, by its key
    placed: frozenset[str] = field(repr=False)  # keys of facts that are asked for with their place's name


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
        held = self._snapshot
        try:
            with self._database.read() as session:
                revision = store.revision(session)
            # One builds; the others answer from the facts before, unless there are none.
            if (held is None or held.revision != revision) and self._building.acquire(blocking=held is None):
                try:
                    if self._snapshot is held:
                        self._snapshot = self._read()
                finally:
                    self._building.release()
        except SQLAlchemyError:
            if held is None:
                raise
            logger.exception("The facts can't be read; answering from those read before.")
        snapshot = self._snapshot or held
        if snapshot is None:  # the one that was waited for failed
            return self.snapshot()
        return snapshot

    def _read(self) -> Snapshot:
        with self._database.read() as session:
            revision = store.revision(session)
            facts = [f for f in store.records(session, "fact") if isinstance(f, FactRecord) and f.state == "published"]
            sources = [s for s in store.records(session, "source") if isinstance(s, SourceRecord)]
            held = [p for p in store.records(session, "place") if isinstance(p, PlaceRecord)]
        phrasings = [
            (fact.key, normalise(text), text, language)
            for fact in facts
            for language, texts in fact.questions.items()
            for text in texts
        ]
        names = Names(held)
        places = {fact.key: fact.places for fact in facts}
        asked = {fact.key: _asked_places(fact, names) for fact in facts}
        statements = [(f.key, normalise(text.short)) for f in facts for text in f.text.values()]
        return Snapshot(
            revision=revision,
            facts={fact.key: fact for fact in facts},
            sources={source.key: source for source in sources},
            places={place.key: place for place in held},
            names=names,
            index=FactIndex(phrasings, statements),
            years={fact.key: _years(fact) for fact in facts},
            editions=frozenset(fact.key for fact in facts if _asked_with_year(fact)),
            about={key: names.widen({*places[key], *asked[key]}) - HOME for key in asked},
            placed=frozenset(key for key, named in asked.items() if named),
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
        asked = _Asked(
            topic=topic,
            named=frozenset(named),
            place=place,
            aspect=self.aspect(normalised) or aspect,
            years=frozenset(_YEAR.findall(normalised)),
        )
        likeness = snapshot.index.likeness(normalised, language)
        candidates = []
        for key, fact in snapshot.facts.items():
            like = likeness.get(key, _UNLIKE)
            about = snapshot.about[key]
            score, reasons = _weigh(fact, like.score, about, snapshot.years[key], asked)
            if not asked.places and key in snapshot.placed:
                score *= UNNAMED_PARTNER
                reasons.append("it answers for a place by its name")
            if not asked.years and key in snapshot.editions:
                score *= UNNAMED_YEAR
                reasons.append("it is about a year that was not named")
            if score > 0:
                names = tuple(named[p] for p in sorted(asked.named & about))
                candidates.append(Candidate(fact, score, like.phrasing, names, "; ".join(reasons), like.nearest))
        candidates.sort(key=lambda c: (-c.score, c.fact.key))
        return candidates[:limit]


_UNLIKE = Likeness(0.0, 0.0, "")


@dataclass(frozen=True)
class _Asked:
    """What a question shows beside its wording."""

    topic: str | None
    named: frozenset[str]
    place: str | None
    aspect: str | None
    years: frozenset[str]

    @property
    def places(self) -> frozenset[str]:
        return self.named or frozenset({self.place} if self.place else ())


def _weigh(
    fact: FactRecord, score: float, about: frozenset[str], years: frozenset[str], asked: _Asked
) -> tuple[float, list[str]]:
    """Weighs likeness and all else that speaks for or against a fact; gives the score and the reasons in plain words."""
    reasons = [f"what is asked and said of it is {score:.0%} like the question"]
    if about and asked.places & about:
        score += SAME_PLACE
        reasons.append("it is about " + ", ".join(sorted(asked.places & about)))
    elif about and asked.named:
        score *= OTHER_PLACE
        reasons.append("it is about another place")
    elif about and not asked.places:
        score *= UNNAMED_PLACE
        reasons.append("it is about a place that was not named")
    if asked.years and not asked.years & years:
        score *= OTHER_YEAR
        reasons.append("it is about another year")
    if asked.topic and fact.topic == asked.topic:
        score += SAME_TOPIC
        reasons.append("the talk is about its topic")
    if asked.aspect and fact.aspect == asked.aspect:
        score += SAME_ASPECT
        reasons.append("it answers what is asked of the subject")
    elif asked.aspect:
        score *= OTHER_ASPECT
        reasons.append("something else is asked of the subject")
    return score * (NOT_HELD if fact.kind == "gap" else 1.0), reasons


def _years(fact: FactRecord) -> frozenset[str]:
    """Gives the years that a fact speaks of: in its questions and statements, and its dates."""
    said = [text for texts in fact.questions.values() for text in texts]
    said += [text.short for text in fact.text.values()]
    said += [date for date in (fact.as_of, fact.valid_from, fact.valid_until) if date]
    spoken = set(_YEAR.findall(" ".join(said)))
    if fact.valid_from and fact.valid_until:
        spoken.update(map(str, range(int(fact.valid_from[:4]), int(fact.valid_until[:4]) + 1)))
    return frozenset(spoken)


def _asked_places(fact: FactRecord, names: Names) -> frozenset[str]:
    """Gives the places that most of a fact's example questions name: it answers for these alone."""
    questions = [normalise(text) for texts in fact.questions.values() for text in texts]
    named = Counter(place for question in questions for place in {n.place for n in names.find(question)} - HOME)
    return frozenset(place for place, count in named.items() if 2 * count > len(questions))


def _asked_with_year(fact: FactRecord) -> bool:
    """Tells whether most of a fact's example questions name a year: it is about one edition among several."""
    questions = [text for texts in fact.questions.values() for text in texts]
    return 2 * sum(bool(_YEAR.search(text)) for text in questions) > len(questions)


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
        if isinstance(document, list):
            problems += document
            continue
        loaded[language] = {}
        rows = document.value.get("aspects") if isinstance(document.value, dict) else None
        if not isinstance(rows, dict):
            problems.append(Problem(shown, 1, "the file needs the part aspects, with patterns for each aspect."))
            continue
        for aspect, patterns in rows.items():
            pattern = _pattern(aspect, patterns)
            if isinstance(pattern, str):
                problems.append(Problem(shown, document.lines["aspects", aspect], f"{aspect}: {pattern}"))
            else:
                loaded[language][aspect] = pattern
    return loaded, problems


def _pattern(aspect: str, patterns: Any) -> re.Pattern[str] | str:
    """Makes one pattern of an aspect's, or says what is wrong with them."""
    if aspect not in get_args(Aspect):
        return f"no such aspect is known; there are {', '.join(get_args(Aspect))}."
    if not isinstance(patterns, list) or not all(isinstance(pattern, str) and pattern for pattern in patterns):
        return "a list of patterns is needed."
    try:
        return re.compile("|".join(patterns))
    except re.error as error:
        return f"{error}."
