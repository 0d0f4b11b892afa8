"""What a connector to a messenger remembers."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from conversations.chats import REPEATED_WITHIN, Chats, Remembered, Waiting, sweep
from conversations.models import Chat, Received
from facts.database import Database, now

OURS, OTHERS = "telegram:123456", "telegram:654321"


@pytest.fixture
def chats(database: Database) -> Chats:
    return Chats(database, OURS)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets nobody wait long for the database."""
    monkeypatch.setattr("facts.database.LOCK_TIMEOUT", 0.05)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Keeps everybody else from writing."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def numbers(database: Database) -> list[int]:
    with database.read() as session:
        return list(session.scalars(select(Received.number).order_by(Received.number)))


def addresses(database: Database, account: str = OURS) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Chat.address).where(Chat.account == account).order_by(Chat.address)))


# What was delivered


def test_something_is_kept_once(chats: Chats) -> None:
    async def work() -> list[bool]:
        return [await chats.keep(7, "first"), await chats.keep(7, "changed"), await chats.keep(8, "second")]

    assert asyncio.run(work()) == [True, False, True]
    assert asyncio.run(chats.waiting()) == [Waiting(7, "first", 0), Waiting(8, "second", 0)]


def test_of_many_at_once_with_the_same_number_one_is_kept(chats: Chats) -> None:
    async def work() -> list[bool]:
        return list(await asyncio.gather(*(chats.keep(7, str(n)) for n in range(20))))

    assert sorted(asyncio.run(work())) == [False] * 19 + [True]


def test_what_is_handled_waits_no_more_comes_no_more_and_is_forgotten(chats: Chats, database: Database) -> None:
    asyncio.run(chats.keep(7, "something private"))
    asyncio.run(chats.done(7))
    assert asyncio.run(chats.waiting()) == []
    assert asyncio.run(chats.keep(7, "something private")) is False
    with database.read() as session:
        assert session.scalars(select(Received.payload)).all() == [None]


def test_what_waits_comes_in_the_order_of_its_numbers(chats: Chats) -> None:
    for number in (9, 2**62, 7, 10):
        asyncio.run(chats.keep(number, str(number)))
    asyncio.run(chats.done(9))
    assert [waiting.number for waiting in asyncio.run(chats.waiting())] == [7, 10, 2**62]


def test_how_much_was_sent_is_remembered(chats: Chats) -> None:
    asyncio.run(chats.keep(7, "long"))
    asyncio.run(chats.sent(7, 2))
    assert asyncio.run(chats.waiting()) == [Waiting(7, "long", 2)]


def test_another_bot_has_numbers_of_its_own(chats: Chats, database: Database) -> None:
    other = Chats(database, OTHERS)
    asyncio.run(chats.keep(7, "ours"))
    assert asyncio.run(other.keep(7, "theirs")) is True
    asyncio.run(other.done(7))
    asyncio.run(other.sent(7, 5))
    assert asyncio.run(chats.waiting()) == [Waiting(7, "ours", 0)]
    assert asyncio.run(other.waiting()) == []


def test_notes_of_something_that_was_never_kept_do_no_harm(chats: Chats, database: Database) -> None:
    asyncio.run(chats.done(7))
    asyncio.run(chats.sent(7, 1))
    assert numbers(database) == []


@pytest.mark.usefixtures("impatient")
def test_what_cannot_be_kept_is_said_aloud_and_can_be_kept_later(database_file: Path) -> None:
    database = Database(f"sqlite:///{database_file}")
    chats = Chats(database, OURS)
    with locked(database_file), pytest.raises(SQLAlchemyError):
        asyncio.run(chats.keep(7, "text"))
    assert asyncio.run(chats.keep(7, "text")) is True
    database.close()


