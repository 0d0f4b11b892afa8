"""Each update is handled once, in order within a chat and in parallel across chats, whatever ends in between."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from tests.connectors.telegram.station import INTERFACE, Station, custom, say
from tests.helpers.bot_api import BotApi, Happened, Person
from tests.helpers.fake_engine import Asked, message

MakeStation = Callable[..., Station]
WAYS = pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])


class Held:
    """Holds the engine until it is let go.

    Args:
        station: it runs.
        which: the questions that are held.
    """

    def __init__(self, station: Station, which: Callable[[Asked], bool] = lambda _: True) -> None:
        self._loop = station._loop
        self._gate = asyncio.Event()
        self._which = which
        self._engine = station.engine
        self._engine.during = self._wait

    async def _wait(self, asked: Asked) -> None:
        if self._which(asked):
            await self._gate.wait()

    def let_go(self) -> None:
        """Lets all go on, and those to come."""
        self._engine.during = None
        self._loop.call_soon_threadsafe(self._gate.set)


@contextmanager
def locked(station: Station) -> Iterator[None]:
    """Keeps everybody else from writing to the database."""
    with closing(sqlite3.connect(station.database_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def answers(person: Person) -> list[str]:
    """Gives the first lines of what somebody heard."""
    return [said.text.splitlines()[0] for said in person.heard]


def asked(station: Station) -> list[str]:
    """Gives what the engine was asked."""
    return [question.text for question in station.engine.asked]


def kept(station: Station) -> list[int]:
    """Gives the numbers of the updates that aren't handled."""
    return [waiting.number for waiting in station.run(station.chats.waiting())]


def settle(station: Station) -> None:
    """Waits until everything that was delivered is handled."""
    station.api.wait_delivered()
    station.api.wait(lambda: not kept(station))


def both_are_answered_after_a_start(api: BotApi, station: Station, anna: Person) -> None:
    """Starts again, with an engine that nobody holds: what she asked before is answered, in order and once."""
    station.engine.during = None
    station.start()
    api.wait(lambda: len(anna.heard) >= 2)
    settle(station)
    assert answers(anna) == ["You asked: first", "You asked: second"]


def again(api: BotApi, happened: Happened) -> None:
    """Delivers an update once more, under its old id."""
    api.update(happened.payload, update_id=happened.update_id)


def long_answer(question: Asked) -> list[dict[str, Any]]:
    """Answers with more than fits in a message, and then with a second message."""
    long = " ".join(f"{question.text} {number}." for number in range(1500))
    return [message(long, custom=custom()), message(f"End of {question.text}.", custom=custom())]


# Repetitions


@WAYS
def test_a_repeated_update_is_answered_once(
    api: BotApi, make_station: MakeStation, anna: Person, webhook: bool
) -> None:
    station = make_station(webhook=webhook).start()
    first = anna.says("first")
    api.wait(lambda: anna.heard)
    again(api, first)
    api.wait_delivered()
    again(api, first)
    anna.says("second")
    api.wait(lambda: len(anna.heard) >= 2)
    settle(station)
    assert answers(anna) == ["You asked: first", "You asked: second"]
    assert asked(station) == ["first", "second"]


def test_a_webhook_that_gets_everything_twice_answers_once(
    api: BotApi, make_station: MakeStation, anna: Person
) -> None:
    station = make_station(webhook=True).start()
    api.deliver_twice = True
    for number in range(5):
        anna.says(f"question {number}")
    api.wait(lambda: len(anna.heard) >= 5)
    settle(station)
    assert answers(anna) == [f"You asked: question {number}" for number in range(5)]


@WAYS
def test_an_update_repeated_while_it_is_in_hand_is_answered_once(
    api: BotApi, make_station: MakeStation, anna: Person, webhook: bool
) -> None:
    station = make_station(webhook=webhook).start()
    held = Held(station)
    first = anna.says("first")
    api.wait(lambda: asked(station))
    again(api, first)
    api.wait_delivered()
    held.let_go()
    anna.says("second")
    api.wait(lambda: len(anna.heard) >= 2)
    assert answers(anna) == ["You asked: first", "You asked: second"]


@WAYS
@pytest.mark.parametrize("cleanly", [True, False], ids=["stopped", "killed"])
def test_an_update_repeated_after_a_restart_is_answered_once(
    api: BotApi, make_station: MakeStation, anna: Person, webhook: bool, cleanly: bool
) -> None:
    station = make_station(webhook=webhook).start()
    first = anna.says("first")
    api.wait(lambda: anna.heard)
    settle(station)
    if cleanly:
        station.restart()
    else:
        station.kill()
        station.start()
    again(api, first)
    api.wait_delivered()
    anna.says("second")
    api.wait(lambda: len(anna.heard) >= 2)
    settle(station)
    assert answers(anna) == ["You asked: first", "You asked: second"]
    assert asked(station) == ["first", "second"]


