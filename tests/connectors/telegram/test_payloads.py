"""Every recorded update, and every broken one: what happens, and that the next question is answered."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors.web_chat.schemas import LONGEST_TEXT
from tests.connectors.telegram.station import Station
from tests.connectors.telegram.test_messages import all_done, answered, said
from tests.helpers.bot_api import BotApi, Person

PAYLOADS = Path(__file__).resolve().parents[2] / "payloads" / "telegram"
ANSWER = "You asked: {}"
CAPTION = said("caption_only")

EXPECTED: dict[str, list[str]] = {
    "album": [f"{CAPTION}\n\n{ANSWER.format('Our week with the host family')}"],
    "animation": [said("unreadable.picture")],
    "anonymous_admin": [ANSWER.format("what is the forum?")],
    "audio": [said("unreadable.sound")],
    "callback_query": [],
    "callback_query_inaccessible_message": [],
    "channel_post": [],
    "command_addressed_in_group": [said("help")],
    "command_for_another_bot": [],
    "command_start": [said("start")],
    "command_start_deep_link": [said("start")],
    "command_unknown": [said("unknown_command", command="weather")],
    "contact": [said("unreadable.contact")],
    "dice": [said("unreadable.other")],
    "document": [f"{CAPTION}\n\n{ANSWER.format('Is this the right form?')}"],
    "edited_caption": [f"{said('edited')}\n\n{ANSWER.format('Is this the forum of 2012?')}"],
    "edited_channel_post": [],
    "edited_message": [f"{said('edited')}\n\n{ANSWER.format('When did the Xiadu Forum take place in 2012?')}"],
    "forum_topic_message": [ANSWER.format("👋 who can host?")],
    "forwarded_text": [ANSWER.format("Where do I apply for a homestay?")],
    "game": [said("unreadable.other")],
    "group_migrated": [],
    "left_chat_member": [],
    "linked_channel_forward": [],
    "live_location_edit": [],
    "location": [said("unreadable.place")],
    "mention_in_group": [ANSWER.format("which towns are partners?")],
    "message_from_bot": [],
    "message_reaction": [],
    "my_chat_member_added_to_group": [],
    "my_chat_member_blocked": [],
    "new_chat_members": [],
    "not_mentioned_in_group": [],
    "photo_with_caption": [f"{CAPTION}\n\n{ANSWER.format('Which forum is this? #xining')}"],
    "photo_without_caption": [said("unreadable.picture", "zh")],
    "pinned_message": [],
    "poll_message": [said("unreadable.poll")],
    "poll_update": [],
    "reply_to_bot": [ANSWER.format("And before that?")],
    "reply_to_bot_in_group": [ANSWER.format("The one in Germany")],
    "reply_with_quote": [ANSWER.format("")],
    "sticker": [said("unreadable.sticker")],
    "text_en": [ANSWER.format("When does the Xiadu Forum take place?")],
    "text_with_only_emoji": [ANSWER.format("👍🏽😀🇨🇳")],
    "text_zh": [ANSWER.format("夏都论坛什么时候举办？")],
    "unknown_update_type": [],
    "venue": [said("unreadable.place")],
    "very_long_text": [said("too_long", most=str(LONGEST_TEXT))],
    "via_bot": [ANSWER.format("Xining is the capital of Qinghai.")],
    "video": [said("unreadable.video")],
    "video_note": [said("unreadable.video")],
    "voice": [said("unreadable.sound")],
}
"""What is said to each, from its beginning; nothing where it is ignored."""

FORUM = ANSWER.format("What is the forum?")
MALFORMED: dict[str, tuple[int, list[str]]] = {
    "deeply_nested": (200, []),
    "entities_outside_text": (200, [FORUM]),
    "entity_splits_emoji": (200, [ANSWER.format("")]),
    "lone_surrogate": (200, [ANSWER.format("What")]),
    "null_signs": (200, [ANSWER.format("What")]),
    "repeated_keys": (200, [ANSWER.format("")]),
}
"""Those of the broken ones in which somebody says something; all others are taken, so that they don't come again, and left out."""


