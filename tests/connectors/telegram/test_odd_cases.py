"""What a reviewer found: updates of kinds that nobody knows yet, crowds, double taps, memory that can't be read."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql

from connectors.telegram import assistant as assistants
from connectors.telegram import inbox
from connectors.telegram.assistant import CannotAnswer, Here
from tests.connectors.telegram.station import INTERFACE, Station
from tests.connectors.telegram.test_once import Held
from tests.helpers.bot_api import BotApi, Person

MakeStation = Callable[..., Station]
WAYS = pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
BOT = "@xining_test_bot"


def word(name: str, **fillings: str) -> str:
    return INTERFACE(f"telegram.{name}", "en", **fillings)


def answered(api: BotApi, person: Person, text: str) -> None:
    """Asks a question, which must be answered."""
    person.says(text)
    api.wait(lambda: person.heard and f"You asked: {text}" in person.heard[-1].text)


def run_sql(station: Station, statement: str) -> None:
    with station.database.write() as session:
        session.execute(sql(statement))


# Updates


@WAYS
def test_kinds_that_the_library_does_not_know_yet_stop_nothing(
    api: BotApi, make_station: MakeStation, webhook: bool
) -> None:
    station = make_station(webhook=webhook).start()
    bo = api.person()
    bo.says("Forwarded in a new way?", forward_origin={"type": "from_the_moon", "date": 1_780_000_000, "far": True})
    bo.says("With something new?", brand_new={"deep": [{"date": 1_780_000_000}]})
    api.wait(lambda: len(bo.heard) == 2)
    answered(api, bo, "And as usual?")
    assert len(station.engine.asked) == 3


def test_what_cannot_be_read_of_before_stops_no_start(api: BotApi, station: Station, anna: Person) -> None:
    answered(api, anna, "First?")
    station.stop()
    rows = [
        (f"telegram:{api.bot['id']}", number, payload, 0, "2026-01-01 00:00:00")
        for number, payload in enumerate(("{no json", "[1]", json.dumps({"update_id": "x"})), 1)
    ]
    with closing(sqlite3.connect(station.database_file)) as connection, connection:
        connection.executemany("INSERT INTO received (account, number, payload, sent, at) VALUES (?, ?, ?, ?, ?)", rows)
    station.start()
    answered(api, anna, "Second?")


def test_a_crowd_in_one_chat_holds_up_no_other(
    api: BotApi, make_station: MakeStation, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "MOST_WAITING", 5)
    station = make_station().start()
    held = Held(station, lambda asked: asked.text.startswith("Crowd"))
    crowd = [api.person() for _ in range(12)]
    group = api.group("Crowded", supergroup=True)
    for number, person in enumerate(crowd):
        person.says(f"{BOT} Crowd {number}?", where=group)
    answered(api, anna, "Alone?")
    held.let_go()
    api.wait(lambda: len(group.heard) == 6)  # one in hand, five in line
    answered(api, crowd[-1], "And now?")
    assert len(group.heard) == 6
    with station.database.read() as session:
        assert session.execute(sql("SELECT count(*) FROM received WHERE payload IS NOT NULL")).scalar_one() <= 1


def test_what_people_say_to_each_other_is_never_written(api: BotApi, station: Station, anna: Person) -> None:
    group = api.group("Private matters", supergroup=True)
    anna.says("my diagnosis is Xenocardia", where=group)
    anna.sends("contact")
    api.wait(lambda: anna.heard)
    answered(api, anna, "A question?")
    kept = b"".join(file.read_bytes() for file in Path(station.folder).glob("xiadu.db*"))
    assert b"Xenocardia" not in kept
    assert anna.heard[0].text == word("unreadable.contact")


# The line


@pytest.mark.parametrize("status", [401, 404])
def test_a_gateway_that_speaks_json_is_not_taken_for_telegram(
    api: BotApi, make_station: MakeStation, anna: Person, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail("getMe", status=status, body=b'{"message":"no Route matched with those values"}')
    make_station().start()
    answered(api, anna, "A question?")
    assert "TELEGRAM_TOKEN" not in caplog.text
    assert "can't be reached" in caplog.text


def test_what_telegram_refuses_at_the_start_is_not_blamed_on_the_webhook(
    api: BotApi, make_station: MakeStation, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail("getMe", status=400, description="Bad Request: logged out")
    make_station().start()
    answered(api, anna, "A question?")
    assert "TELEGRAM_WEBHOOK_URL" not in caplog.text


def test_a_topic_that_is_closed_does_not_silence_the_bot(api: BotApi, station: Station, anna: Person) -> None:
    group = api.group("Topics", forum=True)
    topic = group.topic("Talk", anna)
    asked = anna.says(f"{BOT} A question?", where=group, thread=topic)
    api.fail("sendMessage", status=400, description="Bad Request: message thread not found")
    api.wait(lambda: [said for said in group.heard if said.reply_to == asked.message_id])


# Memory


def test_a_chat_that_cannot_be_read_is_neither_overwritten_nor_said_to_be_forgotten(
    api: BotApi, station: Station, anna: Person
) -> None:
    answered(api, anna, "First?")
    anna.says("/language zh")
    api.wait(lambda: anna.heard[-1].text == INTERFACE("telegram.language_set", "zh"))
    station.run(asyncio.sleep(0.05))  # what is noted afterwards is noted
    run_sql(station, "ALTER TABLE chat RENAME TO hidden")
    answered(api, anna, "Second?")
    anna.says("/forget")
    api.wait(lambda: anna.heard[-1].text == word("forget_ask"))
    anna.presses(anna.heard[-1], word("yes"))
    api.wait(lambda: anna.heard[-1].text == word("forget_failed"))
    run_sql(station, "ALTER TABLE hidden RENAME TO chat")
    anna.says("/forget")
    api.wait(lambda: anna.heard[-1].text == INTERFACE("telegram.forget_ask", "zh"))
    anna.presses(anna.heard[-1], INTERFACE("telegram.yes", "zh"))
    api.wait(lambda: anna.heard[-1].text == INTERFACE("telegram.forgotten", "zh"))


def test_a_group_that_becomes_another_keeps_everybodys_talk(api: BotApi, station: Station, anna: Person) -> None:
    group = api.group("Grows")
    anna.says(f"{BOT} First?", where=group)
    api.wait(lambda: group.heard)
    api.migrate(group)
    asked = anna.says("/forget@xining_test_bot", where=group)
    prompt = api.wait(lambda: next((m for m in group.heard if m.reply_to == asked.message_id), None))
    anna.presses(prompt, word("yes"))
    api.wait(lambda: group.heard[-1].text == word("forgotten"))
    with station.database.read() as session:
        for table in ("chat", "turn", "conversation"):
            assert session.execute(sql(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table


def test_who_writes_in_the_name_of_the_group_can_have_all_deleted(api: BotApi, station: Station, anna: Person) -> None:
    group = api.group("Anonymous", supergroup=True)
    stand_in = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    named = {"from": stand_in, "sender_chat": {"id": group.id, "type": "supergroup", "title": "Anonymous"}}
    anna.says(f"{BOT} A question?", where=group, **named)
    api.wait(lambda: group.heard)
    anna.says("/forget@xining_test_bot", where=group, **named)
    api.wait(lambda: group.heard[-1].text == word("forgotten"))
    with station.database.read() as session:
        assert session.execute(sql("SELECT count(*) FROM turn")).scalar_one() == 0


# Presses


def test_a_double_tap_is_answered_once(api: BotApi, station: Station, anna: Person) -> None:
    answered(api, anna, "First?")
    shown = anna.heard[-1]
    data = next(b["callback_data"] for row in shown.buttons for b in row if b["text"] == "Tell me more")
    presses = [anna.presses_data(shown, data) for _ in range(2)]
    api.wait(lambda: all(press.callback_query_id in api.answered_callbacks for press in presses))
    answered(api, anna, "Afterwards?")
    assert [said.text.splitlines()[0] for said in anna.heard] == [
        "You asked: First?",
        "▸ Tell me more",
        "You asked: Afterwards?",
    ]


def test_an_opinion_brings_no_retired_choice_back(api: BotApi, station: Station, anna: Person) -> None:
    answered(api, anna, "First?")
    held = Held(station)
    anna.says("Second?")
    anna.presses(anna.heard[0], "👍")  # as it stands: with its choices
    held.let_go()
    api.wait(lambda: len(anna.heard) == 2 and len(api.answered_callbacks) == 1)
    api.wait(lambda: anna.heard[0].titles == ["✓ 👍", "👎"])


def test_a_slip_in_a_remark_can_be_mended(api: BotApi, station: Station, anna: Person) -> None:
    answered(api, anna, "First?")
    anna.presses(anna.heard[-1], "👎")
    prompt = api.wait(lambda: anna.heard[-1] if anna.heard[-1].force_reply else None)
    remark = anna.says("It is wronk", reply_to=prompt.message_id)
    api.wait(lambda: anna.heard[-1].text == word("remark_kept"))
    anna.edits(remark, "It is wrong")
    api.wait(lambda: [said.text for said in anna.heard].count(word("remark_kept")) == 2)
    with station.database.read() as session:
        assert session.execute(sql("SELECT comment FROM feedback")).scalar_one() == "It is wrong"


def test_anothers_choice_is_told_to_who_pressed_it_only(api: BotApi, station: Station, anna: Person) -> None:
    group = api.group("Twins", supergroup=True)
    bo = api.person()
    for person in (anna, bo):
        person.says(f"{BOT} A question?", where=group)
    api.wait(lambda: len(group.heard) == 2)
    press = bo.presses(group.heard[0], "Tell me more")
    api.wait(lambda: press.callback_query_id in api.answered_callbacks)
    assert api.answered_callbacks[press.callback_query_id]["text"] == word("button_gone")
    assert len(group.heard) == 2


def test_suggestions_are_taken_off_by_the_next_answer(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("/start")
    api.wait(lambda: anna.heard)
    assert anna.heard[0].buttons
    answered(api, anna, "First?")
    api.wait(lambda: not anna.heard[0].buttons)


# Who answers


def test_an_engine_that_never_comes_up_is_waited_for_once(
    api: BotApi, make_station: MakeStation, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assistants, "PATIENCE", 0.3)
    station = make_station().start(engine_is_up=False)
    answered(api, anna, "First?")

    monkeypatch.setattr(assistants, "PATIENCE", 3600.0)
    answered(api, anna, "Second?")
    assert len(station.engine.asked) == 2


def test_sources_that_cannot_be_asked_for_are_not_said_to_be_missing(
    api: BotApi, station: Station, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: Any) -> Any:
        raise CannotAnswer

    answered(api, anna, "First?")
    monkeypatch.setattr(Here, "history", gone)
    anna.says("/sources")
    api.wait(lambda: anna.heard[-1].text == word("cannot_now"))