def test_a_press_that_comes_twice_counts_once(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("first")
    (said,) = api.wait(lambda: anna.heard)
    press = anna.presses(said, "Tell me more")
    api.wait(lambda: len(anna.heard) == 2)
    again(api, press)
    api.wait_delivered()
    settle(station)
    assert len(anna.heard) == 2
    assert len(asked(station)) == 2


# Killed in the middle


@WAYS
def test_what_was_confirmed_and_not_answered_is_answered_after_a_kill(
    api: BotApi, make_station: MakeStation, anna: Person, webhook: bool
) -> None:
    station = make_station(webhook=webhook).start()
    Held(station)
    anna.says("first")
    anna.says("second")
    api.wait(lambda: asked(station))
    api.wait_delivered()  # Telegram has forgotten them
    station.kill()
    assert not anna.heard
    both_are_answered_after_a_start(api, station, anna)


@pytest.mark.parametrize("how", ["fail", "hang", "drop"])
def test_an_answer_that_was_not_sent_is_sent_after_a_kill(
    api: BotApi, station: Station, anna: Person, how: str
) -> None:
    orders: dict[str, dict[str, Any]] = {"fail": {"status": 502}, "hang": {"hang": True}, "drop": {"drop": True}}
    order = api.fail("sendMessage", times=None, **orders[how])
    anna.says("first")
    api.wait(lambda: order.count)
    station.kill()
    assert not anna.heard
    api.heal()
    station.start()
    api.wait(lambda: anna.heard)
    settle(station)
    assert answers(anna) == ["You asked: first"]
    assert asked(station) == ["first"], "the answer was there already"


def test_an_answer_that_was_sent_is_not_sent_again_after_a_kill(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("first")
    api.wait(lambda: len(anna.heard) == 1)
    order = api.fail("editMessageReplyMarkup", hang=True)  # the last thing that is done for an answer
    anna.says("second")
    api.wait(lambda: order.count)
    station.kill()
    station.start()
    anna.says("third")
    api.wait(lambda: len(anna.heard) >= 3)
    settle(station)
    assert answers(anna) == ["You asked: first", "You asked: second", "You asked: third"]


def test_only_what_is_missing_of_a_long_answer_is_sent_after_a_kill(
    api: BotApi, make_station: MakeStation, anna: Person
) -> None:
    station = make_station(says=long_answer).start()
    anna.says("whole")
    settle(station)
    whole = [said.text.replace("whole", "again") for said in anna.heard]
    assert len(whole) > 3
    for sent in range(1, len(whole) + 1):
        before = len(anna.heard)
        reached = stop_after(station, sent)
        anna.says("again")
        api.wait(reached.is_set)
        station.kill()
        assert len(anna.heard) == before + sent
        station.start()
        settle(station)
        assert [said.text for said in anna.heard[before:]] == whole
        assert anna.heard[-1].buttons, "what can be pressed stands under the last"


def stop_after(station: Station, messages: int) -> threading.Event:
    """Stops the sending of an answer after so many messages; gives a sign when it is there."""
    reached, chats, note = threading.Event(), station.chats, station.chats.sent

    async def sent(number: int, count: int) -> None:
        await note(number, count)
        if count == messages:
            reached.set()
            await asyncio.Event().wait()

    chats.sent = sent  # type: ignore[assignment, method-assign]
    return reached


def test_a_changed_message_is_answered_after_a_kill(api: BotApi, station: Station, anna: Person) -> None:
    wrote = anna.says("frist")
    api.wait(lambda: anna.heard)
    settle(station)
    order = api.fail("sendMessage", hang=True)
    anna.edits(wrote, "first")
    api.wait(lambda: order.count)
    station.kill()
    station.start()
    settle(station)
    assert len(anna.heard) == 2
    assert "You asked: first" in anna.heard[-1].text


def test_a_command_is_answered_once_after_a_kill(api: BotApi, station: Station, anna: Person) -> None:
    order = api.fail("sendMessage", hang=True)
    anna.says("/cancel")
    api.wait(lambda: order.count)
    station.kill()
    station.start()
    settle(station)
    assert [said.text for said in anna.heard] == [INTERFACE("telegram.nothing_to_cancel", "en")]


def test_a_press_is_answered_once_after_a_kill(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("first")
    (said,) = api.wait(lambda: anna.heard)
    settle(station)
    order = api.fail("sendMessage", hang=True)
    anna.presses(said, "Tell me more")
    api.wait(lambda: order.count)
    station.kill()
    station.start()
    settle(station)
    assert len(anna.heard) == 2
    assert "Shown: " in anna.heard[-1].text
    assert len(asked(station)) == 2


def test_buttons_of_an_answer_sent_before_a_kill_still_work(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("first")
    (said,) = api.wait(lambda: anna.heard)
    settle(station)
    station.kill()
    station.start()
    anna.presses(said, "Tell me more")
    api.wait(lambda: len(anna.heard) == 2)
    assert "Shown: " in anna.heard[-1].text


def test_all_that_waited_comes_in_order_before_what_is_new(
    api: BotApi, make_station: MakeStation, anna: Person
) -> None:
    station = make_station().start()
    Held(station)
    jonas = api.person(first_name="Jonas")
    for number in range(4):
        anna.says(f"old {number}")
        jonas.says(f"old {number}")
    api.wait(lambda: len(asked(station)) == 2)
    api.wait_delivered()
    station.kill()
    anna.says("new")
    jonas.says("new")
    station.engine.during = None
    station.start()
    expected = [*(f"You asked: old {number}" for number in range(4)), "You asked: new"]
    api.wait(lambda: len(anna.heard) >= 5 and len(jonas.heard) >= 5)
    settle(station)
    assert answers(anna) == expected
    assert answers(jonas) == expected


def test_something_kept_that_cannot_be_read_any_more_holds_up_nothing(
    api: BotApi, station: Station, anna: Person
) -> None:
    Held(station)
    anna.says("first")
    anna.says("second")
    api.wait(lambda: asked(station))
    api.wait_delivered()
    station.kill()
    with closing(sqlite3.connect(station.database_file)) as other:
        (account, number), *_ = other.execute("SELECT account, min(number) FROM received GROUP BY account").fetchall()
        broken = json.dumps({"update_id": number - 1, "message": {"text": 5}})
        between = json.dumps({"update_id": number + 100, "callback_query": "garbage"})
        for key, payload in ((number - 1, broken), (number + 100, between)):
            other.execute(
                "INSERT INTO received (account, number, payload, sent, at) VALUES (?, ?, ?, 0, '2026-11-24 00:00:00')",
                (account, key, payload),
            )
        other.commit()
    station.engine.during = None
    station.start()
    settle(station)
    assert answers(anna) == ["You asked: first", "You asked: second"]


# Clean stops


def test_a_clean_stop_finishes_what_is_in_hand(api: BotApi, station: Station, anna: Person) -> None:
    held = Held(station)
    anna.says("first")
    api.wait(lambda: asked(station))
    station._loop.call_soon_threadsafe(station._loop.call_later, 0.2, held.let_go)
    station.stop()
    assert answers(anna) == ["You asked: first"]
    station.start()
    anna.says("second")
    api.wait(lambda: len(anna.heard) >= 2)
    assert answers(anna) == ["You asked: first", "You asked: second"]


def test_a_clean_stop_keeps_what_it_cannot_finish(
    api: BotApi, station: Station, anna: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("connectors.telegram.bot.STOP_WITHIN", 0.3)
    Held(station)
    anna.says("first")
    anna.says("second")
    api.wait(lambda: asked(station))
    api.wait_delivered()
    began = time.monotonic()
    station.stop()
    assert time.monotonic() - began < 1.5
    assert not anna.heard
    assert "2 updates" in caplog.text
    both_are_answered_after_a_start(api, station, anna)


@pytest.mark.parametrize("line", ["up", "failing", "hanging"])
def test_a_stop_keeps_its_limit_while_engine_and_line_are_down(
    api: BotApi, station: Station, anna: Person, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setattr("connectors.telegram.bot.STOP_WITHIN", 0.3)
    Held(station)
    anna.says("first")
    api.wait(lambda: asked(station))
    api.wait_delivered()
    if line != "up":
        order = api.fail("getUpdates", times=None, status=502, hang=line == "hanging")
        api.wait(lambda: order.count)
    began = time.monotonic()
    station.stop()
    assert time.monotonic() - began < 1.5
    api.heal()
    station.engine.during = None
    station.start()
    api.wait(lambda: anna.heard)
    settle(station)
    assert answers(anna) == ["You asked: first"]


# Order, and side by side


@WAYS
def test_the_questions_of_a_chat_are_answered_in_order_by_a_slow_engine(
    api: BotApi, make_station: MakeStation, anna: Person, webhook: bool
) -> None:
    station = make_station(webhook=webhook).start()
    pauses = iter([0.15, 0.0, 0.1, 0.02, 0.0, 0.05])

    async def slowly(_: Asked) -> None:
        await asyncio.sleep(next(pauses))

    station.engine.during = slowly
    for number in range(6):
        anna.says(f"question {number}")
    api.wait(lambda: len(anna.heard) >= 6)
    settle(station)
    expected = [f"question {number}" for number in range(6)]
    assert answers(anna) == [f"You asked: {text}" for text in expected]
    assert asked(station) == expected
    assert len({question.conversation for question in station.engine.asked}) == 1


def test_a_chat_whose_engine_hangs_holds_up_no_other(api: BotApi, station: Station, anna: Person) -> None:
    held = Held(station, lambda question: question.text == "hard")
    anna.says("hard")
    anna.says("easy")
    api.wait(lambda: asked(station))
    people = [api.person(first_name=f"Person {number}") for number in range(8)]
    for person in people:
        person.says("easy")
    api.wait(lambda: all(person.heard for person in people))
    assert not anna.heard
    held.let_go()
    api.wait(lambda: len(anna.heard) == 2)
    assert answers(anna) == ["You asked: hard", "You asked: easy"]


def test_different_chats_are_answered_at_once(api: BotApi, station: Station) -> None:
    held = Held(station)
    people = [api.person(first_name=f"Person {number}") for number in range(4)]
    for person in people:
        person.says("hard")
    api.wait(lambda: len(asked(station)) == 4)
    held.let_go()
    api.wait(lambda: all(person.heard for person in people))
    assert station.engine.most_at_once == 4


@WAYS
def test_questions_before_the_engine_is_up_are_answered_by_it_afterwards(
    api: BotApi, make_station: MakeStation, anna: Person, webhook: bool
) -> None:
    station = make_station(webhook=webhook).start(engine_is_up=False)
    for number in range(3):
        anna.says(f"early {number}")
    anna.says("/privacy")
    jonas = api.person(first_name="Jonas")
    jonas.says("/cancel")
    api.wait(lambda: jonas.heard)  # what needs no engine doesn't wait for it
    api.wait_delivered()
    assert not anna.heard
    assert not asked(station)
    station._loop.call_soon_threadsafe(station.engine_is_up.set)
    api.wait(lambda: len(anna.heard) == 4)
    assert answers(anna)[:3] == [f"You asked: early {number}" for number in range(3)]
    assert "degraded" not in str(anna.heard)
    assert asked(station) == [f"early {number}" for number in range(3)]


def test_questions_before_the_engine_is_up_outlast_a_kill(api: BotApi, make_station: MakeStation, anna: Person) -> None:
    station = make_station().start(engine_is_up=False)
    anna.says("early")
    api.wait(lambda: kept(station))
    api.wait_delivered()
    station.kill()
    station.start()
    api.wait(lambda: anna.heard)
    settle(station)
    assert answers(anna) == ["You asked: early"]


# The database


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets nobody wait long for the database."""
    monkeypatch.setattr("facts.database.LOCK_TIMEOUT", 0.1)
    monkeypatch.setattr("connectors.telegram.inbox.PAUSE", 0.1)


@pytest.mark.usefixtures("impatient")
@WAYS
def test_what_comes_while_the_database_is_locked_is_answered_later(
    api: BotApi, make_station: MakeStation, anna: Person, webhook: bool, caplog: pytest.LogCaptureFixture
) -> None:
    station = make_station(webhook=webhook).start()
    anna.says("before")
    api.wait(lambda: anna.heard)
    settle(station)
    with locked(station):
        anna.says("meanwhile")
        anna.says("meanwhile, too")
        api.wait(lambda: "can't be kept" in caplog.text)
        assert len(anna.heard) == 1
        assert api.pending, "not confirmed before it is kept"
    api.wait(lambda: len(anna.heard) >= 3)
    settle(station)
    assert answers(anna) == ["You asked: before", "You asked: meanwhile", "You asked: meanwhile, too"]
    assert "Traceback" not in caplog.text


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("cleanly", [True, False], ids=["stopped", "killed"])
def test_what_is_answered_while_the_database_is_locked_is_not_answered_again(
    api: BotApi, make_station: MakeStation, anna: Person, caplog: pytest.LogCaptureFixture, cleanly: bool
) -> None:
    station = make_station().start()
    held = Held(station)
    anna.says("first")
    api.wait(lambda: asked(station))
    with locked(station):
        held.let_go()
        api.wait(lambda: anna.heard)
        api.wait(lambda: caplog.text.count("could not be written") >= 4, 8)
    if cleanly:
        station.stop()
    else:
        anna.says("second")
        api.wait(lambda: len(anna.heard) == 2)
        settle(station)
        station.kill()
    heard = answers(anna)
    station.start()
    settle(station)
    anna.says("last")
    api.wait(lambda: len(anna.heard) > len(heard))
    assert answers(anna) == [*heard, "You asked: last"]
    assert len({question.conversation for question in station.engine.asked}) == 1, "the talk goes on"


__all__ = ["Held", "again", "answers", "asked", "kept", "locked", "say", "settle"]
