"""Connection and sessions: many readers, writers one after another."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import OperationalError

from facts import store
from facts.database import Database, now
from facts.models import Change
from tests.helpers import handmade


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 1), ("foreign_keys", 1), ("busy_timeout", 800), ("secure_delete", 1)],
)
def test_every_connection_is_prepared(database: Database, pragma: str, value: object) -> None:
    with database.read() as first, database.read() as second:
        for session in (first, second):
            assert session.scalar(text(f"PRAGMA {pragma}")) == value


def test_writers_that_read_first_wait_for_their_turn(database: Database) -> None:
    writers, rounds = 4, 25
    together = threading.Barrier(writers)

    def write(name: int) -> None:
        together.wait()
        for n in range(rounds):
            with database.write() as session:
                store.revision(session)  # reads first: without the write lock at the beginning this can't go on
                store.save(session, handmade.source(f"s{name}-{n}"), f"writer {name}")

    with ThreadPoolExecutor(writers) as pool:
        for done in [pool.submit(write, name) for name in range(writers)]:
            done.result()
    with database.read() as session:
        assert store.revision(session) == writers * rounds
        assert session.scalar(select(func.count()).select_from(Change)) == writers * rounds


def test_who_waits_too_long_for_another_writer_is_told(database: Database) -> None:
    def write() -> None:
        with database.write() as session:
            store.save(session, handmade.source("late"), "another thread")

    with ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            store.save(session, handmade.source("first"), "test")
            with pytest.raises(OperationalError, match="locked"):
                pool.submit(write).result()
        pool.submit(write).result()
    with database.read() as session:
        assert {record.key for record in store.records(session, "source")} == {"first", "late"}


def test_readers_do_not_wait_for_a_writer_and_do_not_see_what_is_not_committed(database: Database) -> None:
    with database.write() as writing:
        store.save(writing, handmade.source(), "test")
        with database.read() as reading:
            assert store.revision(reading) == 0
    with database.read() as reading:
        assert store.revision(reading) == 1


def test_a_reader_sees_one_moment(database: Database) -> None:
    with database.read() as reading:
        assert store.revision(reading) == 0
        with database.write() as writing:
            store.save(writing, handmade.source(), "test")
        assert store.records(reading, "source") == []


def test_a_failed_write_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write() as session:
            store.save(session, handmade.source(), "test")
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail()
    with database.read() as session:
        assert store.records(session, "source") == []
        assert store.revision(session) == 0


def test_what_a_reading_session_changes_is_not_kept(filled: Database) -> None:
    with filled.read() as session:
        session.execute(delete(Change))
    with filled.read() as session:
        assert store.revision(session) == len(handmade.RECORDS)


def test_moments_come_back_in_utc(database: Database) -> None:
    before = now()
    with database.write() as session:
        store.save(session, handmade.source(), "test")
    with database.read() as session:
        at = session.scalars(select(Change.at)).one()
    assert isinstance(at, datetime)
    assert at.tzinfo is UTC
    assert before <= at <= now()


def kept_on_disk(database: Database) -> bytes:
    """All bytes of the database's files."""
    file = Path(database.url.removeprefix("sqlite:///"))
    return b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))


def test_what_was_deleted_leaves_the_log_too(database: Database) -> None:
    with database.write() as session:
        store.save(session, handmade.source("s", title="Xenolith"), "test")
    with database.write() as session:
        session.execute(delete(Change))
        store.delete(session, "source", "s", "test")
        session.flush()
        session.execute(delete(Change))
    assert b"Xenolith" in kept_on_disk(database)
    database.tidy()
    assert b"Xenolith" not in kept_on_disk(database)
    with database.read() as session:
        assert session.scalar(text("PRAGMA busy_timeout")) == 800


def test_tidying_waits_for_nobody(database: Database) -> None:
    with database.write() as session:
        store.save(session, handmade.source("s"), "test")
    with database.read() as session:
        store.records(session, "source")  # somebody reads
        with database.write() as writing:  # and somebody writes
            store.save(writing, handmade.source("t"), "test")
            database.tidy()
    with database.read() as session:
        assert {record.key for record in store.records(session, "source")} == {"s", "t"}
