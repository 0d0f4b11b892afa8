"""Fills the database from the shipped files, and never overwrites what the office changed since.

Each shipped record is known by its key and the fingerprint of what was shipped last:

* not held and never shipped: it is added;
* shipped anew and unchanged by the office: it is updated;
* shipped anew and changed by the office: the new version waits as a proposal;
* deleted by the office: it stays deleted;
* no longer shipped and unchanged by the office: it goes;
* resting on a source that the office deleted: it waits as a proposal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from facts import store
from facts.models import Proposal, Seed
from facts.records import AnyRecord, FactRecord, Kind, kind_of

_ORDER: tuple[Kind, ...] = ("source", "place", "fact")  # facts cite sources


def seed(session: Session, shipped: Iterable[AnyRecord], who: str) -> Counter[str]:
    """Brings the shipped records in.

    Args:
        session: a session that the caller commits.
        shipped: all records of this version.
        who: for the history, e.g. ``xiadu 0.1.0``.

    Returns:
        How many were ``added``, ``updated``, ``proposed``, ``removed``, ``unchanged``.
    """
    done: Counter[str] = Counter()
    known = {(row.kind, row.key): row for row in session.scalars(select(Seed))}
    by_kind: dict[Kind, dict[str, AnyRecord]] = {kind: {} for kind in _ORDER}
    for record in shipped:
        by_kind[kind_of(record)][record.key] = record
    for kind in _ORDER:
        for key, record in by_kind[kind].items():
            done[_bring(session, kind, record, known.pop((kind, key), None), who)] += 1
    for kind in reversed(_ORDER):
        for row in [row for (row_kind, _), row in known.items() if row_kind == kind]:
            done[_withdraw(session, kind, row, who)] += 1
    return done


def _bring(session: Session, kind: Kind, record: AnyRecord, row: Seed | None, who: str) -> str:
    fingerprint = record.fingerprint()
    if row is not None and row.fingerprint == fingerprint:
        return "unchanged"
    held = store.get(session, kind, record.key)
    last = None if row is None else row.fingerprint
    if row is None:
        session.add(Seed(kind=kind, key=record.key, fingerprint=fingerprint))
    else:
        row.fingerprint = fingerprint
    if held is None and last is not None:
        return "unchanged"  # deleted by the office
    if held == record:
        return "unchanged"
    if not _rests_on_deleted(session, record) and (held is None or held.fingerprint() == last):
        store.save(session, record, who)
        return "added" if held is None else "updated"
    _propose(session, kind, record.key, record)
    return "proposed"


def _rests_on_deleted(session: Session, record: AnyRecord) -> bool:
    """Tells whether a fact cites a source that was shipped and is gone: the office deleted it, so the fact must wait."""
    return isinstance(record, FactRecord) and any(
        session.get(Seed, ("source", key)) and store.get(session, "source", key) is None for key in record.sources
    )


def _withdraw(session: Session, kind: Kind, row: Seed, who: str) -> str:
    held = store.get(session, kind, row.key)
    if held is None:
        return "unchanged"  # deleted by the office: remembered, should a later version ship it again
    session.delete(row)
    if held.fingerprint() == row.fingerprint and not (kind == "source" and store.is_cited(session, row.key)):
        store.delete(session, kind, row.key, who)
        return "removed"
    _propose(session, kind, row.key, None)
    return "proposed"


def _propose(session: Session, kind: Kind, key: str, record: AnyRecord | None) -> None:
    content = None if record is None else record.model_dump(mode="json")
    session.merge(Proposal(kind=kind, key=key, record=content))
