"""How fast calls go to Telegram."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from telegram.error import RetryAfter

from connectors.telegram import pace
from connectors.telegram.pace import Pace, seconds
from tests.connectors.telegram.station import Station
from tests.connectors.telegram.test_once import answers
from tests.helpers.bot_api import BotApi, Person

MakeStation = Callable[..., Station]


@pytest.fixture
def paced(make_station: MakeStation) -> Station:
    """A connector with the pace of the real one."""
    return make_station(pace=Pace).start()


def test_a_chat_gets_no_more_than_telegram_allows(api: BotApi, paced: Station, anna: Person) -> None:
    # What is allowed in all: a few at once, then one a second.
    api.flood_limit(per_chat=(pace.BURST + 1, 1.0))
    for number in range(pace.BURST + 2):
        anna.says(f"question {number}")
    began = time.monotonic()
    api.wait(lambda: len(anna.heard) == pace.BURST + 2, 8)
    assert api.floods == 0
    assert time.monotonic() - began > 1.5, "the last ones waited"
    assert answers(anna) == [f"You asked: {number}" for number in (f"question {n}" for n in range(pace.BURST + 2))]


def test_two_chats_do_not_wait_for_each_other(api: BotApi, paced: Station, anna: Person) -> None:
    for number in range(pace.BURST + 2):
        anna.says(f"question {number}")
    api.wait(lambda: len(anna.heard) == pace.BURST)
    jonas = api.person(first_name="Jonas")
    jonas.says("hello")
    began = time.monotonic()
    api.wait(lambda: jonas.heard)
    assert time.monotonic() - began < 0.9
    assert len(anna.heard) < pace.BURST + 2


def test_all_chats_together_get_no_more_than_telegram_allows(api: BotApi, paced: Station) -> None:
    api.flood_limit(overall=(30, 1.0))
    people = [api.person(first_name=f"Person {number}") for number in range(60)]
    for person in people:
        person.says("hello")
    began = time.monotonic()
    api.wait(lambda: all(person.heard for person in people), 8)
    assert api.floods == 0
    assert 0.9 < time.monotonic() - began < 4


def test_a_group_gets_no_more_than_telegram_allows(api: BotApi, paced: Station, anna: Person) -> None:
    group = api.group("Group")
    api.flood_limit(per_chat=(20, 60.0))
    for number in range(8):
        anna.says(f"@{api.bot['username']} question {number}", where=group)
    api.wait(lambda: len(group.heard) >= pace.BURST)
    assert api.floods == 0


def test_what_telegram_refuses_all_the_same_is_sent_later(api: BotApi, paced: Station, anna: Person) -> None:
    api.flood_limit(per_chat=(1, 1.0))
    anna.says("first")
    anna.says("second")
    anna.says("third")
    jonas = api.person(first_name="Jonas")
    jonas.says("hello")
    api.wait(lambda: len(anna.heard) == 3 and jonas.heard, 8)
    assert answers(anna) == ["You asked: first", "You asked: second", "You asked: third"]
    assert 1 <= api.floods <= 4, "each is tried again when its time has come, not before"


def test_the_typing_action_waits_for_nothing(
    api: BotApi, paced: Station, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.telegram.case.TYPING_AFTER", 0.0)
    api.fail("sendChatAction", retry_after=30, times=None)
    for number in range(2):
        anna.says(f"question {number}")
    api.wait(lambda: len(anna.heard) == 2, 3)


def test_seconds_are_read_whatever_the_library_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seconds(RetryAfter(7)) == 7.0
    assert seconds(RetryAfter(timedelta(seconds=7))) == 7.0


def test_the_pace_of_chats_that_rest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "MOST_CHATS", 10)

    async def work() -> None:
        limiter = Pace()
        busy = limiter._limiter("busy")
        await busy.acquire()
        for chat in range(100):
            limiter._limiter(chat)
        assert len(limiter._chats) <= 12
        assert limiter._limiter("busy") is busy

    asyncio.run(work())
