"""The only writes: each goes through here and leaves a line in the history."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any, cast

from pydantic import ValidationError
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, lazyload
from sqlalchemy.orm.attributes import flag_modified

from facts.models import Change, Citation, Fact, FactText, Phrasing, Place, PlaceName, PlaceStep, Source
from facts.records import (
    ASKED_PARTS,
    AnyRecord,
    FactRecord,
    Kind,
    PlaceRecord,
    SourceRecord,
    TextRecord,
    kind_of,
)

logger = logging.getLogger(__name__)

Row = Fact | Place | Source
_TABLES: dict[Kind, type[Row]] = {"fact": Fact, "place": Place, "source": Source}
_CHILDREN = {"sources", "text", *ASKED_PARTS}  # parts of a fact that have tables of their own


class UnknownReference(Exception):
    """A record names a source that isn't held."""


def get(session: Session, kind: Kind, key: str) -> AnyRecord | None:
    """Reads one record, or None."""
    row = _row(session, kind, key)
    return None if row is None else record_of(row)


def save(session: Session, record: AnyRecord, who: str) -> bool:
    """Writes a record and its line in the history.

    Args:
        session: a session that the caller commits.
        record: the whole new content; what stood under its key before is replaced.
        who: who changed it, for the history.

    Returns:
        Whether anything changed.

    Raises:
        UnknownReference: a fact names a source that isn't held.
    """
    kind = kind_of(record)
    row = _row(session, kind, record.key)
    before = None if row is None else record_of(row)
    if before == record:
        return False
    if row is None:
        row = _TABLES[kind](key=record.key)
    if isinstance(record, FactRecord) and isinstance(row, Fact):
        _fill_fact(session, row, record)
    elif isinstance(record, PlaceRecord) and isinstance(row, Place):
        _fill_place(row, record)
    elif isinstance(record, SourceRecord) and isinstance(row, Source):
        for name, value in record.model_dump().items():
            setattr(row, name, value)
    session.add(row)
    _remember(session, who, kind, record.key, before, record)
    session.flush()
    return True


def delete(session: Session, kind: Kind, key: str, who: str) -> bool:
    """Deletes a record, keeping its last content in the history; returns whether it was there."""
    row = _row(session, kind, key)
    if row is None:
        return False
    _remember(session, who, kind, key, record_of(row), None)
    session.delete(row)
    session.flush()
    return True


def revision(session: Session) -> int:
    """Returns the number of the newest change: as long as it is the same, all facts are."""
    return session.scalar(select(func.max(Change.id))) or 0


def history(session: Session, kind: Kind, key: str) -> list[Change]:
    """Reads all changes of one record, oldest first."""
    return list(session.scalars(select(Change).where(Change.kind == kind, Change.key == key).order_by(Change.id)))


def records(session: Session, kind: Kind) -> list[AnyRecord]:
    """Reads all records of a kind, in the order of their making; one that is no valid record (any more) is left out and logged."""
    table = _TABLES[kind]
    query: Select[Any] = select(table).order_by(table.id)
    asked: dict[int, list[Sequence[str]]] = {}
    if kind == "fact":  # their many questions as plain rows: objects of the ORM take four times as long to read
        query = query.options(lazyload(Fact.phrasings))
        columns = select(Phrasing.fact_id, Phrasing.part, Phrasing.language, Phrasing.text).order_by(Phrasing.position)
        for fact, *question in session.execute(columns):
            asked.setdefault(fact, []).append(question)
    found = []
    for row in session.scalars(query):
        try:
            found.append(record_of(row, asked.get(row.id, [])))
        except ValidationError as error:
            logger.error("The %s %s is left out: %s", kind, row.key, error)
    return found


def is_cited(session: Session, source: str) -> bool:
    """Tells whether any fact rests on a source."""
    query = select(Citation.id).join(Source).where(Source.key == source).limit(1)
    return session.scalar(query) is not None


def record_of(row: Row, asked: Iterable[Sequence[str]] | None = None) -> AnyRecord:
    """Gives a row as its record; the questions of a fact are read with it, unless they are given."""
    if isinstance(row, Source):
        names = SourceRecord.model_fields
        return SourceRecord.model_validate({name: getattr(row, name) for name in names})
    if isinstance(row, Place):
        names_by_language: dict[str, list[str]] = {}
        for name in row.names:
            names_by_language.setdefault(name.language, []).append(name.name)
        return PlaceRecord.model_validate(
            {
                "key": row.key,
                "kind": row.kind,
                "country": row.country,
                "tie": row.tie,
                "misspellings": names_by_language.pop("", []),
                "names": names_by_language,
                "steps": [
                    {"date": step.date, "kind": step.kind, "text": step.text, "sources": step.sources}
                    for step in row.steps
                ],
            }
        )
    if asked is None:
        asked = [(phrasing.part, phrasing.language, phrasing.text) for phrasing in row.phrasings]
    questions: dict[str, dict[str, list[str]]] = {part: {} for part in ASKED_PARTS}
    for part, language, text in asked:
        questions[part].setdefault(language, []).append(text)
    plain = FactRecord.model_fields.keys() - _CHILDREN
    return FactRecord.model_validate(
        {name: getattr(row, name) for name in plain}
        | {
            "sources": [citation.source.key for citation in row.citations],
            "text": {text.language: TextRecord(short=text.short, full=text.full) for text in row.texts},
        }
        | questions
    )


def _row(session: Session, kind: Kind, key: str) -> Row | None:
    table = _TABLES[kind]
    row: Any = session.scalar(select(table).where(table.key == key))
    return cast("Row | None", row)


def _fill_fact(session: Session, row: Fact, record: FactRecord) -> None:
    sources = {source.key: source for source in session.scalars(select(Source).where(Source.key.in_(record.sources)))}
    missing = [key for key in record.sources if key not in sources]
    if missing:
        raise UnknownReference(f"fact {record.key}: no source is called {', '.join(missing)}.")
    for name in FactRecord.model_fields.keys() - _CHILDREN:
        setattr(row, name, getattr(record, name))
    # The children have unique keys: the old ones leave before the new ones come.
    row.texts, row.phrasings, row.citations = [], [], []
    if row.id is not None:
        flag_modified(row, "state")  # a change of the children alone is a new version of the fact, too
        session.flush()
    row.texts = [FactText(language=language, short=t.short, full=t.full) for language, t in record.text.items()]
    row.phrasings = [
        Phrasing(position=position, language=language, part=part, text=text)
        for position, (part, language, text) in enumerate(
            (part, *asked) for part in ASKED_PARTS for asked in record.asked(part)
        )
    ]
    row.citations = [Citation(position=n, source=sources[key]) for n, key in enumerate(record.sources)]


def _fill_place(row: Place, record: PlaceRecord) -> None:
    row.kind, row.country, row.tie = record.kind, record.country, record.tie
    named = [(language, name) for language, names in record.names.items() for name in names]
    named += [("", name) for name in record.misspellings]
    row.names = [PlaceName(position=n, language=language, name=name) for n, (language, name) in enumerate(named)]
    row.steps = [
        PlaceStep(position=n, date=step.date, kind=step.kind, text=step.text, sources=step.sources)
        for n, step in enumerate(record.steps)
    ]


def _remember(
    session: Session, who: str, kind: Kind, key: str, before: AnyRecord | None, after: AnyRecord | None
) -> None:
    session.add(
        Change(
            who=who,
            kind=kind,
            key=key,
            before=None if before is None else before.model_dump(mode="json"),
            after=None if after is None else after.model_dump(mode="json"),
        )
    )
