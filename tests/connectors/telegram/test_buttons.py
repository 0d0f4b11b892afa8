"""Buttons: what they carry, what a press does, and that every press is answered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text as sql

from connectors.telegram.keyboards import LETTERS, WIDEST_TITLE, choice_rows, columns, data_of, meaning_of, thumbs_row
from conversations.log import new_id
from tests.connectors.telegram.station import Station, custom
from tests.connectors.telegram.test_messages import READABLE, after_all, all_done, answered, notice, said
from tests.helpers.bot_api import BotApi, Person, SentMessage
from tests.helpers.fake_engine import Asked, button, message

LONG = "How many people took part in all three forums?"


def feedback(station: Station) -> list[tuple[str, str | None]]:
    """Gives the opinions that are kept."""
    with station.database.read() as session:
        return [tuple(row) for row in session.execute(sql("select rating, comment from feedback order by at")).all()]


def asked_why(api: BotApi, anna: Person) -> tuple[SentMessage, SentMessage]:
    """Finds an answer not helpful; gives the answer, and the prompt for a remark."""
    anna.says("First?")
    (answer,) = answered(api, anna)
    anna.presses(answer, "👎")
    prompt = answered(api, anna, 2)[1]
    return answer, prompt


# What they carry


@given(st.sampled_from(list(LETTERS)), st.text(max_size=100))
def test_what_a_button_carries_is_short_or_refused_and_reads_back(kind: Any, value: str) -> None:
    if len(value.encode("utf-8", "surrogatepass")) > 62 or not value:
        return
    try:
        data = data_of(kind, value)
    except (ValueError, UnicodeEncodeError):
        assert not value.isprintable()
        return
    assert len(data.encode()) <= 64
    assert meaning_of(data) == (kind, value)


@given(st.text())
def test_any_data_means_something_known_or_nothing(data: str) -> None:
    meaning = meaning_of(data)
    assert meaning is None or (meaning[0] in LETTERS and meaning[1])


@given(st.lists(st.text(min_size=1, max_size=300), max_size=12))
def test_every_title_can_be_read_on_a_button_or_in_the_text(titles: list[str]) -> None:
    rows, numbered = choice_rows([(title, data_of("button", f"id{n}")) for n, title in enumerate(titles)])
    shown = [one for row in rows for one in row]
    assert sorted(str(one.callback_data) for one in shown) == sorted(f"b.id{n}" for n in range(len(titles)))
    for one in shown:
        title = titles[int(str(one.callback_data).removeprefix("b.id"))]
        if columns(title) <= WIDEST_TITLE:
            assert one.text == title
        else:
            assert numbered[int(one.text) - 1] == title


def test_ids_that_the_service_issues_fit() -> None:
    for row in (thumbs_row("m-" + "x" * 16), thumbs_row("m-" + "x" * 16, "down")):
        assert all(len(str(one.callback_data)) <= 64 for one in row)
    assert len(data_of("forget", f"yes.{-(10**18)}")) <= 64
    assert len(new_id()) < 62


def test_a_button_works_whatever_its_title(api: BotApi, make_station: Callable[..., Station]) -> None:
    title = ""

    def says(asked: Asked) -> list[dict[str, Any]]:
        stands_for = asked.metadata["stands_for"]
        if stands_for:
            return [message(f"Shown: {stands_for['fact']}", custom=custom(as_of=None, sources=[]))]
        buttons = [button("First", fact="first"), button(title, fact="second"), button("y" * 60, fact="third")]
        return [message("Choose", custom=custom(as_of=None, sources=[]), buttons=buttons)]

    make_station(says=says).start()
    for title in ("x" * 4000, "长" * 1500, "😀" * 500, "<b>&amp;</b>", "1", "a\nb"):
        person = api.person()
        person.says("?")
        answered(api, person)
        all_parts = api.wait(lambda who=person: heard if (heard := who.heard)[-1].buttons else [])  # type: ignore[misc]
        assert all(len(one["callback_data"].encode()) <= 64 for row in all_parts[-1].buttons for one in row)
        person.presses(all_parts[-1], title if title in all_parts[-1].titles else "1")
        api.wait(lambda who=person: [m for m in who.heard if "Shown: second" in m.text])  # type: ignore[misc]


# Pressing


def test_a_press_asks_and_shows_what_was_chosen(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("What is the forum?")
    (answer,) = answered(api, anna)
    assert answer.titles == ["Tell me more", "1", "👍", "👎"]
    assert f"1. {LONG}" in answer.text
    assert notice(api, anna.presses(answer, "Tell me more")) is None
    second = answered(api, anna, 2)[1]
    assert second.text.startswith("▸ Tell me more\n\nShown: ")
    assert next((e["type"], e["offset"], e["length"]) for e in second.entities) == ("bold", 0, len("▸ Tell me more"))
    anna.presses(second, "1")
    assert answered(api, anna, 3)[2].text.startswith(f"▸ {LONG}\n\nShown: ")
    asked = station.engine.asked
    assert [one.metadata["stands_for"] for one in asked][1:] == [
        {"fact": "forum-what", "part": "full"},
        {"fact": "forum-people", "part": "short"},
    ]
    assert len({one.conversation for one in asked}) == 1


def test_old_keyboards_are_retired_but_for_opinions(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("First?")
    (first,) = answered(api, anna)
    anna.says("Second?")
    api.wait(lambda: anna.heard[0].titles == ["👍", "👎"])
    assert anna.heard[1].titles == first.titles
    anna.presses(anna.heard[1], "Tell me more")
    api.wait(lambda: len(anna.heard) == 3 and anna.heard[1].titles == ["👍", "👎"])
    anna.presses(anna.heard[0], "👍")
    api.wait(lambda: anna.heard[0].titles == ["✓ 👍", "👎"])
    assert anna.heard[2].titles == first.titles


def test_keyboards_of_all_messages_of_an_answer_are_retired(
    api: BotApi, make_station: Callable[..., Station], anna: Person
) -> None:
    buttons = [button("More", fact="forum-what")]
    make_station(says=[message(f"Part {n}", custom=custom(), buttons=buttons) for n in range(3)]).start()
    anna.says("First?")
    answered(api, anna, 3)
    anna.says("Second?")
    answered(api, anna, 6)
    api.wait(lambda: [m.titles for m in anna.heard[:3]] == [["👍", "👎"]] * 3)


def test_a_suggestion_can_be_pressed_once(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("/start")
    (hello,) = answered(api, anna)
    anna.presses(hello, hello.titles[0])
    answered(api, anna, 2)
    api.wait(lambda: anna.heard[0].buttons == [])


def test_keyboards_are_retired_and_work_after_a_restart(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("First?")
    answered(api, anna)
    station.restart()
    anna.presses(anna.heard[0], "Tell me more")
    assert answered(api, anna, 2)[1].text.startswith("▸ Tell me more\n\nShown: ")
    api.wait(lambda: anna.heard[0].titles == ["👍", "👎"])
    station.restart()
    anna.presses(anna.heard[0], "👍")
    api.wait(lambda: feedback(station) == [("up", None)])
    # An old client may still show what was taken off.
    known = api.calls_of("sendMessage")[0].params["reply_markup"]["inline_keyboard"]
    anna.presses_data(anna.heard[0], known[1][0]["callback_data"])
    assert answered(api, anna, 3)[2].text.startswith("Shown: ")


def test_a_press_under_a_message_too_old_to_be_seen_works(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("First?")
    (answer,) = answered(api, anna)
    data = [one["callback_data"] for row in answer.buttons for one in row]
    del anna.chat.messages[answer.message_id]
    assert notice(api, anna.presses_data(answer, data[-2])) == said("rated")
    anna.presses_data(answer, data[0])
    assert api.wait(lambda: [m for m in anna.heard if m.text.startswith("Shown: ")])
    assert feedback(station) == [("up", None)]


GARBAGE = [
    "",
    ".",
    "b",
    "b.",
    "b.unknown",
    "u.",
    "u.m-unknown",
    "d.m-unknown",
    "x.y",
    "l.xx",
    "l.",
    "s.en",
    "s.en.any",
    "s.en.any.z",
    "s.xx.nothing.a",
    "s.en.any.a.b",
    "f.yes",
    "f.yes.1",
    "f.",
    "s:1",
    "\u0000",
    "b.\u202e' OR 1=1 --",
    "😀" * 16,
    "b." + "x" * 62,
]


def test_every_press_is_answered_garbage_too(
    api: BotApi, station: Station, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    anna.says("/privacy")
    (shown,) = answered(api, anna)
    for with_conversation in (False, True):
        if with_conversation:
            after_all(api, anna)
        before = len(station.engine.asked)
        for data in GARBAGE:
            pressed = anna.presses_data(shown, data)
            text = notice(api, pressed)
            all_done(api, station)
            if data != "b.unknown":
                # With a conversation a press is answered before its button is looked up; what is wrong is said then.
                assert text == said("button_gone") or anna.heard[-1].text == said("button_gone"), data
        assert len(station.engine.asked) == before
    assert api.open_queries == set()
    assert not any(record.exc_info for record in caplog.records)


def test_presses_of_a_deleted_conversation_are_answered(
    api: BotApi, station: Station, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    anna.says("First?")
    (answer,) = answered(api, anna)
    station.run(station.conversations.forget(station.engine.asked[0].conversation))  # its time was up
    assert notice(api, anna.presses(answer, "👍")) == said("button_gone")
    anna.presses(answer, "Tell me more")
    assert answered(api, anna, 2)[1].text == said("button_gone")
    assert api.wait(lambda: not api.open_queries)
    anna.says("/sources")
    assert answered(api, anna, 3)[2].text == said("sources_none")
    anna.says("Second?")
    assert answered(api, anna, 4)[3].text.startswith("You asked: Second?")
    assert not any(record.exc_info for record in caplog.records)


def test_a_press_whose_time_to_answer_is_over_works_all_the_same(
    api: BotApi, station: Station, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    anna.says("First?")
    (answer,) = answered(api, anna)
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    api.fail("answerCallbackQuery", status=400, description=too_old, times=None)
    anna.presses(answer, "Tell me more")
    assert answered(api, anna, 2)[1].text.startswith("▸ Tell me more")
    anna.presses(anna.heard[1], "👎")
    assert answered(api, anna, 3)[2].text == said("remark")
    assert caplog.records == []


def test_a_keyboard_that_cannot_be_changed_is_no_fault(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("First?")
    answered(api, anna)
    api.fail("editMessageReplyMarkup", status=400, description="Bad Request: message can't be edited", times=None)
    after_all(api, anna)
    anna.presses(anna.heard[0], "👍")
    api.wait(lambda: feedback(station) == [("up", None)])


# Opinions


def test_thumbs_are_kept_and_shown(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("First?")
    (answer,) = answered(api, anna)
    assert notice(api, anna.presses(answer, "👍")) == said("rated")
    api.wait(lambda: anna.heard[0].titles == ["Tell me more", "1", "✓ 👍", "👎"])
    assert feedback(station) == [("up", None)]
    assert len(anna.heard) == 1


def test_a_mind_can_be_changed(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("First?")
    answered(api, anna)
    for title, kept in (("👎", "down"), ("👍", "up"), ("👎", "down")):
        anna.presses(anna.heard[0], title)
        all_done(api, station)
        assert [rating for rating, _ in feedback(station)] == [kept]
        assert f"✓ {title}" in anna.heard[0].titles
        assert len([shown for shown in anna.heard[0].titles if shown.startswith("✓")]) == 1
    after_all(api, anna)
    api.wait(lambda: anna.heard[0].titles == ["👍", "✓ 👎"])


def test_a_remark_is_asked_for_and_kept(api: BotApi, station: Station, anna: Person) -> None:
    _, prompt = asked_why(api, anna)
    assert (prompt.text, prompt.force_reply) == (said("remark"), True)
    anna.says("The year is wrong. <b>2012</b>", reply_to=prompt.message_id)
    assert answered(api, anna, 3)[2].text == said("remark_kept")
    assert feedback(station) == [("down", "The year is wrong. <b>2012</b>")]
    anna.says("And now?", reply_to=prompt.message_id)
    assert answered(api, anna, 4)[3].text.startswith("You asked: And now?")
    assert feedback(station) == [("down", "The year is wrong. <b>2012</b>")]


def test_a_remark_can_be_left_out_by_cancelling_or_by_asking_on(api: BotApi, station: Station, anna: Person) -> None:
    _, prompt = asked_why(api, anna)
    anna.says("Another question?")
    assert answered(api, anna, 3)[2].text.startswith("You asked: Another question?")
    anna.says("/cancel")
    assert answered(api, anna, 4)[3].text == said("cancelled")
    anna.says("/cancel")
    assert answered(api, anna, 5)[4].text == said("nothing_to_cancel")
    anna.says("Too late", reply_to=prompt.message_id)
    assert answered(api, anna, 6)[5].text.startswith("You asked: Too late")
    assert feedback(station) == [("down", None)]


def test_a_remark_is_kept_after_a_restart(api: BotApi, station: Station, anna: Person) -> None:
    _, prompt = asked_why(api, anna)
    all_done(api, station)
    station.restart()
    anna.says("The year", reply_to=prompt.message_id)
    assert answered(api, anna, 3)[2].text == said("remark_kept")
    assert feedback(station) == [("down", "The year")]


def test_a_remark_does_not_bring_back_an_opinion_that_was_changed(api: BotApi, station: Station, anna: Person) -> None:
    answer, prompt = asked_why(api, anna)
    anna.presses(answer, "👍")
    all_done(api, station)
    anna.says("It was right after all", reply_to=prompt.message_id)
    assert answered(api, anna, 3)[2].text == said("remark_kept")
    assert feedback(station) == [("up", "It was right after all")]


def test_a_remark_belongs_to_the_answer_that_its_prompt_asked_about(
    api: BotApi, station: Station, anna: Person
) -> None:
    anna.says("First?")
    anna.says("Second?")
    api.wait(lambda: len(anna.heard) == 2 and anna.heard[0].titles == ["👍", "👎"])
    for position in (0, 1):
        anna.presses(anna.heard[position], "👎")
        answered(api, anna, 3 + position)
    first, second = anna.heard[2], anna.heard[3]
    anna.says("On the first", reply_to=first.message_id)
    assert answered(api, anna, 5)[4].text == said("remark_kept")
    anna.says("On the second", reply_to=second.message_id)
    assert answered(api, anna, 6)[5].text == said("remark_kept")
    assert sorted(feedback(station)) == [("down", "On the first"), ("down", "On the second")]


def test_pressing_twice_asks_once(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("First?")
    (answer,) = answered(api, anna)
    data = answer.buttons[-1][1]["callback_data"]
    for _ in range(2):
        assert notice(api, anna.presses_data(answer, data)) == said("rated")
    all_done(api, station)
    assert [m.text for m in anna.heard[1:]] == [said("remark")]
    anna.says("/cancel")
    assert answered(api, anna, 3)[2].text == said("cancelled")


def test_a_remark_on_a_deleted_answer_is_told_to_be_lost(api: BotApi, station: Station, anna: Person) -> None:
    _, prompt = asked_why(api, anna)
    station.run(station.conversations.forget(station.engine.asked[0].conversation))
    anna.says("The year", reply_to=prompt.message_id)
    assert answered(api, anna, 3)[2].text == said("remark_lost")


def test_a_sticker_is_no_remark(api: BotApi, station: Station, anna: Person) -> None:
    _, prompt = asked_why(api, anna)
    anna.sends("sticker", reply_to=prompt.message_id)
    assert answered(api, anna, 3)[2].text == said("unreadable.sticker")
    anna.says("The year", reply_to=prompt.message_id)
    assert answered(api, anna, 4)[3].text == said("remark_kept")


def test_a_person_cannot_press_what_belongs_to_another(api: BotApi, station: Station, anna: Person) -> None:
    jonas = api.person()
    anna.says("First?")
    (answer,) = answered(api, anna)
    after_all(api, jonas)
    for row in answer.buttons:
        for one in row:
            shown = notice(api, jonas.presses_data(jonas.heard[0], one["callback_data"]))
            all_done(api, station)
            assert shown == said("button_gone") or jonas.heard[-1].text == said("button_gone")
    assert feedback(station) == []
    assert [asked.text for asked in station.engine.asked] == ["First?", READABLE]
