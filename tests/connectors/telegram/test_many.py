"""Many chats at once."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.connectors.telegram.station import Station
from tests.connectors.telegram.test_once import answers, asked, settle
from tests.helpers.bot_api import BotApi

MakeStation = Callable[..., Station]
CHATS = 200


def wait_for_all(api: BotApi, messages: int) -> None:
    """Waits for so many messages in all chats, questions included; looks seldom, to leave the processor to those who work."""
    end = time.monotonic() + 30
    while sum(len(chat.messages) for chat in api.chats.values()) < messages:
        assert time.monotonic() < end, "not all is answered"
        time.sleep(0.1)


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
def test_of_200_chats_at_once_none_is_lost_doubled_or_out_of_order(
    api: BotApi, make_station: MakeStation, webhook: bool
) -> None:
    station = make_station(webhook=webhook).start()
    people = [api.person(first_name=f"Person {number}") for number in range(CHATS)]
    wanted = {person.id: [f"{person.id}: {n}" for n in range(2 + number % 2)] for number, person in enumerate(people)}
    for turn in range(3):
        for person in people:
            for text in wanted[person.id][turn : turn + 1]:
                person.says(text)
    wait_for_all(api, 2 * sum(map(len, wanted.values())))
    settle(station)
    for person in people:
        assert answers(person) == [f"You asked: {text}" for text in wanted[person.id]]
    assert sorted(asked(station)) == sorted(text for texts in wanted.values() for text in texts)
    talks = {question.text: question.conversation for question in station.engine.asked}
    for texts in wanted.values():
        assert len({talks[text] for text in texts}) == 1, "each chat has one conversation of its own"
    assert len(set(talks.values())) == CHATS


def test_many_that_waited_over_a_kill_are_all_answered(api: BotApi, make_station: MakeStation) -> None:
    station = make_station().start(engine_is_up=False)
    people = [api.person(first_name=f"Person {number}") for number in range(50)]
    for turn in range(2):
        for person in people:
            person.says(f"{person.id}: {turn}")
    api.wait(lambda: len(api.pending) == 0)
    station.kill()
    station.start()
    wait_for_all(api, 4 * len(people))
    settle(station)
    for person in people:
        assert answers(person) == [f"You asked: {person.id}: {turn}" for turn in range(2)]
