"""What people send in a private chat, and what comes back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

import pytest

from connectors.web_chat.schemas import LONGEST_TEXT
from conversations.engine_client import EngineUnavailable
from tests.connectors.telegram.station import INTERFACE, SOURCE, Station, custom
from tests.helpers.bot_api import BotApi, Happened, Person, SentMessage
from tests.helpers.fake_engine import Asked, message

READABLE = "One more question"


def said(name: str, language: str = "en", /, **fillings: str) -> str:
    """Gives one of the connector's own texts."""
    return INTERFACE(f"telegram.{name}", language, **fillings)


def texts(person: Person) -> list[str]:
    """Gives what somebody read so far."""
    return [message.text for message in person.heard]


def after_all(api: BotApi, person: Person) -> list[SentMessage]:
    """Asks one more question; when it is answered, all before it is done. Gives what was heard before its answer."""
    before = len([text for text in texts(person) if READABLE in text])
    person.says(READABLE)
    api.wait(lambda: len([text for text in texts(person) if READABLE in text]) > before)
    heard = person.heard
    assert READABLE in heard[-1].text
    return [message for message in heard if READABLE not in message.text]


def all_done(api: BotApi, station: Station) -> None:
    """Waits until all that happened is handled."""
    api.wait_delivered()
    api.wait(lambda: station.run(station.chats.waiting()) == [])


def notice(api: BotApi, pressed: Happened) -> str | None:
    """Waits until a press is answered; gives the notice over the chat."""
    query = str(pressed.callback_query_id)
    api.wait(lambda: query in api.answered_callbacks)
    text = api.answered_callbacks[query].get("text")
    return None if text is None else str(text)


def answered(api: BotApi, person: Person, so_many: int = 1) -> list[SentMessage]:
    """Waits for so many messages."""
    return api.wait(lambda: heard if len(heard := person.heard) >= so_many else [])


