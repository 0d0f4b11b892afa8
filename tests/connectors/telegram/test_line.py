"""A bad line to Telegram: nothing is lost, nothing is asked for in vain, and the log stays readable."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.connectors.telegram.station import INTERFACE, Station
from tests.connectors.telegram.test_once import Held, answers, asked, kept, settle
from tests.helpers.bot_api import BotApi, Person

MakeStation = Callable[..., Station]
ORDERS: dict[str, dict[str, Any]] = {
    "500": {"status": 500},
    "502": {"status": 502},
    "502 of a proxy": {"status": 502, "body": b"<html>Bad Gateway</html>"},
    "504": {"status": 504},
    "413 of a proxy": {"status": 413, "body": b"<html>Too large</html>"},
    "429 without a time": {"status": 429},
    "a page of a proxy": {"status": 200, "body": b"<html>Please log in</html>"},
    "dropped": {"drop": True},
    "no answer": {"hang": True},
}
STRANGE = pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr("connectors.telegram.line.READ", 0.3)
    monkeypatch.setattr("connectors.telegram.bot.POLL_SECONDS", 1)
    monkeypatch.setattr("connectors.telegram.outbox.FIRST_PAUSE", 0.05)
    monkeypatch.setattr("connectors.telegram.bot.FIRST_PAUSE", 0.05)
    for name in ("connectors", "conversations", "facts", "xiadu"):
        caplog.set_level(logging.DEBUG, logger=name)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Gives what an operator reads."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def no_traces(api: BotApi, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """Asserts that neither stack trace nor token is written anywhere."""
    out, err = capfd.readouterr()
    for written in (caplog.text, out, err):
        assert "Traceback" not in written
        assert api.token not in written
        assert api.token.split(":")[1] not in written
    assert not [record for record in caplog.records if record.exc_info]


# Sending


@STRANGE
def test_an_answer_arrives_once_the_line_is_back(
    api: BotApi,
    station: Station,
    anna: Person,
    order: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    failure = api.fail("sendMessage", times=2, **order)
    anna.says("first")
    anna.says("second")
    api.wait(lambda: len(anna.heard) >= 2)
    settle(station)
    assert failure.count == 2
    assert answers(anna) == ["You asked: first", "You asked: second"]
    no_traces(api, caplog, capfd)


def test_a_line_that_is_down_for_longer_is_tried_less_and_less(api: BotApi, station: Station, anna: Person) -> None:
    failure = api.fail("sendMessage", status=502, times=None)
    anna.says("first")
    api.wait(lambda: failure.count >= 4)
    tries = [call.at for call in api.calls_of("sendMessage")]
    pauses = [after - before for before, after in itertools.pairwise(tries)]
    assert all(later > 1.5 * earlier for earlier, later in itertools.pairwise(pauses))
    api.heal()
    api.wait(lambda: anna.heard)
    assert answers(anna) == ["You asked: first"]


def test_a_chat_that_cannot_be_reached_holds_up_no_other(api: BotApi, station: Station, anna: Person) -> None:
    api.fail("sendMessage", hang=True, chat=anna, times=None)
    anna.says("first")
    people = [api.person(first_name=f"Person {number}") for number in range(10)]
    for person in people:
        person.says("hello")
    api.wait(lambda: all(person.heard for person in people))
    assert not anna.heard
    api.heal()
    api.wait(lambda: anna.heard)


def test_a_dead_typing_action_and_a_dead_keyboard_hold_up_no_answer(
    api: BotApi, station: Station, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.telegram.case.TYPING_AFTER", 0.0)
    for method in ("sendChatAction", "editMessageReplyMarkup"):
        api.fail(method, hang=True, times=None)
    for number in range(3):
        anna.says(f"question {number}")
    api.wait(lambda: len(anna.heard) == 3, 8)
    assert answers(anna) == [f"You asked: question {number}" for number in range(3)]


# Too many requests


def test_a_limited_chat_waits_and_the_others_do_not(api: BotApi, station: Station, anna: Person) -> None:
    api.fail("sendMessage", retry_after=1, chat=anna)
    anna.says("first")
    anna.says("second")
    api.wait(lambda: any(call.status == 429 for call in api.calls_of("sendMessage")))
    limited = time.monotonic()
    people = [api.person(first_name=f"Person {number}") for number in range(10)]
    for person in people:
        person.says("hello")
    api.wait(lambda: all(person.heard for person in people))
    assert time.monotonic() - limited < 0.9
    assert not anna.heard
    api.wait(lambda: len(anna.heard) >= 2)
    assert answers(anna) == ["You asked: first", "You asked: second"]
    assert anna.heard[0].at - limited > 0.9, "no sooner than Telegram said"
    assert len([call for call in api.calls_of("sendMessage") if call.params["chat_id"] == anna.id]) == 3


def test_a_chat_limited_for_long_is_left_alone_and_kept_over_a_stop(
    api: BotApi, station: Station, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.telegram.bot.STOP_WITHIN", 0.2)
    failure = api.fail("sendMessage", retry_after=3600, chat=anna, times=None)
    anna.says("first")
    api.wait(lambda: failure.count)
    began = time.monotonic()
    station.stop()
    assert time.monotonic() - began < 1.5
    assert failure.count == 1
    api.heal()
    station.start()
    api.wait(lambda: anna.heard)
    assert answers(anna) == ["You asked: first"]


def test_too_many_answers_to_presses_hold_up_nothing_and_lose_nothing(
    api: BotApi, station: Station, anna: Person
) -> None:
    anna.says("first")
    (said,) = api.wait(lambda: anna.heard)
    api.fail("answerCallbackQuery", retry_after=1)
    press = anna.presses(said, "Tell me more")
    jonas = api.person(first_name="Jonas")
    jonas.says("hello")
    api.wait(lambda: jonas.heard)
    api.wait(lambda: len(anna.heard) == 2)
    api.wait(lambda: press.callback_query_id in api.answered_callbacks)
    settle(station)
    assert "Shown: " in anna.heard[-1].text


def test_an_answer_does_not_wait_for_long_because_a_press_may_not_be_answered(
    api: BotApi, station: Station, anna: Person
) -> None:
    anna.says("first")
    (said,) = api.wait(lambda: anna.heard)
    api.fail("answerCallbackQuery", retry_after=60, times=None)
    anna.presses(said, "Tell me more")
    api.wait(lambda: len(anna.heard) == 2)
    assert "Shown: " in anna.heard[-1].text


def test_news_that_are_asked_for_too_often_come_later(api: BotApi, station: Station, anna: Person) -> None:
    failure = api.fail("getUpdates", retry_after=1)
    api.wait(lambda: failure.count)
    anna.says("first")
    api.wait(lambda: anna.heard)
    assert answers(anna) == ["You asked: first"]


# Asking for news


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"status": 502}, "can't be reached"),
        ({"status": 409}, "another program"),
        ({"drop": True}, "can't be reached"),
        ({"hang": True}, "can't be reached"),
        ({"status": 200, "body": b"<html>Please log in</html>"}, "can't be reached"),
    ],
    ids=["502", "conflict", "dropped", "no answer", "a page"],
)
def test_when_news_cannot_be_asked_for_the_log_says_so_in_one_line(
    api: BotApi,
    station: Station,
    anna: Person,
    order: dict[str, Any],
    said: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    times = 2 if order == {"status": 502} else 1  # the library waits longer and longer
    failure = api.fail("getUpdates", times=times, **order)
    api.wait(lambda: failure.count == times, 8)
    anna.says("afterwards")
    api.wait(lambda: anna.heard, 8)
    assert answers(anna) == ["You asked: afterwards"]
    assert station.connector.state == "on"
    assert [said in line for line in lines(caplog)] == [True]
    no_traces(api, caplog, capfd)


def test_news_of_another_kind_than_promised_are_not_asked_for_without_end(
    api: BotApi, station: Station, anna: Person
) -> None:
    for body in (b'{"ok": true, "result": "text"}', b'{"ok": true, "result": [5, {"no": "number"}]}'):
        failure = api.fail("getUpdates", status=200, body=body, times=None)
        api.wait(lambda failure=failure: failure.count)  # type: ignore[misc]
        before = failure.count
        time.sleep(0.5)  # nothing is to happen
        assert failure.count - before < 5
        api.heal()
    anna.says("afterwards")
    api.wait(lambda: anna.heard)


# Updates that can't be read


PRIVATE = {"id": 700_000_001, "type": "private"}
ANNA = {"id": 700_000_001, "is_bot": False, "first_name": "Anna", "language_code": "en"}
WHOLE = {"message_id": 9, "date": 1, "chat": PRIVATE, "from": ANNA}
PRESS = {"id": "1", "from": ANNA, "chat_instance": "1"}
MALFORMED: dict[str, Any] = {
    "nothing": {},
    "a kind of next year": {"something_new": {"a": 1}},
    "message null": {"message": None},
    "message text": {"message": "text"},
    "message list": {"message": [1]},
    "message without anything": {"message": {}},
    "chat without type": {"message": {**WHOLE, "chat": {"id": 5}}},
    "date text": {"message": {**WHOLE, "date": "soon"}},
    "date far away": {"message": {**WHOLE, "date": 10**18}},
    "from text": {"message": {**WHOLE, "from": "Anna", "text": "x"}},
    "sender without id": {"message": {**WHOLE, "from": {"first_name": "Anna"}, "text": "x"}},
    "text number": {"message": {**WHOLE, "text": 5}},
    "text list": {"message": {**WHOLE, "text": ["a"]}},
    "text object": {"message": {**WHOLE, "text": {"a": 1}}},
    "caption number": {"message": {**WHOLE, "caption": 5, "photo": []}},
    "photo text": {"message": {**WHOLE, "photo": "x"}},
    "entities text": {"message": {**WHOLE, "text": "/start", "entities": "x"}},
    "entity behind the end": {
        "message": {**WHOLE, "text": "/x", "entities": [{"type": "bot_command", "offset": 50, "length": 9}]}
    },
    "entity before the beginning": {
        "message": {**WHOLE, "text": "/x", "entities": [{"type": "bot_command", "offset": -3, "length": -9}]}
    },
    "entity of no length": {
        "message": {**WHOLE, "text": "/x", "entities": [{"type": "bot_command", "offset": 0, "length": 0}]}
    },
    "entity of text": {
        "message": {**WHOLE, "text": "/x", "entities": [{"type": "bot_command", "offset": "0", "length": "2"}]}
    },
    "album list": {"message": {**WHOLE, "photo": [], "caption": "x", "media_group_id": ["a"]}},
    "half a sign": {"message": {**WHOLE, "text": "half \ud83d"}},
    "language list": {"message": {**WHOLE, "text": "/help", "from": {**ANNA, "language_code": ["en"]}}},
    "press without data": {"callback_query": PRESS},
    "press with a number": {"callback_query": {**PRESS, "data": 5}},
    "press on text": {"callback_query": {**PRESS, "message": "x", "data": "b.1"}},
    "press of nobody": {"callback_query": {"id": "1", "chat_instance": "1", "data": "b.1"}},
    "reply to text": {"message": {**WHOLE, "text": "x", "reply_to_message": "x"}},
}


def test_updates_that_cannot_be_read_do_not_stop_those_after_them(
    api: BotApi, make_station: MakeStation, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    station = make_station()
    for payload in MALFORMED.values():
        api.update(payload)
    jonas = api.person(first_name="Jonas")
    jonas.says("afterwards")
    station.start()
    api.wait(lambda: jonas.heard)
    settle(station)
    assert answers(jonas) == ["You asked: afterwards"]
    polled = len(api.polls)
    time.sleep(0.2)  # nothing is to happen
    assert len(api.polls) - polled < 5
    assert not api.pending
    station.restart()
    assert not kept(station)


def test_updates_that_cannot_be_read_come_once_from_the_webhook_too(
    api: BotApi, make_station: MakeStation, anna: Person
) -> None:
    station = make_station(webhook=True).start()
    for payload in MALFORMED.values():
        api.update(payload)
    jonas = api.person(first_name="Jonas")
    jonas.says("afterwards")
    api.wait(lambda: jonas.heard)
    settle(station)
    assert answers(jonas) == ["You asked: afterwards"]
    assert not api.undelivered


# The token


def test_a_wrong_token_is_one_clear_line(
    api: BotApi, make_station: MakeStation, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    wrong = "123456:WRONG-token_of_nobody_0123456789abcdef"
    station = make_station(environ={"TELEGRAM_TOKEN": wrong}).start()
    assert station.connector.state == "refused"
    (line,) = lines(caplog)
    assert "TELEGRAM_TOKEN" in line
    station.stop()
    out, err = capfd.readouterr()
    assert "WRONG-token" not in caplog.text + out + err
    no_traces(api, caplog, capfd)
    assert len(api.calls) == 1, "a wrong token doesn't get right by asking again"


@pytest.mark.parametrize("token", ["nonsense", "123456:short", ":" + "x" * 40, "123456:with space " + "x" * 30])
def test_a_malformed_token_is_one_clear_line_without_a_call(
    api: BotApi,
    make_station: MakeStation,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    token: str,
) -> None:
    station = make_station(environ={"TELEGRAM_TOKEN": token}).start()
    assert station.connector.state == "refused"
    (line,) = lines(caplog)
    assert "TELEGRAM_TOKEN" in line
    assert token not in caplog.text
    station.stop()
    assert not api.calls
    no_traces(api, caplog, capfd)


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
def test_a_token_that_is_revoked_is_one_clear_line_and_nothing_is_lost(
    api: BotApi,
    make_station: MakeStation,
    anna: Person,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    webhook: bool,
) -> None:
    station = make_station(webhook=webhook).start()
    held = Held(station)
    anna.says("first")
    api.wait(lambda: asked(station))
    api.wait_delivered()
    api.wait(lambda: len(api.calls_of("setMyShortDescription")) > 2)  # the menus are shown by now
    api.token_revoked = True
    held.let_go()
    api.wait(lambda: station.connector.state == "refused")
    api.wait(lambda: any(call.status == 401 for call in api.calls_of("sendMessage")))
    station.stop()
    (line,) = lines(caplog)
    assert "TELEGRAM_TOKEN" in line
    no_traces(api, caplog, capfd)
    api.token_revoked = False
    station.start()
    api.wait(lambda: anna.heard)
    settle(station)
    assert answers(anna) == ["You asked: first"]


def test_a_revoked_token_is_noticed_without_any_message(api: BotApi, station: Station) -> None:
    api.token_revoked = True
    api.wait(lambda: station.connector.state == "refused")
    polls = len(api.polls)
    time.sleep(0.2)  # nothing is to happen
    assert len(api.polls) == polls


# Out of reach at the start


@pytest.mark.parametrize("order", [{"status": 502}, {"drop": True}, {"hang": True}], ids=["502", "dropped", "hanging"])
@pytest.mark.parametrize("method", ["getMe", "deleteWebhook"])
def test_telegram_out_of_reach_at_the_start_is_found_later(
    api: BotApi,
    make_station: MakeStation,
    anna: Person,
    method: str,
    order: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    anna.says("early")
    failure = api.fail(method, times=None, **order)
    station = make_station().start(wait=False)
    api.wait(lambda: failure.count >= 2)
    assert station.connector.state == "unreachable"
    (line,) = lines(caplog)
    assert "can't be reached" in line
    api.heal()
    api.wait(lambda: station.connector.state == "on")
    api.wait(lambda: anna.heard)
    assert answers(anna) == ["You asked: early"]
    no_traces(api, caplog, capfd)


def test_a_stop_while_telegram_is_out_of_reach_is_quick(api: BotApi, make_station: MakeStation) -> None:
    failure = api.fail("*", hang=True, times=None)
    station = make_station().start(wait=False)
    api.wait(lambda: failure.count)
    began = time.monotonic()
    station.stop()
    assert time.monotonic() - began < 1
    assert station.connector.state == "stopped"


def test_menus_that_cannot_be_set_keep_nobody_from_being_answered(
    api: BotApi, make_station: MakeStation, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail("getMyCommands", status=502, times=None)
    make_station().start()
    anna.says("/cancel")
    api.wait(lambda: anna.heard)
    assert anna.heard[0].text == INTERFACE("telegram.nothing_to_cancel", "en")
    api.wait(lambda: lines(caplog))
    assert len(lines(caplog)) == 1
