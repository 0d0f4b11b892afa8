"""The tracker store: Rasa's SQL store and its table, with fewer and plainer statements.

Stock Rasa opens a new connection to SQLite for each access, counts the stored events before each save, compares time
stamps over all rows of a talk, and inserts through the ORM: more than half of a message's time. Here one connection
stays open, a tracker remembers how much of it is stored, and the newest session is found by its row.
"""

from __future__ import annotations

import json
from typing import Any, Optional, Text

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.pool import QueuePool

_STORED = "_xiadu_events_stored"


class LeanSQLTrackerStore(SQLTrackerStore):
    """A drop-in for ``type: SQL`` on SQLite: the same table, the same rows."""

    engine: Any  # of SQLAlchemy 1.4, which has no types

    def __init__(self, **kwargs: Any) -> None:
        """Opens the store; see Rasa's ``SQLTrackerStore`` for the arguments."""
        super().__init__(**kwargs)
        url = self.engine.url
        self.engine.dispose()
        self.engine = sa.create_engine(
            url, poolclass=QueuePool, pool_size=2, connect_args={"timeout": 5, "check_same_thread": False}
        )
        sa.event.listen(self.engine, "connect", _prepare)
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)
        events = self.SQLEvent.__table__
        of_sender = events.c.sender_id == sa.bindparam("sender")
        session = sa.select([sa.func.max(events.c.id)]).where(of_sender, events.c.type_name == SessionStarted.type_name)
        first = sa.func.coalesce(session.scalar_subquery(), 0)
        self._all = sa.select([events.c.data]).where(of_sender).order_by(events.c.id)
        self._newest_session = self._all.where(events.c.id >= first)
        self._insert = events.insert()

    async def _retrieve(self, sender_id: Text, fetch_events_from_all_sessions: bool) -> Optional[DialogueStateTracker]:
        query = self._all if fetch_events_from_all_sessions else self._newest_session
        with self.engine.connect() as connection:
            events = [json.loads(data) for (data,) in connection.execute(query, sender=sender_id)]
        if not self.domain or not events:
            return None
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        if not fetch_events_from_all_sessions:
            setattr(tracker, _STORED, len(events))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Stores the events that are not stored yet."""
        await self.stream_events(tracker)
        with self.engine.begin() as connection:
            stored = getattr(tracker, _STORED, None)
            if stored is None:  # not read from here: what of it is stored must be counted
                stored = len(connection.execute(self._newest_session, sender=tracker.sender_id).fetchall())
            rows = [self._row(tracker.sender_id, event) for event in list(tracker.events)[stored:]]
            if rows:
                connection.execute(self._insert, rows)
        setattr(tracker, _STORED, len(tracker.events))

    @staticmethod
    def _row(sender_id: Text, event: Any) -> dict[Text, Any]:
        data = event.as_dict()
        return {
            "sender_id": sender_id,
            "type_name": event.type_name,
            "timestamp": data.get("timestamp"),
            "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
            "action_name": data.get("name"),
            "data": json.dumps(data),
        }


def _prepare(connection: Any, _: Any) -> None:
    """Sets what SQLite forgets with each connection: no wait for the disk at each commit, which write-ahead mode makes safe."""
    connection.execute("PRAGMA synchronous=NORMAL")