def test_a_question_is_answered_with_date_source_and_buttons(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("What is the forum?")
    (answer,) = answered(api, anna)
    lines = answer.text.split("\n\n")
    assert lines[0] == "You asked: What is the forum?"
    for part in ("June 2012", SOURCE["title"], SOURCE["publisher"], "23 Mar 2016"):
        assert part in lines[1]
    links = [entity for entity in answer.entities if entity["type"] == "text_link"]
    assert [link["url"] for link in links] == [SOURCE["url"]]
    assert answer.titles[0] == "Tell me more"
    assert answer.titles[-2:] == ["👍", "👎"]
    assert answer.reply_to is None


def test_no_message_shows_a_preview_of_a_link(api: BotApi, station: Station, anna: Person) -> None:
    for text in ("https://example.org/ what is this?", "/start", "/privacy", "/sources"):
        anna.says(text)
    answered(api, anna, 4)
    assert [message.link_preview_options for message in anna.heard] == [{"is_disabled": True}] * 4
    assert all(message.parse_mode is None for message in anna.heard)


def test_what_is_said_beside_answers_is_in_the_language_of_the_persons_telegram(api: BotApi, station: Station) -> None:
    for code, language in [
        ("zh-hans", "zh"),
        ("zh-hant", "zh"),
        ("zh", "zh"),
        ("en-GB", "en"),
        ("de", "en"),
        (None, "en"),
    ]:
        person = api.person(language_code=code)
        person.sends("voice")
        assert answered(api, person)[0].text == said("unreadable.sound", language), code


def test_after_an_answer_its_language_counts(api: BotApi, make_station: Callable[..., Station]) -> None:
    make_station(says=lambda asked: [message("答", custom=custom(asked.metadata["language"]))]).start()
    anna = api.person(language_code="en")
    anna.says("夏都论坛什么时候举办？")
    answered(api, anna)
    anna.sends("sticker")
    assert answered(api, anna, 2)[1].text == said("unreadable.sticker", "zh")


def test_questions_of_one_chat_are_one_conversation(api: BotApi, station: Station, anna: Person) -> None:
    for text in ("One?", "Two?", "Three?"):
        anna.says(text)
    answered(api, anna, 3)
    assert [text.split("\n")[0] for text in texts(anna)] == ["You asked: One?", "You asked: Two?", "You asked: Three?"]
    assert len({asked.conversation for asked in station.engine.asked}) == 1


# Edited messages


def test_an_edited_message_is_answered_once_more_marked_and_as_a_reply(
    api: BotApi, station: Station, anna: Person
) -> None:
    first = anna.says("When was the forum in 2011?")
    answered(api, anna)
    anna.edits(first, "When was the forum in 2012?")
    anna.edits(first, "When was the forum in 2012?")
    rest = after_all(api, anna)
    assert len(rest) == 2
    assert rest[1].text.startswith(f"{said('edited')}\n\nYou asked: When was the forum in 2012?")
    assert rest[1].reply_to == first.message_id
    assert not rest[0].text.startswith(said("edited"))
    assert READABLE in anna.heard[-1].text
    assert said("edited") not in anna.heard[-1].text


def test_an_edit_without_another_text_is_not_answered(api: BotApi, station: Station, anna: Person) -> None:
    first = anna.says("When was the forum?")
    photo = anna.sends("photo", caption="What is this?")
    answered(api, anna, 2)
    anna.edits(first, "When was the forum?")
    anna.edits(photo, "What is this?")
    assert len(after_all(api, anna)) == 2


def test_an_edit_is_known_again_after_a_restart(api: BotApi, station: Station, anna: Person) -> None:
    first = anna.says("When was the forum?")
    answered(api, anna)
    station.restart()
    anna.edits(first, "When was the forum?")
    assert len(after_all(api, anna)) == 1


def test_an_edit_that_was_in_hand_at_a_power_cut_is_answered(api: BotApi, station: Station, anna: Person) -> None:
    first = anna.says("When was the forum in 2011?")
    answered(api, anna)
    sent = len(api.calls_of("sendMessage"))
    api.fail("sendMessage", hang=True, times=None)
    anna.edits(first, "When was the forum in 2012?")
    api.wait(lambda: len(api.calls_of("sendMessage")) > sent)
    station.kill()
    api.heal()
    station.start()
    assert "You asked: When was the forum in 2012?" in answered(api, anna, 2)[1].text
    anna.edits(first, "When was the forum in 2012?")
    assert len(after_all(api, anna)) == 2


def test_going_back_to_the_first_wording_is_answered(api: BotApi, station: Station, anna: Person) -> None:
    first = anna.says("A?")
    anna.edits(first, "B?")
    anna.edits(first, "A?")
    assert [text.rpartition("You asked: ")[2][:2] for text in [m.text for m in after_all(api, anna)]] == [
        "A?",
        "B?",
        "A?",
    ]


def test_an_edited_command_without_another_text_is_not_obeyed_again(
    api: BotApi, station: Station, anna: Person
) -> None:
    first = anna.says("/help")
    anna.edits(first, "/help")
    assert len(after_all(api, anna)) == 1


def test_an_edited_command_is_obeyed(api: BotApi, station: Station, anna: Person) -> None:
    first = anna.says("/hepl")
    anna.edits(first, "/cancel")
    assert [m.text for m in after_all(api, anna)] == [
        said("unknown_command", command="hepl"),
        said("nothing_to_cancel"),
    ]


def test_edits_of_what_has_no_text_are_ignored(api: BotApi, station: Station, anna: Person) -> None:
    place = anna.sends("location")
    sticker = anna.sends("sticker")
    answered(api, anna, 2)
    for happened in (place, sticker):
        for _ in range(3):
            api.update({"edited_message": {**happened.payload["message"], "edit_date": int(time.time())}})
    assert len(after_all(api, anna)) == 2


def test_a_caption_that_is_added_later_is_answered(api: BotApi, station: Station, anna: Person) -> None:
    photo = anna.sends("photo")
    answered(api, anna)
    anna.edits(photo, "What does this sign mean?")
    heard = after_all(api, anna)
    assert [m.text.split("\n\n")[0] for m in heard] == [said("unreadable.picture"), said("edited")]
    assert "You asked: What does this sign mean?" in heard[1].text


# Attachments


KINDS = {
    "sticker": "sticker",
    "photo": "picture",
    "animation": "picture",
    "voice": "sound",
    "audio": "sound",
    "video": "video",
    "video_note": "video",
    "document": "file",
    "location": "place",
    "contact": "contact",
    "poll": "poll",
    "dice": "other",
}


def test_what_cannot_be_read_gets_one_kind_sentence(api: BotApi, station: Station, anna: Person) -> None:
    for kind in KINDS:
        anna.sends(kind)
    heard = after_all(api, anna)
    assert [m.text for m in heard] == [said(f"unreadable.{name}") for name in KINDS.values()]
    assert all(m.buttons == [] for m in heard)
    assert [asked.text for asked in station.engine.asked] == [READABLE]


def test_a_caption_is_answered_and_said_to_be_all_that_was_read(api: BotApi, station: Station, anna: Person) -> None:
    anna.sends("photo", caption="Where is this?")
    anna.sends("document", caption="Is this the right form?")
    heard = answered(api, anna, 2)
    for message_, question in zip(heard, ("Where is this?", "Is this the right form?"), strict=True):
        assert message_.text.startswith(f"{said('caption_only')}\n\nYou asked: {question}")


@pytest.mark.parametrize("captions", [(None, None, None), ("Where is this?", None, None)])
def test_an_album_is_answered_once(
    api: BotApi, station: Station, anna: Person, captions: tuple[str | None, ...]
) -> None:
    for caption in captions:
        anna.sends("photo", caption=caption, media_group="77")
    (only,) = after_all(api, anna)
    assert only.text.startswith(said("caption_only") if captions[0] else said("unreadable.picture"))


def test_two_albums_are_answered_twice(api: BotApi, station: Station, anna: Person) -> None:
    for album in ("1", "1", "2", "2"):
        anna.sends("video", media_group=album)
    assert [m.text for m in after_all(api, anna)] == [said("unreadable.video")] * 2


# Texts


def test_forwarded_and_replying_messages_are_questions(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("Forwarded?", forwarded=True)
    (first,) = answered(api, anna)
    anna.says("And before that?", reply_to=first.message_id)
    answered(api, anna, 2)
    assert [asked.text for asked in station.engine.asked] == ["Forwarded?", "And before that?"]


def test_a_very_long_text_is_refused_kindly_and_one_at_the_limit_is_not(
    api: BotApi, station: Station, anna: Person
) -> None:
    anna.says("x" * LONGEST_TEXT)
    anna.says("x" * (LONGEST_TEXT + 1))
    heard = answered(api, anna, 2)
    assert heard[0].text.startswith("You asked: xxx")
    assert heard[1].text == said("too_long", most=str(LONGEST_TEXT))


def test_a_text_without_words_is_answered(api: BotApi, station: Station, anna: Person) -> None:
    written = ["👍🏽😀🇨🇳", "…", "?", "👨‍👩‍👧‍👦", "\u2800"]
    for text in written:
        anna.says(text)
    assert len(after_all(api, anna)) == len(written)


def test_a_text_of_signs_that_nobody_sees_gets_a_kind_sentence(api: BotApi, station: Station, anna: Person) -> None:
    anna.says("\u0007\u0001")
    assert [m.text for m in after_all(api, anna)] == [said("nothing_said")]


LITERALLY = [
    "<b>bold</b> & <a href='tg://x'>x</a> &amp; &lt;",
    "*a* _b_ [c](https://example.org/x) `d` ||e|| ~f~ >g #h +i -j =k |l {m} .n !o \\p",
    "שלום עולם\u200f מה שלומך (abc) ?",
    "👨‍👩‍👧‍👦 🇨🇳 👍🏽 𝒳 𠀀",
    "%s {0} {name} $x ${y}",
]


def test_text_that_looks_like_markup_arrives_literally(api: BotApi, make_station: Callable[..., Station]) -> None:
    def says(asked: Asked) -> list[dict[str, Any]]:
        text = LITERALLY[int(asked.text)]
        return [message(text, custom=custom(sources=[{**SOURCE, "title": text, "publisher": text}]))]

    make_station(says=says).start()
    for number, text in enumerate(LITERALLY):
        person = api.person()
        person.says(str(number))
        (answer,) = answered(api, person)
        assert answer.text.startswith(f"{text}\n\n")
        link = next(entity for entity in answer.entities if entity["type"] == "text_link")
        inside = answer.text.encode("utf-16-le")[2 * link["offset"] : 2 * (link["offset"] + link["length"])]
        assert inside.decode("utf-16-le") == text
        person.says("/sources")
        assert text in answered(api, person, 2)[1].text


# Waiting, and what goes wrong


def test_typing_is_shown_while_an_answer_takes_long(api: BotApi, station: Station, anna: Person) -> None:
    go_on = asyncio.Event()

    async def think(_: Asked) -> None:
        await go_on.wait()

    station.engine.during = think
    anna.says("A hard one?")
    api.wait(lambda: api.calls_of("sendChatAction"))
    assert anna.heard == []
    call = api.calls_of("sendChatAction")[0]
    assert (call.params["chat_id"], call.params["action"]) == (anna.id, "typing")
    station._loop.call_soon_threadsafe(go_on.set)
    answered(api, anna)
    assert len(api.calls_of("sendChatAction")) == 1


def test_typing_is_not_shown_when_an_answer_is_quick(api: BotApi, station: Station, anna: Person) -> None:
    for _ in range(3):
        after_all(api, anna)
    assert api.calls_of("sendChatAction") == []


def test_an_answer_without_the_engine_is_marked(
    api: BotApi, make_station: Callable[..., Station], anna: Person
) -> None:
    make_station(says=EngineUnavailable("ordered by a test")).start()
    anna.says("How many people took part in the forum?")
    (answer,) = answered(api, anna)
    assert INTERFACE("chat.degraded", "en") in answer.text


def test_several_messages_of_one_answer_arrive_in_order(
    api: BotApi, make_station: Callable[..., Station], anna: Person
) -> None:
    make_station(says=[message(f"Part {n}", custom=custom()) for n in range(4)]).start()
    anna.says("All of it?")
    assert [m.text[:6] for m in answered(api, anna, 4)] == [f"Part {n}" for n in range(4)]


def test_who_blocked_the_bot_makes_no_trouble(
    api: BotApi, station: Station, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    after_all(api, anna)
    anna.blocks_bot()
    for text in ("Are you there?", "/start", "/forget"):
        anna.says(text)
    anna.sends("photo")
    jonas = api.person()
    jonas.says("And I?")
    answered(api, jonas)
    api.wait(lambda: len([call for call in api.calls_of("sendMessage") if call.status == 403]) == 4)
    anna.unblocks_bot()
    assert len(after_all(api, anna)) == 0
    assert not any(record.exc_info for record in caplog.records)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    all_done(api, station)


def test_who_blocks_the_bot_while_it_thinks_makes_no_trouble(
    api: BotApi, station: Station, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    async def block(_: Asked) -> None:
        anna.chat.closed = "Forbidden: user is deactivated"

    station.engine.during = block
    anna.says("Are you there?")
    api.wait(lambda: [call for call in api.calls_of("sendMessage") if call.status == 403])
    station.engine.during = None
    anna.chat.closed = None
    assert after_all(api, anna) == []
    assert not any(record.exc_info for record in caplog.records)


def test_a_fault_of_ours_is_told_and_the_next_question_is_answered(
    api: BotApi, make_station: Callable[..., Station], anna: Person
) -> None:
    def says(asked: Asked) -> Any:
        return RuntimeError("broken") if asked.text == "Break!" else [message(asked.text, custom=custom())]

    make_station(says=says).start()
    anna.says("Break!")
    assert [m.text for m in after_all(api, anna)] == [said("failed")]


def test_who_speaks_too_often_is_told_once(api: BotApi, make_station: Callable[..., Station]) -> None:
    station = make_station(environ={"XIADU_CONVERSATION_RATE": "2 per 3 second"}).start()
    anna, jonas = api.person(), api.person()
    for number in range(6):
        anna.says(f"Question {number}")
    answered(api, anna, 3)
    jonas.says("I am quiet")
    assert answered(api, jonas)[0].text.startswith("You asked: I am quiet")
    all_done(api, station)
    heard = texts(anna)
    assert [text.split("\n")[0] for text in heard[:2]] == ["You asked: Question 0", "You asked: Question 1"]
    assert heard[2:] in [[said("too_many", n=str(seconds))] for seconds in (1, 2, 3)]
    seconds = next(n for n in (1, 2, 3) if heard[2] == said("too_many", n=str(n)))
    until = time.monotonic() + seconds
    api.wait(lambda: time.monotonic() > until)
    anna.says("Now again?")
    assert answered(api, anna, 4)[3].text.startswith("You asked: Now again?")
