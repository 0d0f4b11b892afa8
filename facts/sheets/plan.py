"""What an import would do, row by row, before anything is done; and doing it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from sqlalchemy.orm import Session

from facts import store
from facts.check import is_later
from facts.files import Located
from facts.records import AnyRecord, FactRecord, PlaceRecord, SourceRecord, kind_of
from facts.sheets.columns import BadRow, Row, columns, fact_of, languages_of, row_of
from facts.text import detect_language, normalise_held

Verdict = Literal["new", "changed", "unchanged", "refused"]
OFFICE = {"en": "Xining Foreign Affairs Office", "zh": "西宁市外事部门"}


class ChangedMeanwhile(Exception):
    """Somebody else changed what was compared with; the message names the keys. Nothing was written."""


@dataclass(frozen=True)
class Held:
    """What the database holds.

    Attributes:
        facts: by key.
        sources: keys.
        places: keys.
        asked: whose example question a text is: by language and normalised text, the fact's key.
    """

    facts: dict[str, FactRecord]
    sources: frozenset[str]
    places: frozenset[str]
    asked: dict[tuple[str, str], str]


@dataclass(frozen=True)
class Planned:
    """One row and what would be done with it.

    Attributes:
        number: of the row in the sheet, the headers' being 1.
        key: of the fact; empty where the row has none and none could be made.
        verdict: what would be done.
        changes: column, before, after.
        problems: why it is refused, in plain words.
        record: the fact (of a YAML file also the source or place) as it would be; None where it is refused.
        before: the same as it was held.
    """

    number: int
    key: str
    verdict: Verdict
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    record: AnyRecord | None = None
    before: AnyRecord | None = None


def read_held(session: Session) -> Held:
    """Reads what rows are compared with."""
    facts = {fact.key: fact for fact in store.records(session, "fact") if isinstance(fact, FactRecord)}
    sources = {source.key for source in store.records(session, "source") if isinstance(source, SourceRecord)}
    places = {place.key for place in store.records(session, "place") if isinstance(place, PlaceRecord)}
    asked = {
        (language, normalise_held(text)): fact.key for fact in facts.values() for _, language, text in fact.phrasings
    }
    return Held(facts, frozenset(sources), frozenset(places), asked)


def office_source(day: date) -> SourceRecord:
    """Makes the source of what the office itself says on a day."""
    return SourceRecord(
        key=f"office-{day.isoformat()}",
        title=f"{OFFICE['en']} ({OFFICE['zh']})",
        date=day.isoformat(),
        language="zh",
        reliability="A",
    )


def plan(
    rows: Sequence[Row],
    held: Held,
    topics: Sequence[str],
    day: date,
    suggest: Callable[[str, str], str | None] = lambda question, language: None,
) -> list[Planned]:
    """Says what an import would do.

    Args:
        rows: texts by column.
        held: what the database holds.
        topics: the known ones.
        day: of the import; what has no source is the office's of that day.
        suggest: gives the topic of a question in a language, for rows without one.

    Returns:
        A finding for each row that has anything in it, in order.
    """
    planner = _Planner(held, topics, day, suggest)
    return [
        planner.row(number, row) for number, row in enumerate(rows, 2) if any(text.strip() for text in row.values())
    ]


def apply(
    session: Session, planned: Sequence[Planned], day: date, who: str, *, all_or_nothing: bool = False
) -> Counter[str]:
    """Does what was planned.

    Args:
        session: one that writes; the caller commits.
        planned: the findings.
        day: of the import.
        who: for the history.
        all_or_nothing: whether one refused row keeps all others out.

    Returns:
        How many rows were new, changed, unchanged, refused.

    Raises:
        ChangedMeanwhile: somebody else changed one of the facts since they were compared.
    """
    done: Counter[str] = Counter(row.verdict for row in planned)
    if all_or_nothing and done["refused"]:
        return Counter({"refused": done["refused"]})
    office = office_source(day)
    rows = [row for row in planned if row.verdict in ("new", "changed")]
    wanted = [row.record for row in rows if row.record is not None]
    other = [row.key for row in rows if row.record and store.get(session, kind_of(row.record), row.key) != row.before]
    if other:
        raise ChangedMeanwhile(", ".join(other))
    cited = {key for record in wanted if isinstance(record, FactRecord) for key in record.sources}
    if office.key in cited and store.get(session, "source", office.key) is None:
        store.save(session, office, who)
    for record in sorted(wanted, key=lambda record: isinstance(record, FactRecord)):  # facts cite sources
        store.save(session, record, who)
    return done


def plan_records(found: Sequence[Located], session: Session, topics: Sequence[str], day: date) -> list[Planned]:
    """Says what an import of whole records would do.

    Args:
        found: records with the line that each stands on.
        session: one that reads.
        topics: the known ones.
        day: of the import.
    """
    held = read_held(session)
    keys = {
        kind: frozenset(located.record.key for located in found if kind_of(located.record) == kind)
        for kind in ("fact", "source", "place")
    }
    known = Held(held.facts, held.sources | keys["source"], held.places | keys["place"], held.asked)
    planner = _Planner(known, topics, day, lambda question, language: None)
    planned = []
    for located in found:
        record = located.record
        before = store.get(session, kind_of(record), record.key)
        problems = planner.problems(record, before, keys["fact"]) if isinstance(record, FactRecord) else []
        if problems:
            planned.append(Planned(located.line, record.key, "refused", problems=problems))
            continue
        was = before.model_dump(mode="json") if before is not None else {}
        changes = [
            (part, str(was.get(part, "")), str(value))
            for part, value in record.model_dump(mode="json").items()
            if part != "key" and value != was.get(part)
        ]
        verdict: Verdict = "new" if before is None else "changed" if changes else "unchanged"
        planned.append(Planned(located.line, record.key, verdict, changes, record=record, before=before))
    return planned


class _Planner:
    """Plans rows one after another; each sees those before it."""

    def __init__(self, held: Held, topics: Sequence[str], day: date, suggest: Callable[[str, str], str | None]) -> None:
        self._held = held
        self._topics = topics
        self._day = day
        self._office = office_source(day).key
        self._suggest = suggest
        self._seen: dict[str, int] = {}
        self._asked = dict(held.asked)
        self._languages = languages_of(list(held.facts.values()), ())

    def row(self, number: int, row: Row) -> Planned:
        """Plans one row."""
        key = row.get("key", "").strip() or self._key_of(row)
        if not key:
            return Planned(number, "", "refused", problems=["it has neither a key nor a question"])
        if key in self._seen:
            return Planned(number, key, "refused", problems=[f"row {self._seen[key]} is about the same fact"])
        self._seen[key] = number
        before = self._held.facts.get(key)
        try:
            fact = fact_of({**row, "key": key}, before, {} if before else self._defaults(row))
        except BadRow as bad:
            return Planned(number, key, "refused", problems=bad.problems)
        if before is not None:
            fact = self._said_by_the_office(fact, before, row)
        problems = self.problems(fact, before, self._seen.keys())
        if problems:
            return Planned(number, key, "refused", problems=problems)
        languages = languages_of([fact], self._languages)
        after = row_of(fact, languages)
        earlier = row_of(before, languages) if before is not None else {}
        changes = [
            (name, earlier.get(name, ""), after[name])
            for name in columns(languages)
            if name != "key" and after[name] != earlier.get(name, "")
        ]
        verdict: Verdict = "new" if before is None else "changed" if changes else "unchanged"
        return Planned(number, key, verdict, changes, record=fact, before=before)

    def _said_by_the_office(self, fact: FactRecord, before: FactRecord, row: Row) -> FactRecord:
        """Names the office as a source of what it says otherwise now: the sources there were don't say it."""
        if fact.text == before.text or fact.sources != before.sources or fact.kind == "gap":
            return fact
        dated = row.get("as_of", "").strip()
        said = {"sources": [self._office, *(key for key in fact.sources if key != self._office)]}
        return fact.model_copy(update=said if dated else {**said, "as_of": self._day.isoformat()})

    def _key_of(self, row: Row) -> str:
        """Gives the key of a row without one: that of the fact with this question, or one made from it, always the same."""
        for name, text in row.items():
            part, _, language = name.partition(".")
            if part == "question" and text.strip():
                plain = normalise_held(text)
                known = self._held.asked.get((language, plain))
                return known or f"office-{hashlib.sha256(plain.encode()).hexdigest()[:12]}"
        return ""

    def _defaults(self, row: Row) -> Mapping[str, Any]:
        """Gives what a new fact has without saying so."""
        content: dict[str, Any] = {"aspect": "what", "sources": [self._office], "as_of": self._day.isoformat()}
        if not row.get("topic", "").strip():
            question = next((t for n, t in row.items() if n.startswith("question.") and t.strip()), "")
            topic = self._suggest(question, detect_language(question) or "zh") if question else None
            content |= {"topic": topic} if topic else {}
        return content

    def problems(self, fact: FactRecord, before: AnyRecord | None, others: Collection[str]) -> list[str]:
        """Says why a fact can't be taken, in plain words; where it can, those after it can't have its questions.

        Args:
            fact: as it would be.
            before: as it is held.
            others: keys of facts that come in with it.
        """
        found = []
        if fact.topic not in self._topics:
            found.append(f"topic: {fact.topic!r} is not known; there are {', '.join(self._topics)}")
        for part, known in (
            ("sources", self._held.sources | {self._office}),
            ("places", self._held.places),
            ("nearest", {*self._held.facts, *others}),
        ):
            found += [f"{part}: nothing is called {key!r}" for key in getattr(fact, part) if key not in known]
        if not fact.text:
            found.append("answer: it is missing in every language")
        if not fact.questions:
            found.append("question: it is missing in every language")
        if fact.kind == "statement" and not fact.sources:
            found.append("sources: a statement needs one")
        if fact.valid_from and fact.valid_until and is_later(fact.valid_from, fact.valid_until):
            found.append("valid_from is later than valid_until")
        had = set(before.phrasings) if isinstance(before, FactRecord) else set()
        for asked in fact.phrasings:
            other = self._asked.get((asked[1], normalise_held(asked[2])))
            if other not in (None, fact.key) and asked not in had:
                found.append(f"the question {asked[2]!r} is one of {other!r} already")
        if not found:
            for _, language, text in fact.phrasings:
                self._asked.setdefault((language, normalise_held(text)), fact.key)
        return found
