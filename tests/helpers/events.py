"""The engine's own store, as far as forgetting needs it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path


def add_events(file: Path, senders: Iterable[str]) -> None:
    """Adds a row for each sender, as Rasa's SQLTrackerStore does; makes the table where needed."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, sender_id VARCHAR(255) NOT NULL, "
            "type_name VARCHAR(255) NOT NULL, timestamp FLOAT, intent_name VARCHAR(255), "
            "action_name VARCHAR(255), data TEXT)"
        )
        connection.executemany(
            "INSERT INTO events (sender_id, type_name, data) VALUES (?, 'user', '{}')", [(s,) for s in senders]
        )


def senders(file: Path) -> list[str]:
    """Gives the sender of each row."""
    with closing(sqlite3.connect(file)) as connection:
        return [row[0] for row in connection.execute("SELECT sender_id FROM events ORDER BY id")]
