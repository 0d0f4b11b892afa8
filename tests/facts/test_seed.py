"""Seeding: what is shipped comes in, what the office changed stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from facts import store
from facts.database import Database
from facts.models import Proposal, Seed
from facts.records import AnyRecord, Kind, kind_of
from facts.seed import seed
from tests.helpers.handmade import RECORDS, fact, place, source

SHIPPED = [source("press"), source("spare"), place("edirne"), fact("one"), fact("two")]


def ship(database: Database, records: list[AnyRecord], who: str = "xiadu") -> dict[str, int]:
    with database.write() as session:
        return dict(seed(session, records, who))


def office(database: Database, work: Callable[[Session], object]) -> None:
    with database.write() as session:
        work(session)


def held(database: Database) -> list[AnyRecord]:
    kinds: tuple[Kind, ...] = ("source", "place", "fact")
    with database.read() as session:
        return [record for kind in kinds for record in store.records(session, kind)]


def proposals(database: Database) -> list[tuple[str, str, object]]:
    with database.read() as session:
        rows = session.scalars(select(Proposal).order_by(Proposal.kind, Proposal.key))
        return [(row.kind, row.key, row.record) for row in rows]


def changed(record: AnyRecord, **update: object) -> AnyRecord:
    return type(record).model_validate(record.model_dump() | update)


def swapped(old: AnyRecord, new: AnyRecord | None) -> list[AnyRecord]:
    return [new if r is old else r for r in SHIPPED if r is not old or new is not None]  # type: ignore[misc]


NEW_VERSION = [
    (SHIPPED[0], {"title": "Anew"}),
    (SHIPPED[2], {"names": {"en": ["Anew"]}}),
    (SHIPPED[3], {"text": {"en": {"short": "Anew."}}}),
]
EACH_KIND = pytest.mark.parametrize(("record", "update"), NEW_VERSION, ids=["source", "place", "fact"])


def test_what_was_never_shipped_is_added(database: Database) -> None:
    assert ship(database, SHIPPED) == {"added": 5}
    assert held(database) == SHIPPED
    assert proposals(database) == []
    with database.read() as session:
        assert [change.who for change in store.history(session, "fact", "one")] == ["xiadu"]
        assert {(row.kind, row.key): row.fingerprint for row in session.scalars(select(Seed))} == {
            (kind_of(record), record.key): record.fingerprint() for record in SHIPPED
        }


def test_the_order_of_the_records_does_not_matter(database: Database) -> None:
    assert ship(database, [*reversed(RECORDS)]) == {"added": len(RECORDS)}


def test_seeding_twice_changes_nothing(database: Database) -> None:
    ship(database, SHIPPED)
    with database.read() as session:
        before = store.revision(session)
    assert ship(database, SHIPPED) == {"unchanged": 5}
    with database.read() as session:
        assert store.revision(session) == before


@EACH_KIND
def test_what_is_shipped_anew_is_updated(database: Database, record: AnyRecord, update: dict[str, object]) -> None:
    ship(database, SHIPPED)
    anew = changed(record, **update)
    assert ship(database, swapped(record, anew), "xiadu 2") == {"updated": 1, "unchanged": 4}
    assert held(database) == swapped(record, anew)
    assert ship(database, swapped(record, anew)) == {"unchanged": 5}
    with database.read() as session:
        assert [c.who for c in store.history(session, kind_of(record), record.key)] == ["xiadu", "xiadu 2"]


@EACH_KIND
def test_what_the_office_changed_stays_and_the_new_version_waits(
    database: Database, record: AnyRecord, update: dict[str, object]
) -> None:
    ship(database, SHIPPED)
    own = changed(record, **{name: _own(value) for name, value in update.items()})
    office(database, lambda s: store.save(s, own, "office"))
    assert ship(database, SHIPPED) == {"unchanged": 5}
    anew = changed(record, **update)
    assert ship(database, swapped(record, anew)) == {"proposed": 1, "unchanged": 4}
    assert held(database) == swapped(record, own)
    assert proposals(database) == [(kind_of(record), record.key, anew.model_dump(mode="json"))]
    assert ship(database, swapped(record, anew)) == {"unchanged": 5}


def _own(value: object) -> object:
    """Gives another value of the same shape."""
    if isinstance(value, dict):
        return {name: _own(inner) for name, inner in value.items()}
    return [_own(inner) for inner in value] if isinstance(value, list) else f"{value} by the office"


def test_a_newer_proposal_takes_the_place_of_an_older(database: Database) -> None:
    ship(database, SHIPPED)
    one = SHIPPED[3]
    office(database, lambda s: store.save(s, changed(one, as_of="1999"), "office"))
    ship(database, swapped(one, changed(one, as_of="2001")))
    last = changed(one, as_of="2002")
    assert ship(database, swapped(one, last)) == {"proposed": 1, "unchanged": 4}
    assert proposals(database) == [("fact", "one", last.model_dump(mode="json"))]


def test_the_same_change_by_the_office_and_the_new_version_is_no_proposal(database: Database) -> None:
    ship(database, SHIPPED)
    anew = changed(SHIPPED[3], as_of="2001")
    office(database, lambda s: store.save(s, anew, "office"))
    assert ship(database, swapped(SHIPPED[3], anew)) == {"unchanged": 5}
    assert proposals(database) == []


def test_what_the_office_made_under_a_key_that_is_shipped_later_stays(database: Database) -> None:
    own = fact("two", as_of="1999")
    office(database, lambda s: store.save(s, source("press"), "office"))
    office(database, lambda s: store.save(s, own, "office"))
    assert ship(database, SHIPPED) == {"added": 3, "unchanged": 1, "proposed": 1}
    with database.read() as session:
        assert store.get(session, "fact", "two") == own
    assert proposals(database) == [("fact", "two", fact("two").model_dump(mode="json"))]


@pytest.mark.parametrize("record", [SHIPPED[1], SHIPPED[2], SHIPPED[3]], ids=["source", "place", "fact"])
def test_what_the_office_deleted_stays_deleted(database: Database, record: AnyRecord) -> None:
    ship(database, SHIPPED)
    office(database, lambda s: store.delete(s, kind_of(record), record.key, "office"))
    left = swapped(record, None)
    assert ship(database, SHIPPED) == {"unchanged": 5}
    assert held(database) == left
    name = "title" if kind_of(record) == "source" else "country" if kind_of(record) == "place" else "as_of"
    assert ship(database, swapped(record, changed(record, **{name: "2020"}))) == {"unchanged": 5}
    assert held(database) == left
    assert ship(database, left) == {"unchanged": 5}


@pytest.mark.parametrize("record", [SHIPPED[1], SHIPPED[2], SHIPPED[3]], ids=["source", "place", "fact"])
def test_what_is_no_longer_shipped_goes(database: Database, record: AnyRecord) -> None:
    ship(database, SHIPPED)
    left = swapped(record, None)
    assert ship(database, left, "xiadu 2") == {"removed": 1, "unchanged": 4}
    assert held(database) == left
    assert ship(database, left) == {"unchanged": 4}
    with database.read() as session:
        last = store.history(session, kind_of(record), record.key)[-1]
        assert (last.who, last.before, last.after) == ("xiadu 2", record.model_dump(mode="json"), None)


def test_what_is_no_longer_shipped_but_changed_by_the_office_stays(database: Database) -> None:
    ship(database, SHIPPED)
    own = changed(SHIPPED[3], as_of="1999")
    office(database, lambda s: store.save(s, own, "office"))
    left = swapped(SHIPPED[3], None)
    assert ship(database, left) == {"proposed": 1, "unchanged": 4}
    assert held(database) == swapped(SHIPPED[3], own)
    assert proposals(database) == [("fact", "one", None)]
    assert ship(database, left) == {"unchanged": 4}


def test_a_source_goes_together_with_the_facts_on_it(database: Database) -> None:
    ship(database, SHIPPED)
    assert ship(database, [source("spare")]) == {"removed": 4, "unchanged": 1}
    assert held(database) == [source("spare")]


def test_a_source_that_a_fact_of_the_office_rests_on_stays(database: Database) -> None:
    ship(database, SHIPPED)
    own = fact("own", sources=["spare"])
    office(database, lambda s: store.save(s, own, "office"))
    left = swapped(SHIPPED[1], None)
    assert ship(database, left) == {"proposed": 1, "unchanged": 4}
    assert held(database) == [*SHIPPED, own]
    assert proposals(database) == [("source", "spare", None)]


def test_a_new_fact_on_a_source_that_the_office_deleted_does_not_stop_the_start(database: Database) -> None:
    ship(database, SHIPPED)
    office(database, lambda s: store.delete(s, "source", "spare", "office"))
    done = ship(database, [*SHIPPED, fact("three", sources=["press", "spare"])])
    assert done.keys() <= {"added", "proposed", "unchanged"}
    assert sum(done.values()) == 6
    assert done.get("added", 0) + done.get("proposed", 0) == 1


def test_what_the_office_deleted_stays_deleted_though_a_version_between_did_not_ship_it(database: Database) -> None:
    ship(database, SHIPPED)
    office(database, lambda s: store.delete(s, "fact", "two", "office"))
    ship(database, swapped(SHIPPED[4], None))
    ship(database, SHIPPED)
    assert held(database) == swapped(SHIPPED[4], None)
