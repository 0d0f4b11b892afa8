"""Deletes a talk from the engine's own store. Rasa has no call for it, so its rows are deleted directly."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path


def erase(file: Path, conversations: Iterable[str]) -> int:
    """Deletes all rows of some conversations.

    Args:
        file: the engine's SQLite file; one that isn't there holds nothing.
        conversations: ids, which are the engine's sender ids.

    Returns:
        How many rows went.

    Raises:
        sqlite3.Error: the file can't be written.
    """
    if not file.exists():
        return 0
    with closing(sqlite3.connect(file, timeout=5)) as connection, connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'events'").fetchone() is None:
            return 0
        connection.execute("PRAGMA secure_delete=ON")
        rows = [(conversation,) for conversation in conversations]
        return connection.executemany("DELETE FROM events WHERE sender_id = ?", rows).rowcount
