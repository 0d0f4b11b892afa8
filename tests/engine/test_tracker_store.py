"""The tracker store: what Rasa's own keeps and gives back, ours does, too."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from engine.tracker_store import LeanSQLTrackerStore

STORES = [SQLTrackerStore, LeanSQLTrackerStore]


class Kept:
    """A store and its file."""

    def __init__(self, store_class: type[SQLTrackerStore], domain: Domain, file: Path) -> None:
        self.file, self.domain = file, domain
        self.store = store_class(domain=domain, dialect="sqlite", db=str(file))

    def save(self, talk: DialogueStateTracker) -> None:
        asyncio.run(self.store.save(talk))

    def retrieve(self, sender: str) -> Any:
        return asyncio.run(self.store.retrieve(sender))

    def retrieve_all(self, sender: str) -> Any:
        return asyncio.run(self.store.retrieve_full_tracker(sender))

    def begin(self, sender: str) -> DialogueStateTracker:
        return DialogueStateTracker.from_events(sender, [], self.domain.slots)

    def rows(self) -> list[tuple[Any, ...]]:
        columns = "sender_id, type_name, timestamp, intent_name, action_name, data"
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute(f"SELECT {columns} FROM events ORDER BY id").fetchall()


@pytest.fixture(params=STORES, ids=["stock", "ours"])
def kept(request: pytest.FixtureRequest, tmp_path: Path, root: Path) -> Iterator[Kept]:
    """Each store with a file of its own."""
    made = Kept(request.param, Domain.load(str(root / "domain.yml")), tmp_path / "tracker.db")
    yield made
    made.store.engine.dispose()


def turn(number: float, topic: str = "forum") -> list[Event]:
    """The events of a turn, at fixed moments."""
    intent = {"name": "ask_forum", "confidence": 0.9}
    return [
        ActionExecuted("action_listen", timestamp=number),
        UserUttered(
            f"问题 {number} 😀",
            intent=intent,
            parse_data={"text": f"问题 {number} 😀", "intent": intent, "entities": []},
            metadata={"language": "zh"},
            timestamp=number + 0.1,
        ),
        SlotSet("topic", topic, timestamp=number + 0.2),
        ActionExecuted("action_answer", timestamp=number + 0.3),
        BotUttered("答", {"custom": {"facts": ["forum-what"]}}, timestamp=number + 0.4),
    ]


def add(talk: DialogueStateTracker, events: list[Event]) -> DialogueStateTracker:
    for event in events:
        talk.update(event)
    return talk


def plain(talk: DialogueStateTracker) -> list[dict[str, Any]]:
    return [event.as_dict() for event in talk.events]


def test_what_was_saved_is_given_back(kept: Kept) -> None:
    talk = add(kept.begin("c-1"), [SessionStarted(timestamp=1), *turn(2)])
    kept.save(talk)
    again = kept.retrieve("c-1")
    assert plain(again) == plain(talk)
    assert again.sender_id == "c-1"
    assert again.get_slot("topic") == "forum"
    assert again.latest_message.text == "问题 2 😀"
    assert again.latest_message.metadata == {"language": "zh"}


def test_an_unknown_talk_is_none(kept: Kept) -> None:
    kept.save(add(kept.begin("c-1"), turn(1)))
    assert kept.retrieve("c-2") is None
    assert kept.retrieve_all("c-2") is None


def test_events_are_stored_once(kept: Kept) -> None:
    talk = kept.begin("c-1")
    for number in range(1, 6):
        kept.save(add(talk, turn(number)))
        kept.save(talk)
        assert len(kept.rows()) == 5 * number
        talk = kept.retrieve("c-1")
        assert len(talk.events) == 5 * number


def test_a_tracker_that_was_not_read_is_continued(kept: Kept) -> None:
    kept.save(add(kept.begin("c-1"), turn(1)))
    kept.save(add(add(kept.begin("c-1"), turn(1)), turn(2)))
    assert len(kept.rows()) == 10


def test_the_newest_session_is_given(kept: Kept) -> None:
    kept.save(add(kept.begin("c-1"), [SessionStarted(timestamp=1), *turn(2)]))
    for number in (10, 20, 30):
        talk = kept.retrieve("c-1")
        kept.save(add(talk, [SessionStarted(timestamp=number), *turn(number + 1, f"topic {number}")]))
        again = kept.retrieve("c-1")
        assert len(again.events) == 6
        assert again.get_slot("topic") == f"topic {number}"
    whole = kept.retrieve_all("c-1")
    assert len(whole.events) == len(kept.rows()) == 24


def test_a_talk_goes_on_in_its_new_session(kept: Kept) -> None:
    kept.save(add(kept.begin("c-1"), [SessionStarted(timestamp=1), *turn(2)]))
    kept.save(add(kept.retrieve("c-1"), [SessionStarted(timestamp=3)]))
    for number in (4, 5, 6):
        kept.save(add(kept.retrieve("c-1"), turn(number)))
    assert len(kept.retrieve("c-1").events) == 16
    assert len(kept.rows()) == 6 + 16


def test_talks_are_kept_apart(kept: Kept) -> None:
    talks = {sender: kept.begin(sender) for sender in ("c-1", "c-2")}
    for number in (1, 2):
        for sender, talk in talks.items():
            kept.save(add(talk, turn(number, sender)))
    assert [kept.retrieve(sender).get_slot("topic") for sender in talks] == ["c-1", "c-2"]
    assert [len(kept.retrieve(sender).events) for sender in talks] == [10, 10]


def test_a_talk_whose_rows_were_deleted_is_gone(kept: Kept) -> None:
    kept.save(add(kept.begin("c-1"), turn(1)))
    with closing(sqlite3.connect(kept.file)) as connection, connection:
        connection.execute("DELETE FROM events WHERE sender_id = 'c-1'")
    assert kept.retrieve("c-1") is None


def test_the_rows_are_those_of_the_stock_store(tmp_path: Path, root: Path) -> None:
    written = []
    for store_class in STORES:
        kept = Kept(store_class, Domain.load(str(root / "domain.yml")), tmp_path / f"{store_class.__name__}.db")
        kept.save(add(kept.begin("c-1"), [SessionStarted(timestamp=1), *turn(2)]))
        kept.save(add(kept.retrieve("c-1"), turn(3)))
        kept.save(add(kept.retrieve("c-1"), [SessionStarted(timestamp=4), *turn(5)]))
        kept.store.engine.dispose()
        written.append(kept.rows())
    assert len(written[0]) == 17
    assert written[1] == written[0]
