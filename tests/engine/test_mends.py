"""What we change in Rasa: it still looks as the mends expect, and with them it does the same, faster."""

from __future__ import annotations

import asyncio
import inspect
import json
import sqlite3
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rasa
from aiohttp import web
from rasa.core import processor as processor_module
from rasa.core.actions.action import ActionSessionStart, RemoteAction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import SQLTrackerStore
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.utils.endpoints import EndpointConfig

from engine import mends
from engine.graph_runner import OrderedGraphRunner
from engine.tracker_store import LeanSQLTrackerStore

REPLACED = [
    (RemoteAction, "_validate_action_result", ["self", "result"]),
    (RemoteAction, "_action_call_format", ["self", "tracker", "domain"]),
    (MessageProcessor, "_has_session_expired", ["self", "tracker"]),
    (Event, "resolve_by_type", ["type_name", "default"]),
    (EndpointConfig, "session", ["self"]),
    (ActionSessionStart, "_slot_set_events_from_tracker", ["tracker"]),
]


@pytest.fixture
def mended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rasa with all mends, for one test."""
    for owner, name, _ in REPLACED:
        monkeypatch.setattr(owner, name, vars(owner)[name])
    monkeypatch.setattr(processor_module, "DaskGraphRunner", processor_module.DaskGraphRunner)
    mends.apply()


def test_it_is_the_rasa_that_was_mended() -> None:
    assert rasa.__version__ == "3.6.21"


@pytest.mark.parametrize(("owner", "name", "parameters"), REPLACED, ids=lambda value: getattr(value, "__name__", None))
def test_what_is_replaced_is_there(owner: type, name: str, parameters: list[str]) -> None:
    assert name in vars(owner)
    assert inspect.getmodule(inspect.unwrap(getattr(owner, name))).__name__.startswith("rasa.")  # type: ignore[union-attr]
    assert list(inspect.signature(getattr(owner, name)).parameters) == parameters


def test_what_is_replaced_is_used() -> None:
    assert processor_module.DaskGraphRunner is DaskGraphRunner
    assert "DaskGraphRunner" in inspect.getsource(MessageProcessor)
    run = inspect.getsource(RemoteAction.run)
    assert "self._validate_action_result(response)" in run
    assert "self._action_call_format(tracker, domain)" in run
    assert "async with self.session() as session:" in inspect.getsource(EndpointConfig.request)
    assert "self._has_session_expired(tracker)" in inspect.getsource(MessageProcessor)


@pytest.mark.usefixtures("mended")
def test_every_mend_is_applied() -> None:
    assert RemoteAction._validate_action_result.__module__ == "engine.mends"
    assert RemoteAction._action_call_format.__module__ == "engine.mends"
    assert MessageProcessor._has_session_expired.__module__ == "engine.mends"
    assert processor_module.DaskGraphRunner is OrderedGraphRunner
    assert inspect.unwrap(EndpointConfig.session).__module__ == "engine.mends"
    assert hasattr(Event.resolve_by_type, "cache_info")


# Replies of actions

SLOT = {"event": "slot", "name": "topic", "value": "forum", "timestamp": None}
GOOD: list[Any] = [
    {"events": [], "responses": []},
    {"events": [SLOT], "responses": [{"text": "Hello", "buttons": [], "custom": {"outcome": "answer"}}]},
    {"events": [{"event": "slot", "name": "facts", "value": ["forum-what"]}], "responses": [{"text": "你好"}]},
    {},
]
BAD: list[Any] = [
    [],
    "text",
    None,
    {"events": {}, "responses": []},
    {"events": ["slot"], "responses": []},
    {"events": [{"event": "no_such_event"}], "responses": []},
    {"events": [{"name": "topic", "value": 1}], "responses": []},
    {"events": [], "responses": {}},
    {"events": [], "responses": ["text"]},
]


def action() -> RemoteAction:
    return RemoteAction("action_answer", EndpointConfig("http://127.0.0.1:9/actions"))


@pytest.mark.parametrize("mend", [False, True], ids=["stock", "mended"])
class TestRepliesOfActions:
    @pytest.fixture(autouse=True)
    def _mend(self, mend: bool, request: pytest.FixtureRequest) -> None:
        if mend:
            request.getfixturevalue("mended")

    @pytest.mark.parametrize("reply", GOOD, ids=str)
    def test_good_ones_are_accepted(self, reply: Any) -> None:
        assert action()._validate_action_result(reply) is True

    @pytest.mark.parametrize("reply", BAD, ids=str)
    def test_bad_ones_are_refused(self, reply: Any) -> None:
        with pytest.raises(jsonschema.ValidationError):
            action()._validate_action_result(reply)


# Calls of actions


def domain_of(root: Path) -> Domain:
    return Domain.load(str(root / "domain.yml"))


def tracker(domain: Domain, turns: int, *, when: float | None = None) -> DialogueStateTracker:
    """A talk; each turn is two events."""
    talk = DialogueStateTracker.from_events("c-1", [], domain.slots)
    talk.update(SlotSet("topic", "forum"))
    for turn in range(turns):
        said = UserUttered(
            f"question {turn}",
            intent={"name": "ask_forum", "confidence": 0.9},
            metadata={"language": "zh", "stands_for": None},
            timestamp=when,
        )
        talk.update(said)
        talk.update(ActionExecuted("action_answer"))
    return talk


@pytest.mark.usefixtures("mended")
def test_a_call_has_the_turn_and_neither_talk_nor_domain(root: Path) -> None:
    domain = domain_of(root)
    talk = tracker(domain, 20)
    call = action()._action_call_format(talk, domain)
    assert call.keys() == {"next_action", "sender_id", "tracker", "version"}
    assert (call["next_action"], call["sender_id"], call["version"]) == ("action_answer", "c-1", "3.6.21")
    assert call["tracker"]["events"] == []
    assert call["tracker"]["slots"]["topic"] == "forum"
    message = call["tracker"]["latest_message"]
    assert (message["text"], message["intent"]["name"]) == ("question 19", "ask_forum")
    assert message["metadata"] == {"language": "zh", "stands_for": None}
    assert len(json.dumps(call)) < 3000


def test_what_a_call_leaves_out_is_what_the_stock_one_has(root: Path) -> None:
    domain = domain_of(root)
    talk = tracker(domain, 20)
    stock = action()._action_call_format(talk, domain)
    assert len(stock["tracker"]["events"]) == 41
    assert "domain" in stock
    lean = {**talk.current_state(EventVerbosity.NONE), "events": None}
    assert {**stock["tracker"], "events": None} == lean


@pytest.mark.usefixtures("mended")
def test_calls_do_not_grow_with_the_talk(root: Path) -> None:
    domain = domain_of(root)
    lengths = [len(json.dumps(action()._action_call_format(tracker(domain, turns), domain))) for turns in (10, 99)]
    assert abs(lengths[1] - lengths[0]) < 10


@pytest.mark.usefixtures("mended")
def test_the_connection_to_the_actions_is_kept() -> None:
    seen: list[Any] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.transport.get_extra_info("peername"), request.headers.get("X-Xiadu-Token")))
        return web.json_response({"events": [], "responses": []})

    async def call() -> None:
        app = web.Application()
        app.router.add_post("/actions", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/actions"
        for _ in range(3):  # Rasa makes an endpoint of its own for each action
            endpoint = EndpointConfig(url, headers={"X-Xiadu-Token": "secret"})
            assert await endpoint.request("post", json={}) == {"events": [], "responses": []}
        async with endpoint.session() as kept:
            pass
        assert not kept.closed
        await kept.close()
        # A closed one is replaced.
        assert await endpoint.request("post", json={}) == {"events": [], "responses": []}
        async with endpoint.session() as kept:
            await kept.close()
        await runner.cleanup()

    asyncio.run(call())
    ports = [peer[1] for peer, _ in seen]
    assert ports[0] == ports[1] == ports[2] != ports[3]
    assert {token for _, token in seen} == {"secret"}


# Sessions


def expired(domain: Domain, talk: DialogueStateTracker) -> bool:
    handler = MessageProcessor.__new__(MessageProcessor)
    handler.domain = domain
    return handler._has_session_expired(talk)


@pytest.mark.usefixtures("mended")
@pytest.mark.parametrize(
    ("events", "begins_anew"),
    [(0, False), (20, False), (mends.EVENTS_IN_A_SESSION, False), (mends.EVENTS_IN_A_SESSION + 1, True), (500, True)],
)
def test_a_long_talk_begins_a_new_session(root: Path, events: int, begins_anew: bool) -> None:
    domain = domain_of(root)
    talk = tracker(domain, events // 2)
    while len(talk.events) < events:
        talk.update(ActionExecuted("action_listen"))
    talk.events = type(talk.events)(list(talk.events)[:events], talk.events.maxlen)
    assert len(talk.events) == events
    assert expired(domain, talk) is begins_anew


@pytest.mark.usefixtures("mended")
def test_within_a_form_it_does_not(root: Path) -> None:
    domain = domain_of(root)
    talk = tracker(domain, 100)
    talk.update(ActiveLoop("enquiry_form"))
    assert not expired(domain, talk)
    talk.update(ActiveLoop(None))
    assert expired(domain, talk)


@pytest.mark.usefixtures("mended")
def test_an_old_talk_begins_a_new_session_as_ever(root: Path) -> None:
    domain = domain_of(root)
    assert expired(domain, tracker(domain, 2, when=time.time() - 2 * 3600))
    assert not expired(domain, tracker(domain, 2, when=time.time() - 60))


def test_a_new_session_inherits_the_slots(root: Path) -> None:
    config = domain_of(root).session_config
    assert config.are_sessions_enabled()
    assert config.carry_over_slots


def test_a_new_session_begins_with_the_last_value_of_each_slot(root: Path, mended: None) -> None:
    talk = tracker(domain_of(root), 2)
    for topic in ("forum", "homestay", "expert"):
        talk.update(SlotSet("topic", topic))
        talk.update(SlotSet("place", None))
    carried = ActionSessionStart._slot_set_events_from_tracker(talk)
    assert [(event.key, event.value) for event in carried] == [("topic", "expert"), ("place", None)]


@pytest.mark.parametrize("store_class", [SQLTrackerStore, LeanSQLTrackerStore])
def test_the_store_gives_the_newest_session_only(root: Path, tmp_path: Path, store_class: Any) -> None:
    """Else a long talk would begin a new session at every turn."""
    domain = domain_of(root)
    store = store_class(domain=domain, dialect="sqlite", db=str(tmp_path / "tracker.db"))
    talk = tracker(domain, 100)
    talk.update(SessionStarted())
    talk.update(SlotSet("topic", "forum"))
    talk.update(UserUttered("again", intent={"name": "ask_forum", "confidence": 0.9}))

    async def through() -> Any:
        await store.save(talk)
        return await store.retrieve("c-1")

    again = asyncio.run(through())
    assert len(again.events) == 3
    assert again.get_slot("topic") == "forum"


# The graph


class Node(GraphComponent):
    """A node that tells what it was given."""

    @classmethod
    def create(cls, config: dict[str, Any], **_: Any) -> Node:
        return cls()

    def say(self, **given: Any) -> str:
        return f"({' '.join(f'{name}={value}' for name, value in sorted(given.items()))})"


def node(**needs: str) -> SchemaNode:
    return SchemaNode(needs=needs, uses=Node, constructor_name="create", fn="say", config={}, eager=True)


SCHEMA = GraphSchema(
    {
        "first": node(message="__message__"),
        "left": node(x="first"),
        "right": node(x="first", y="__tracker__"),
        "both": node(a="left", b="right"),
        "aside": node(x="left"),
    }
)


@pytest.mark.parametrize("targets", [["both"], ["aside"], ["left", "both"], ["both", "aside", "first"]], ids=str)
def test_the_graph_gives_what_the_stock_runner_gives(tmp_path: Path, targets: list[str]) -> None:
    inputs = {"__message__": "hello", "__tracker__": 7}
    given = []
    for runner_class in (DaskGraphRunner, OrderedGraphRunner):
        runner = runner_class.create(SCHEMA, LocalModelStorage(tmp_path), ExecutionContext(SCHEMA))
        given.append([runner.run(inputs=dict(inputs), targets=targets) for _ in range(2)])
    stock, ordered = given
    assert ordered == stock
    assert set(ordered[0]) == set(targets)


# Events and the tracker's file


@pytest.mark.usefixtures("mended")
def test_the_types_of_events_are_what_they_were() -> None:
    assert Event.resolve_by_type("slot") is SlotSet
    assert Event.resolve_by_type("user") is UserUttered
    assert Event.resolve_by_type("slot") is SlotSet
    for _ in range(2):
        with pytest.raises(ValueError, match="Unknown event name"):
            Event.resolve_by_type("no_such_event")
        assert Event.resolve_by_type("no_such_event", SlotSet) is SlotSet
    assert Event.from_parameters({"event": "slot", "name": "topic", "value": 1}) == SlotSet("topic", 1)


def test_the_trackers_file_is_prepared(tmp_path: Path) -> None:
    tracker_file = tmp_path / "below" / "tracker.db"
    for _ in range(2):
        mends.prepare_tracker_file(tracker_file)
        with sqlite3.connect(tracker_file) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        connection.close()
        assert tracker_file.stat().st_mode & 0o777 == 0o600
