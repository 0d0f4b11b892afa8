"""The database: connection, sessions, and the base of all tables."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, DateTime, Engine, MetaData, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

# Names for constraints, so that a migration can name what it changes on every database.
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


LOCK_TIMEOUT = 0.8
"""Seconds to wait for another writer of SQLite: writes take milliseconds, and a visitor is answered within 3 s."""


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; SQLite forgets the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Restores the zone."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def now() -> datetime:
    """Returns this moment in UTC."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """The base of all tables, of facts and conversations alike: one database, one tree of migrations."""

    metadata = MetaData(naming_convention=NAMING)


class Database:
    """An engine and its sessions.

    Args:
        url: SQLAlchemy address, e.g. ``sqlite:////srv/xiadu/xiadu.db`` or ``postgresql+psycopg://...``.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._writing = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Gives a session whose changes are not kept."""
        with self._sessions() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Gives a session that is committed at the end, or rolled back on an error.

        Raises:
            sqlalchemy.exc.OperationalError: another writes for too long.
        """
        with self._turn_to_write(), self._sessions.begin() as session:
            session.connection(execution_options={"writes": True})
            yield session

    @contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        """Waits for the other writers of this process where only one may write.

        SQLite itself makes a writer look again after pauses that grow to 100 ms; who queues here goes on at once.
        """
        if self.engine.dialect.name != "sqlite":
            yield
            return
        if not self._writing.acquire(timeout=LOCK_TIMEOUT):
            raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))
        try:
            yield
        finally:
            self._writing.release()

    def tidy(self) -> None:
        """Takes what was deleted out of SQLite's log, too, if nobody is reading or writing at the moment; else the next call does.

        Raises:
            sqlalchemy.exc.OperationalError: the file can't be used.
        """
        if self.engine.dialect.name != "sqlite":
            return
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout=0")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            cursor.execute(f"PRAGMA busy_timeout={int(LOCK_TIMEOUT * 1000)}")
            cursor.close()
        finally:
            connection.close()

    def close(self) -> None:
        """Closes all connections."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(
        url, pool_size=10, max_overflow=10, connect_args={"timeout": LOCK_TIMEOUT}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, see below
        cursor = connection.cursor()
        # Readers and the one writer don't wait for each other; a crash loses nothing that was committed before a checkpoint.
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and then writes fails at once when another wrote in between; one that takes the
        # write lock at its beginning waits for its turn.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
