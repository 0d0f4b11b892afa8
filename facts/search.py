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
class Traits:
    """What speaks for or against a fact beside likeness, worked out once.

    Attributes:
        about: its places, and their countries.
        by_place: whether it is asked for with its place's name.
        years: that it speaks of.
        by_year: whether it is asked for with a year: it is about one edition among several.
    """

    about: frozenset[str]
    by_place: bool
    years: frozenset[str]
    by_year: bool


@dataclass(frozen=True)
class Snapshot:
    """All published facts at one revision, ready to be searched."""

    revision: int
    facts: Mapping[str, FactRecord]
    sources: Mapping[str, SourceRecord]
    places: Mapping[str, PlaceRecord]
    names: Names
    index: FactIndex
    traits: Mapping[str, Traits] = field(repr=False)  # by the fact's key


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
        phrasings = [
            (fact.key, normalise(text), text, language)
            for fact in facts
            for language, texts in fact.questions.items()
            for text in texts
        ]
        names = Names(held)
        statements = [(f.key, normalise(text.short)) for f in facts for text in f.text.values()]
        return Snapshot(
            revision=revision,
            facts={fact.key: fact for fact in facts},
            sources={source.key: source for source in sources},
            places={place.key: place for place in held},
            names=names,
            index=FactIndex(phrasings, statements),
            traits={fact.key: _traits(fact, names) for fact in facts},
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
        snapshot: Snapshot | None = None,
    ) -> list[Candidate]:
        """Finds the facts that may answer a question.

        Args:
            question: as the visitor wrote it.
            language: whose phrasings are preferred where two are equally like.
            topic: what the talk is about, by Rasa or by what came before.
            place: key of the place that the talk is about.
            aspect: what is asked, where the question itself doesn't show it.
            limit: how many candidates at most.
            snapshot: the facts to search; without it, the newest.

        Returns:
            Candidates, the best first.
        """
        snapshot = snapshot or self.snapshot()
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
            traits = snapshot.traits[key]
            score, reasons = _weigh(fact, like.score, traits, asked)
            if score > 0:
                names = tuple(named[p] for p in sorted(asked.named & traits.about))
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


def _weigh(fact: FactRecord, score: float, traits: Traits, asked: _Asked) -> tuple[float, list[str]]:
    """Weighs likeness and all else that speaks for or against a fact; gives the score and the reasons in plain words."""
    reasons = [f"what is asked and said of it is {score:.0%} like the question"]
    if shared := asked.places & traits.about:
        score += SAME_PLACE
        reasons.append("it is about " + ", ".join(sorted(shared)))
    elif traits.about and asked.named:
        score *= OTHER_PLACE
        reasons.append("it is about another place")
    elif traits.about and not asked.places:
        score *= UNNAMED_PLACE
        reasons.append("it is about a place that was not named")
    if asked.years and not asked.years & traits.years:
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
    if fact.kind == "gap":
        score *= NOT_HELD
    if traits.by_place and not asked.places:
        score *= UNNAMED_PARTNER
        reasons.append("it answers for a place by its name")
    if traits.by_year and not asked.years:
        score *= UNNAMED_YEAR
        reasons.append("it is about a year that was not named")
    return score, reasons


def _traits(fact: FactRecord, names: Names) -> Traits:
    asked = _asked_places(fact, names)
    return Traits(
        about=names.widen({*fact.places, *asked}) - HOME,
        by_place=bool(asked),
        years=_years(fact),
        by_year=_asked_with_year(fact),
    )


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
