"""What we change in Rasa 3.6.21, each with its reason. ``tests/engine/test_mends.py`` fails when Rasa no longer looks as expected.

Every mend is measured by ``./scripts/benchmark engine`` against a Rasa that has none of them.
"""

from __future__ import annotations

import contextlib
import functools
import sqlite3
from pathlib import Path
from typing import Any, AsyncIterator

# Rasa's events of one turn are about nine: user, slots, actions, reply. A talk longer than this goes on in a fresh
# session that inherits the slots, so that a turn costs the same after an hour as at the start.
EVENTS_IN_A_SESSION = 60

# Seconds; shorter than the service keeps idle connections, so that none is used that is being closed.
IDLE_CONNECTION = 15.0

# Seconds that an action may take: by then the service has answered without us, and the talk must not be held up longer.
ACTION_LIMIT = 2.0


def apply() -> None:
    """Applies all mends; call it after ``without_tensorflow.install()`` and before Rasa starts."""
    prepare_reply_schema()
    send_lean_action_calls()
    keep_sessions_short()
    run_graphs_in_order()
    remember_event_types()
    keep_connection_to_actions()


def prepare_reply_schema() -> None:
    """Prepares the schema of action replies once.

    Stock Rasa calls ``jsonschema.validate``, which checks its own constant schema anew on every reply: two thirds of
    the CPU of a message.
    """
    import jsonschema
    from rasa.core.actions.action import RemoteAction

    schema = RemoteAction.action_response_format_spec()
    validator_class = jsonschema.validators.validator_for(schema)
    validator_class.check_schema(schema)
    validator = validator_class(schema)

    def validate(self: RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)  # raises jsonschema.ValidationError, as the stock method does
        return True

    RemoteAction._validate_action_result = validate


def send_lean_action_calls() -> None:
    """Sends an action the turn (message, slots, sender) without the whole talk and the whole domain.

    Our actions read neither; serialising both grows with the talk and was most of a late turn's cost.
    """
    import rasa
    from rasa.core.actions.action import RemoteAction
    from rasa.shared.core.trackers import EventVerbosity

    def call_format(self: RemoteAction, tracker: Any, domain: Any) -> dict[str, Any]:
        return {
            "next_action": self.name(),
            "sender_id": tracker.sender_id,
            "tracker": {**tracker.current_state(EventVerbosity.NONE), "events": []},
            "version": rasa.__version__,
        }

    RemoteAction._action_call_format = call_format


def keep_sessions_short() -> None:
    """Begins a new session (which inherits the slots, see ``domain.yml``) when a talk has become long."""
    from rasa.core.processor import MessageProcessor

    stock = MessageProcessor._has_session_expired

    def has_session_expired(self: MessageProcessor, tracker: Any) -> bool:
        # An open form would be lost with the session: it is finished first.
        long = len(tracker.events) > EVENTS_IN_A_SESSION and not tracker.active_loop_name
        return bool(long or stock(self, tracker))

    MessageProcessor._has_session_expired = has_session_expired

    from rasa.core.actions.action import ActionSessionStart
    from rasa.shared.core.events import SlotSet

    def last_slot_events(tracker: Any) -> list[SlotSet]:
        # Stock Rasa carries over every setting that a slot ever had: each session would begin longer than the last.
        last = {event.key: event for event in tracker.applied_events() if isinstance(event, SlotSet)}
        return [SlotSet(event.key, event.value, metadata=event.metadata) for event in last.values()]

    ActionSessionStart._slot_set_events_from_tracker = staticmethod(last_slot_events)


def run_graphs_in_order() -> None:
    """Runs the model's graph without dask (see :mod:`engine.graph_runner`); training stays stock."""
    from rasa.core import processor

    from engine.graph_runner import OrderedGraphRunner

    processor.DaskGraphRunner = OrderedGraphRunner


def remember_event_types() -> None:
    """Remembers which class an event's type stands for; stock Rasa walks all subclasses again for each event of a talk."""
    from rasa.shared.core.events import Event

    stock = Event.resolve_by_type
    Event.resolve_by_type = staticmethod(functools.lru_cache(maxsize=None)(stock))


def keep_connection_to_actions() -> None:
    """Keeps the connection to the action route open; stock Rasa makes a new one each time, and waits 300 s."""
    import aiohttp
    from rasa.core.actions import action
    from rasa.utils.endpoints import EndpointConfig

    sessions: dict[str, aiohttp.ClientSession] = {}

    @contextlib.asynccontextmanager
    async def session(endpoint: EndpointConfig) -> AsyncIterator[aiohttp.ClientSession]:
        kept = sessions.get(endpoint.url)
        if kept is None or kept.closed:
            connector = aiohttp.TCPConnector(keepalive_timeout=IDLE_CONNECTION)
            kept = sessions[endpoint.url] = aiohttp.ClientSession(connector=connector)
        yield kept

    EndpointConfig.session = session
    action.DEFAULT_REQUEST_TIMEOUT = ACTION_LIMIT


def prepare_tracker_file(path: Path) -> None:
    """Creates the tracker store's SQLite file in write-ahead mode, which Rasa itself doesn't set.

    Args:
        path: the file that ``endpoints.yml`` names.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    path.chmod(0o600)
