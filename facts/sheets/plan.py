"""What an import would do, row by row, before anything is done; and doing it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from sqlalchemy.orm import Session

from facts import store
from facts.files import Located
from facts.records import AnyRecord, FactRecord, PlaceRecord, SourceRecord, kind_of
from facts.sheets.columns import BadRow, Row, columns, fact_of, languages_of, row_of
from facts.text import detect_language, normalise_held

Verdict = Literal["new", "changed", "unchanged", "refused"]
OFFICE = {"en": "Xining Foreign Affairs Office", "zh": "西宁市外事部门"}


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
    """

    number: int
    key: str
    verdict: Verdict
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    record: AnyRecord | None = None


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
        title=f"{OFFICE['zh']} / {OFFICE['en']}, {day.isoformat()}",
        publisher=OFFICE["en"],
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
    """
    done: Counter[str] = Counter(row.verdict for row in planned)
    if all_or_nothing and done["refused"]:
        return Counter({"refused": done["refused"]})
    office = office_source(day)
    wanted = [row.record for row in planned if row.record is not None and row.verdict in ("new", "changed")]
    cited = {key for record in wanted if isinstance(record, FactRecord) for key in record.sources}
    if office.key in cited and store.get(session, "source", office.key) is None:
        store.save(session, office, who)
    for record in sorted(wanted, key=lambda record: isinstance(record, FactRecord)):  # facts cite sources
        store.save(session, record, who)
    return done


def plan_records(found: Sequence[Located], session: Session) -> list[Planned]:
    """Says what an import of whole records would do; those that aren't in order must have been left out before.

    Args:
        found: records with the line that each stands on.
        session: one that reads.
    """
    held = read_held(session)
    sources = held.sources | {located.record.key for located in found if isinstance(located.record, SourceRecord)}
    planned = []
    for located in found:
        record = located.record
        before = store.get(session, kind_of(record), record.key)
        missing = [key for key in record.sources if key not in sources] if isinstance(record, FactRecord) else []
        if missing:
            problems = [f"sources: nothing is called {key!r}" for key in missing]
            planned.append(Planned(located.line, record.key, "refused", problems=problems))
            continue
        was = before.model_dump(mode="json") if before is not None else {}
        changes = [
            (part, str(was.get(part, "")), str(value))
            for part, value in record.model_dump(mode="json").items()
            if part != "key" and value != was.get(part)
        ]
        verdict: Verdict = "new" if before is None else "changed" if changes else "unchanged"
        planned.append(Planned(located.line, record.key, verdict, changes, record=record))
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
        problems = list(self._problems(fact, before))
        if problems:
            return Planned(number, key, "refused", problems=problems)
        for _, language, text in fact.phrasings:
            self._asked.setdefault((language, normalise_held(text)), key)
        languages = languages_of([fact], self._languages)
        after = row_of(fact, languages)
        earlier = row_of(before, languages) if before is not None else {}
        changes = [
            (name, earlier.get(name, ""), after[name])
            for name in columns(languages)
            if name != "key" and after[name] != earlier.get(name, "")
        ]
        verdict: Verdict = "new" if before is None else "changed" if changes else "unchanged"
        return Planned(number, key, verdict, changes, record=fact)

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

    def _problems(self, fact: FactRecord, before: FactRecord | None) -> list[str]:
        found = []
        if fact.topic not in self._topics:
            found.append(f"topic: {fact.topic!r} is not known; there are {', '.join(self._topics)}")
        for part, known in (
            ("sources", self._held.sources | {self._office}),
            ("places", self._held.places),
            ("nearest", self._held.facts.keys() | self._seen.keys()),
        ):
            found += [f"{part}: nothing is called {key!r}" for key in getattr(fact, part) if key not in known]
        if not fact.text:
            found.append("answer: it is missing in every language")
        if not fact.questions:
            found.append("question: it is missing in every language")
        if fact.kind == "statement" and not fact.sources:
            found.append("sources: a statement needs one")
        if fact.valid_from and fact.valid_until and fact.valid_from[:4] > fact.valid_until[:4]:
            found.append("valid_from is later than valid_until")
        had = set(before.phrasings) if before is not None else set()
        for asked in fact.phrasings:
            other = self._asked.get((asked[1], normalise_held(asked[2])))
            if other not in (None, fact.key) and asked not in had:
                found.append(f"the question {asked[2]!r} is one of {other!r} already")
        return found
