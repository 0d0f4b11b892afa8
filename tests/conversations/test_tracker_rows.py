"""Deleting from the engine's own store."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from conversations import tracker_rows
from tests.helpers.events import add_events, senders


@pytest.mark.parametrize(
    ("forgotten", "gone", "left"),
    [
        (["c-1"], 2, ["c-2", "c-3"]),
        (["c-1", "c-3"], 3, ["c-2"]),
        (["c-unknown"], 0, ["c-1", "c-2", "c-1", "c-3"]),
        ([], 0, ["c-1", "c-2", "c-1", "c-3"]),
        (["c-%"], 0, ["c-1", "c-2", "c-1", "c-3"]),
        (["' OR 1=1 --"], 0, ["c-1", "c-2", "c-1", "c-3"]),
    ],
)
def test_only_the_rows_of_the_conversations_go(
    tmp_path: Path, forgotten: list[str], gone: int, left: list[str]
) -> None:
    file = tmp_path / "tracker.db"
    add_events(file, ["c-1", "c-2", "c-1", "c-3"])
    assert tracker_rows.erase(file, forgotten) == gone
    assert senders(file) == left


def test_what_was_said_is_overwritten_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "tracker.db"
    add_events(file, ["c-unmistakable-sender"])
    assert b"c-unmistakable-sender" in file.read_bytes()
    tracker_rows.erase(file, ["c-unmistakable-sender"])
    assert b"c-unmistakable-sender" not in file.read_bytes()


def test_without_the_engines_file_nothing_is_made(tmp_path: Path) -> None:
    assert tracker_rows.erase(tmp_path / "tracker.db", ["c-1"]) == 0
    assert list(tmp_path.iterdir()) == []


def test_without_its_table_nothing_goes(tmp_path: Path) -> None:
    file = tmp_path / "tracker.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE other (id INTEGER)")
    assert tracker_rows.erase(file, ["c-1"]) == 0