def all_said(api: BotApi) -> list[str]:
    """Gives everything that the bot wrote, wherever."""
    return [call.params["text"] for call in api.calls_of("sendMessage") if call.status == 200]


def payloads() -> list[str]:
    """Names the recorded updates."""
    return sorted(path.stem for path in PAYLOADS.glob("*.json"))


def malformed() -> list[str]:
    """Names the broken ones."""
    return sorted(path.name for path in (PAYLOADS / "malformed").iterdir())


def test_every_recorded_update_has_its_expectation() -> None:
    assert set(payloads()) == set(EXPECTED)
    assert set(MALFORMED) <= {Path(name).stem for name in malformed()}


def test_every_recorded_update_is_answered_or_ignored(
    api: BotApi, station: Station, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    for number, name in enumerate(payloads()):
        content = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
        before = len(all_said(api))
        for update in content if isinstance(content, list) else [content]:
            api.update(update)
        all_done(api, station)
        heard = all_said(api)[before:]
        assert len(heard) == len(EXPECTED[name]), (name, heard)
        for text, expected in zip(heard, EXPECTED[name], strict=True):
            assert text.startswith(expected), name
        assert api.open_queries == set(), name
        # Whatever came, a usual question is answered.
        anna.says(f"Question {number}?")
        assert answered(api, anna, number + 1)[number].text.startswith(f"You asked: Question {number}?"), name
    assert not any(record.exc_info for record in caplog.records)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_a_press_that_cannot_be_understood_is_told_so(api: BotApi, station: Station) -> None:
    for name in ("callback_query", "callback_query_inaccessible_message"):
        update: Any = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
        api.update(update)
        query = str(update["callback_query"]["id"])
        all_done(api, station)
        assert api.answered_callbacks[query]["text"] == said("button_gone")


def test_an_answer_to_a_topic_goes_to_that_topic(api: BotApi, station: Station) -> None:
    update = json.loads((PAYLOADS / "forum_topic_message.json").read_text(encoding="utf-8"))
    api.update(update)
    api.wait(lambda: all_said(api))
    (call,) = api.calls_of("sendMessage")
    assert (call.params["message_thread_id"], call.params["reply_parameters"]["message_id"]) == (12, 4036)


def test_every_broken_body_is_taken_by_the_webhook_and_harms_nothing(
    api: BotApi, make_station: Callable[..., Station], anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    station = make_station(webhook=True).start()
    somebody = api.person(id=711000101, first_name="Aylin", username="aylin_demir_test")
    for number, name in enumerate(malformed()):
        before = len(somebody.heard)
        status = api.raw_update((PAYLOADS / "malformed" / name).read_bytes())
        expected, texts = MALFORMED.get(Path(name).stem, (200, []))
        assert status == expected, name
        anna.says(f"Question {number}?")
        assert answered(api, anna, number + 1)[number].text.startswith(f"You asked: Question {number}?"), name
        all_done(api, station)  # nothing is kept that would come again at each start
        heard = somebody.heard[before:]
        assert len(heard) == len(texts), (name, [message.text for message in heard])
        for message, text in zip(heard, texts, strict=True):
            assert message.text.startswith(text), name
    assert not [record for record in caplog.records if record.exc_info], [r.getMessage() for r in caplog.records]


def test_every_broken_update_among_others_is_left_out_when_asking_for_news(
    api: BotApi, station: Station, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    api.person(id=711000101, first_name="Aylin", username="aylin_demir_test")
    number = 0
    for name in malformed():
        try:
            content = json.loads((PAYLOADS / "malformed" / name).read_bytes())
        except (ValueError, RecursionError):
            continue
        if not isinstance(content, dict):
            continue
        api.update(content)
        anna.says(f"Question {number}?")
        assert answered(api, anna, number + 1)[number].text.startswith(f"You asked: Question {number}?"), name
        all_done(api, station)
        number += 1
    assert number > 20
    assert api.open_queries == set()
    assert not [record for record in caplog.records if record.exc_info], [r.getMessage() for r in caplog.records]
    station.restart()
    anna.says("After a restart?")
    assert "After a restart?" in answered(api, anna, number + 1)[number].text