@pytest.mark.usefixtures("impatient")
def test_what_cannot_be_noted_is_noted_with_what_comes_next(
    database_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(f"sqlite:///{database_file}")
    chats = Chats(database, OURS)
    for number in (7, 8):
        asyncio.run(chats.keep(number, "text"))
    with locked(database_file):
        asyncio.run(chats.sent(7, 1))
        asyncio.run(chats.done(7))
        asyncio.run(chats.sent(8, 1))
        asyncio.run(chats.sent(8, 2))
        asyncio.run(chats.write("1", Remembered("c-1", notes={"n": 1})))
        asyncio.run(chats.write("1", Remembered("c-2", notes={"n": 2})))
    assert caplog.text.count("could not be written") == 6
    assert len(asyncio.run(chats.waiting())) == 2
    asyncio.run(chats.keep(9, "text"))
    assert asyncio.run(chats.waiting()) == [Waiting(8, "text", 2), Waiting(9, "text", 0)]
    assert asyncio.run(chats.read("1")) == Remembered("c-2", notes={"n": 2})
    asyncio.run(chats.write("1", Remembered("c-3")))
    asyncio.run(chats.keep(10, "text"))
    assert asyncio.run(chats.read("1")) == Remembered("c-3"), "what was owed is written once"
    database.close()


@pytest.mark.usefixtures("impatient")
def test_what_is_owed_is_settled_at_the_end_and_before_a_chat_is_read(database_file: Path) -> None:
    database = Database(f"sqlite:///{database_file}")
    chats = Chats(database, OURS)
    asyncio.run(chats.keep(7, "text"))
    with locked(database_file):
        asyncio.run(chats.write("1", Remembered("c-1")))
    assert asyncio.run(chats.read("1")) == Remembered("c-1")
    with locked(database_file):
        asyncio.run(chats.done(7))
        asyncio.run(chats.settle())
        assert len(asyncio.run(chats.waiting())) == 1
    asyncio.run(chats.settle())
    assert asyncio.run(chats.waiting()) == []
    database.close()


@pytest.mark.usefixtures("impatient")
def test_what_is_owed_of_a_chat_does_not_bring_a_forgotten_one_back(database_file: Path) -> None:
    database = Database(f"sqlite:///{database_file}")
    chats = Chats(database, OURS)
    with locked(database_file):
        asyncio.run(chats.write("1", Remembered("c-1")))
    asyncio.run(chats.forget("1"))
    asyncio.run(chats.keep(7, "text"))
    assert addresses(database) == []
    database.close()


# Chats


def test_an_unknown_chat_is_new(chats: Chats) -> None:
    assert asyncio.run(chats.read("1")) == Remembered(None, None, None, {})


def test_a_chat_is_remembered_as_it_was_left(chats: Chats) -> None:
    left = Remembered("c-1", "zh", "en", {"live": {"message": 5}, "seen": {"1": "a"}, "中": "文"})
    asyncio.run(chats.write("1", left))
    assert asyncio.run(chats.read("1")) == left
    asyncio.run(chats.write("1", Remembered()))
    assert asyncio.run(chats.read("1")) == Remembered()


def test_what_is_read_may_be_changed_without_changing_what_is_kept(chats: Chats) -> None:
    asyncio.run(chats.write("1", Remembered(notes={"a": 1})))
    asyncio.run(chats.read("1")).notes["a"] = 2
    assert asyncio.run(chats.read("1")).notes == {"a": 1}


def test_a_note_that_changes_deep_inside_is_written(chats: Chats) -> None:
    asyncio.run(chats.write("1", Remembered(notes={"live": {"message": 1}})))
    chat = asyncio.run(chats.read("1"))
    chat.notes["live"]["rating"] = "up"
    asyncio.run(chats.write("1", chat))
    assert asyncio.run(chats.read("1")).notes == {"live": {"message": 1, "rating": "up"}}


def test_another_bot_has_chats_of_its_own(chats: Chats, database: Database) -> None:
    other = Chats(database, OTHERS)
    asyncio.run(chats.write("1", Remembered("c-ours")))
    asyncio.run(other.write("1", Remembered("c-theirs")))
    asyncio.run(other.move("1", "2"))
    asyncio.run(other.forget("2"))
    assert asyncio.run(chats.read("1")).conversation == "c-ours"
    assert asyncio.run(other.read("1")) == Remembered()


def test_a_forgotten_chat_is_gone_and_no_other(chats: Chats, database: Database) -> None:
    for address in ("1", "11", "1/2"):
        asyncio.run(chats.write(address, Remembered("c")))
    asyncio.run(chats.forget("1"))
    assert addresses(database) == ["1/2", "11"]
    asyncio.run(chats.forget("1"))


@pytest.mark.usefixtures("impatient")
def test_what_cannot_be_forgotten_is_said_aloud(database_file: Path) -> None:
    database = Database(f"sqlite:///{database_file}")
    chats = Chats(database, OURS)
    asyncio.run(chats.write("1", Remembered("c")))
    with locked(database_file), pytest.raises(SQLAlchemyError):
        asyncio.run(chats.forget("1"))
    assert addresses(database) == ["1"]
    database.close()


def test_a_group_that_became_another_takes_everybody_along(chats: Chats, database: Database) -> None:
    for address in ("-5", "-5/1", "-5/2", "-55/1", "-5x", "5/1", "-_/1"):
        asyncio.run(chats.write(address, Remembered(f"c {address}")))
    asyncio.run(chats.move("-5", "-1005"))
    assert addresses(database) == sorted(["-1005", "-1005/1", "-1005/2", "-55/1", "-5x", "5/1", "-_/1"])
    assert asyncio.run(chats.read("-1005/2")).conversation == "c -5/2"
    asyncio.run(chats.move("-_", "-7"))
    assert "-1005/1" in addresses(database)


def test_a_group_may_become_one_where_somebody_spoke_already(
    chats: Chats, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    for address in ("-5/1", "-5/2", "-1005/1"):
        asyncio.run(chats.write(address, Remembered(f"c {address}")))
    asyncio.run(chats.move("-5", "-1005"))
    assert asyncio.run(chats.read("-1005/1")).conversation == "c -1005/1", "what goes on there goes on"
    assert asyncio.run(chats.read("-1005/2")).conversation == "c -5/2", "and the others come along"
    assert "could not be written" not in caplog.text


# In the course of time


def sweep_all(database: Database) -> None:
    with database.write() as session:
        sweep(session, timedelta(days=30))


def age(database: Database, days: float) -> None:
    """Makes everything older."""
    with database.write() as session:
        for table in (Chat, Received):
            session.execute(update(table).values(at=now() - timedelta(days=days)))


def test_chats_in_which_nothing_happens_are_forgotten(chats: Chats, database: Database) -> None:
    asyncio.run(chats.write("old", Remembered("c")))
    asyncio.run(chats.write("old, and used since", Remembered("c")))
    age(database, 31)
    asyncio.run(chats.write("old, and used since", Remembered("c")))
    asyncio.run(chats.write("new", Remembered("c")))
    sweep_all(database)
    assert addresses(database) == ["new", "old, and used since"]


def test_numbers_are_remembered_longer_than_telegram_delivers_again(chats: Chats, database: Database) -> None:
    assert timedelta(days=1) < REPEATED_WITHIN
    for number in (1, 2):
        asyncio.run(chats.keep(number, "text"))
    asyncio.run(chats.done(1))
    age(database, REPEATED_WITHIN.days - 0.1)
    sweep_all(database)
    assert numbers(database) == [1, 2]
    age(database, REPEATED_WITHIN.days + 0.1)
    sweep_all(database)
    assert numbers(database) == []


def test_what_belongs_to_a_bot_that_was_given_up_goes_as_well(chats: Chats, database: Database) -> None:
    other = Chats(database, OTHERS)
    asyncio.run(other.write("1", Remembered("c")))
    asyncio.run(other.keep(1, "what somebody wrote"))
    age(database, 31)
    asyncio.run(chats.write("1", Remembered("c")))
    sweep_all(database)
    assert asyncio.run(other.read("1")) == Remembered()
    assert asyncio.run(other.waiting()) == []
    assert asyncio.run(chats.read("1")) == Remembered("c")


def test_of_what_says_nothing_to_us_only_the_number_is_kept(chats: Chats) -> None:
    assert asyncio.run(chats.keep(1, None))
    assert not asyncio.run(chats.keep(1, None))
    assert asyncio.run(chats.waiting()) == []


def test_a_chat_that_cannot_be_read_is_not_taken_for_a_new_one(chats: Chats, caplog: pytest.LogCaptureFixture) -> None:
    asyncio.run(chats.write("1", Remembered("c")))
    with chats._database.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE chat RENAME TO hidden")
    assert asyncio.run(chats.read("1")) is None
    assert "could not be read" in caplog.text
    with pytest.raises(SQLAlchemyError):
        asyncio.run(chats.forget("1"))
