"""Groups: only who means the bot gets an answer, and each person has a conversation of their own."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from sqlalchemy import text as sql

from tests.connectors.telegram.station import Station
from tests.connectors.telegram.test_messages import READABLE, all_done, notice, said
from tests.helpers.bot_api import BotApi, Group, Person, SentMessage

BOT = "@xining_test_bot"


def heard_in(api: BotApi, group: Group, so_many: int = 1) -> list[SentMessage]:
    """Waits for so many messages in a group."""
    return api.wait(lambda: heard if len(heard := group.heard) >= so_many else [])


def after_all(api: BotApi, group: Group) -> list[SentMessage]:
    """Asks one more question; when it is answered, all before it is done. Gives what was said before its answer."""
    asker = api.person()
    asker.says(f"{BOT} {READABLE}", where=group)
    api.wait(lambda: group.heard and READABLE in group.heard[-1].text)
    return group.heard[:-1]


@pytest.fixture
def group(api: BotApi) -> Group:
    """A group that the bot is in."""
    return api.group("Twin towns", supergroup=True)


@pytest.fixture
def jonas(api: BotApi) -> Person:
    """Somebody else."""
    return api.person(first_name="Jonas", language_code="en")


def test_talk_among_people_is_left_alone(
    api: BotApi, station: Station, group: Group, anna: Person, jonas: Person
) -> None:
    first = anna.says("Did anybody take the night train?", where=group)
    jonas.says("I did", where=group, reply_to=first.message_id)
    anna.sends("photo", where=group, caption="Look")
    anna.sends("sticker", where=group)
    anna.says("@another_test_bot what is this?", where=group)
    anna.says("@xining_test_bot2 what is this?", where=group)
    anna.says("mail me: somebody@xining_test_bot.example.org", where=group)
    anna.edits(first, "Did anybody take the day train?", where=group)
    assert after_all(api, group) == []
    assert [asked.text for asked in station.engine.asked] == [READABLE]
    with station.database.read() as session:
        assert session.execute(sql("select count(*) from chat")).scalar_one() == 1


def test_who_names_the_bot_is_answered_as_a_reply(api: BotApi, station: Station, group: Group, anna: Person) -> None:
    ways = {
        f"{BOT} what is the forum?": "what is the forum?",
        f"what is the forum, {BOT}": "what is the forum,",
        f"what {BOT} is it?": "what is it?",
        f"{BOT.upper()} and where?": "and where?",
        f"{BOT}\nand when?": "and when?",
    }
    for number, text in enumerate(ways, 1):
        said_ = anna.says(text, where=group)
        assert heard_in(api, group, number)[-1].reply_to == said_.message_id
    assert [asked.text for asked in station.engine.asked] == list(ways.values())
    assert anna.heard == []


def test_a_mention_of_the_bot_by_name_without_user_name_counts(
    api: BotApi, station: Station, group: Group, anna: Person
) -> None:
    anna.says(
        "Xining Test, what is the forum?",
        where=group,
        entities=[{"type": "text_mention", "offset": 0, "length": 11, "user": api.bot}],
    )
    heard_in(api, group)
    assert station.engine.asked[0].text == ", what is the forum?"


def test_who_replies_to_the_bot_is_answered(api: BotApi, station: Station, group: Group, anna: Person) -> None:
    anna.says(f"{BOT} what is the forum?", where=group)
    (answer,) = heard_in(api, group)
    anna.says("And in 2012?", where=group, reply_to=answer.message_id)
    heard_in(api, group, 2)
    assert [asked.text for asked in station.engine.asked] == ["what is the forum?", "And in 2012?"]
    assert len({asked.conversation for asked in station.engine.asked}) == 1
    anna.sends("sticker", where=group, reply_to=answer.message_id)
    assert heard_in(api, group, 3)[2].text == said("unreadable.sticker")


def test_a_caption_that_names_the_bot_is_answered(api: BotApi, station: Station, group: Group, anna: Person) -> None:
    anna.sends("photo", caption=f"{BOT} where is this?", where=group)
    assert heard_in(api, group)[0].text.startswith(f"{said('caption_only')}\n\nYou asked: where is this?")


def test_the_bare_name_as_a_reply_asks_what_was_replied_to(
    api: BotApi, station: Station, group: Group, anna: Person, jonas: Person
) -> None:
    question = anna.says("How high is Xining?", where=group)
    photo = anna.sends("photo", caption="Which bridge is this?", where=group)
    for happened in (question, photo):
        jonas.says(BOT, where=group, reply_to=happened.message_id)
    heard_in(api, group, 2)
    assert [asked.text for asked in station.engine.asked] == ["How high is Xining?", "Which bridge is this?"]


def test_the_bare_name_alone_gets_a_hint_that_can_be_pressed(
    api: BotApi, station: Station, group: Group, anna: Person
) -> None:
    anna.says(BOT, where=group)
    (hint,) = heard_in(api, group)
    assert hint.text.startswith(said("mentioned"))
    anna.presses(hint, hint.titles[0])
    assert "You asked: " in heard_in(api, group, 2)[1].text


def test_commands_in_groups(api: BotApi, station: Station, group: Group, anna: Person) -> None:
    for text in (
        "/start@another_test_bot",
        f"/help@another_test_bot {BOT}",
        "/weather",
        "/weather@another_test_bot",
        "what /help does",
    ):
        anna.says(text, where=group)
    assert after_all(api, group) == []
    for number, (text, expected) in enumerate(
        {
            f"/help{BOT}": said("help"),
            "/help": said("help"),
            f"/cancel{BOT}": said("nothing_to_cancel"),
            f"/weather{BOT}": said("unknown_command", command="weather"),
            f"/start{BOT} forum": said("topic", topic="the Xiadu Forum").split("{")[0][:12],
            f"/SOURCES{BOT.upper()}": said("sources_none"),
        }.items(),
        2,
    ):
        command = anna.says(text, where=group)
        heard = heard_in(api, group, number)
        assert heard[-1].text.startswith(expected), text
        assert heard[-1].reply_to == command.message_id
    assert len(station.engine.asked) == 1


def test_each_person_has_a_conversation_of_their_own(
    api: BotApi, station: Station, group: Group, anna: Person, jonas: Person
) -> None:
    other = api.group("Host families")
    for person, where in ((anna, group), (jonas, group), (anna, None), (anna, other), (anna, group)):
        person.says(f"{BOT} what is the forum?", where=where)
        all_done(api, station)
    talks = [asked.conversation for asked in station.engine.asked]
    assert len(set(talks)) == 4
    assert talks[0] == talks[4]


def test_nobody_can_press_anothers_buttons(
    api: BotApi, station: Station, group: Group, anna: Person, jonas: Person
) -> None:
    anna.says(f"{BOT} what is the forum?", where=group)
    (answer,) = heard_in(api, group)
    titles = list(answer.titles)
    for title in titles:
        assert notice(api, jonas.presses(answer, title)) == said("button_gone")
    # Somebody who has a conversation there, too.
    jonas.says(f"{BOT} and I?", where=group)
    heard_in(api, group, 2)
    for title in titles:
        notice(api, jonas.presses(answer, title))
    all_done(api, station)
    assert len(station.engine.asked) == 2
    with station.database.read() as session:
        assert session.execute(sql("select count(*) from feedback")).scalar_one() == 0
    # They still work for whom they are meant.
    assert group.heard[0].titles == titles
    anna.presses(group.heard[0], titles[0])
    api.wait(lambda: len(station.engine.asked) == 3)
    assert station.engine.asked[2].conversation == station.engine.asked[0].conversation


def test_nobody_can_confirm_anothers_deletion(
    api: BotApi, station: Station, group: Group, anna: Person, jonas: Person
) -> None:
    for number, person in enumerate((anna, jonas), 1):
        person.says(f"{BOT} what is the forum?", where=group)
        heard_in(api, group, number)
    anna.says("/forget", where=group)
    ask = heard_in(api, group, 3)[2]
    assert notice(api, jonas.presses(ask, said("yes"))) == said("button_gone")
    all_done(api, station)
    with station.database.read() as session:
        assert session.execute(sql("select count(*) from conversation")).scalar_one() == 2
    anna.presses(group.heard[2], said("yes"))
    api.wait(lambda: group.heard[-1].text == said("forgotten"))
    with station.database.read() as session:
        left = session.execute(sql("select id from conversation")).scalars().all()
    assert left == [station.engine.asked[1].conversation]


def test_a_thumb_and_a_remark_in_a_group(
    api: BotApi, station: Station, group: Group, anna: Person, jonas: Person
) -> None:
    anna.says(f"{BOT} what is the forum?", where=group)
    (answer,) = heard_in(api, group)
    anna.presses(answer, "👎")
    prompt = heard_in(api, group, 2)[1]
    assert prompt.force_reply
    jonas.says("Me, too!", where=group, reply_to=prompt.message_id)
    assert "You asked: Me, too!" in heard_in(api, group, 3)[2].text
    anna.says("The year is wrong", where=group, reply_to=prompt.message_id)
    assert heard_in(api, group, 4)[3].text == said("remark_kept")
    with station.database.read() as session:
        kept = session.execute(sql("select rating, comment from feedback")).all()
    assert [tuple(row) for row in kept] == [("down", "The year is wrong")]


def test_the_prompt_for_a_remark_is_for_who_pressed(api: BotApi, station: Station, group: Group, anna: Person) -> None:
    """A reply is forced on whom the prompt names or answers; a selective one that answers the bot itself reaches nobody."""
    anna.says(f"{BOT} what is the forum?", where=group)
    (answer,) = heard_in(api, group)
    anna.presses(answer, "👎")
    prompt = heard_in(api, group, 2)[1]
    markup = api.calls_of("sendMessage")[-1].params["reply_markup"]
    assert markup["force_reply"]
    question = next(stored for stored in group.chat.messages.values() if not stored.by_bot)
    assert not markup.get("selective") or prompt.reply_to == question.payload["message_id"]


def test_answers_go_to_the_topic_of_the_question(api: BotApi, station: Station, anna: Person) -> None:
    forum = api.group("Xining and friends", forum=True)
    homestays, food = forum.topic("Homestays", anna), forum.topic("Food", anna)
    anna.says("just talk", where=forum, thread=food)
    anna.says(f"{BOT} who can host?", where=forum, thread=homestays)
    anna.says(f"{BOT} what to eat?", where=forum, thread=food)
    anna.says(f"{BOT} in general?", where=forum)
    heard = heard_in(api, forum, 3)
    assert [m.thread_id for m in heard] == [homestays, food, None]
    anna.presses(forum.heard[2], "👎")
    anna.says("/help", where=forum, thread=food)
    anna.sends("photo", where=forum, thread=food, reply_to=heard[1].message_id)
    heard = heard_in(api, forum, 6)
    assert [m.thread_id for m in heard[3:]] == [None, food, food]


def test_typing_is_shown_in_the_topic(api: BotApi, station: Station, anna: Person) -> None:
    forum = api.group("Xining and friends", forum=True)
    food = forum.topic("Food", anna)

    go_on = asyncio.Event()

    async def think(_: Any) -> None:
        await go_on.wait()

    station.engine.during = think
    anna.says(f"{BOT} what to eat?", where=forum, thread=food)
    api.wait(lambda: api.calls_of("sendChatAction"))
    station._loop.call_soon_threadsafe(go_on.set)
    heard_in(api, forum)
    assert api.calls_of("sendChatAction")[0].params["message_thread_id"] == food


def test_an_anonymous_administrator_is_answered(api: BotApi, station: Station, group: Group, anna: Person) -> None:
    stand_in = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    more: dict[str, Any] = {"from": stand_in, "sender_chat": group.chat.payload}
    for text in (f"{BOT} what is the forum?", f"/help{BOT}"):
        anna.says(text, where=group, **more)
    heard = heard_in(api, group, 2)
    assert "You asked: what is the forum?" in heard[0].text
    assert heard[1].text.startswith(said("help"))


def test_posts_notices_and_other_bots_are_ignored(api: BotApi, station: Station, group: Group, anna: Person) -> None:
    number, now = 9000, int(time.time())
    bot = {"id": 654322, "is_bot": True, "first_name": "Greeter", "username": "greeter_of_nobody_bot"}
    channel = {"id": -1002200000104, "title": "Xining news", "type": "channel"}
    mention = {"text": f"{BOT} hello", "entities": [{"offset": 0, "length": len(BOT), "type": "mention"}]}
    group_ = group.chat.payload
    contents: list[dict[str, Any]] = [
        {"from": bot, **mention},
        {"from": bot, "text": "/help", "entities": [{"offset": 0, "length": 5, "type": "bot_command"}]},
        {"from": {**anna.user, "id": 777000}, "sender_chat": channel, "is_automatic_forward": True, **mention},
        {"from": anna.user, "new_chat_members": [api.bot]},
        {"from": anna.user, "left_chat_member": bot},
        {"from": anna.user, "new_chat_title": "Another"},
        {"from": anna.user, "delete_chat_photo": True},
        {"from": anna.user, "pinned_message": {"message_id": 1, "date": now, "chat": group_, **mention}},
        {"from": anna.user, "forum_topic_created": {"name": BOT, "icon_color": 7322096}},
        {"from": anna.user, "video_chat_ended": {"duration": 3}},
        {"from": anna.user, "message_auto_delete_timer_changed": {"message_auto_delete_time": 3600}},
    ]
    for content in contents:
        number += 1
        api.update({"message": {"message_id": number, "date": now, "chat": group_, **content}})
    for kind in ("channel_post", "edited_channel_post"):
        api.update({kind: {"message_id": 5, "date": now, "chat": channel, "sender_chat": channel, **mention}})
    assert after_all(api, group) == []
    assert [call for call in api.calls_of("sendMessage") if call.params["chat_id"] != group.id] == []


def test_one_group_does_not_hear_what_was_asked_in_another(
    api: BotApi, station: Station, group: Group, anna: Person
) -> None:
    other = api.group("Host families")
    anna.says(f"{BOT} first?", where=group)
    anna.says(f"{BOT} second?", where=other)
    assert "first" in heard_in(api, group)[0].text
    assert "second" in heard_in(api, other)[0].text
    assert len(group.heard) == len(other.heard) == 1
