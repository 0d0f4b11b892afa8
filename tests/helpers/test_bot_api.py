"""The emulator of Telegram's Bot API, asked by the library that the product uses."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import Updater
from telegram.request import HTTPXRequest

from tests.helpers.bot_api import BotApi, bot_api

PAYLOADS = Path(__file__).resolve().parents[1] / "payloads" / "telegram"
CASES = """
    album animation anonymous_admin audio callback_query callback_query_inaccessible_message channel_post
    command_addressed_in_group command_for_another_bot command_start command_start_deep_link command_unknown contact dice
    document edited_caption edited_channel_post edited_message forum_topic_message forwarded_text game group_migrated
    left_chat_member linked_channel_forward live_location_edit location mention_in_group message_from_bot message_reaction
    my_chat_member_added_to_group my_chat_member_blocked new_chat_members not_mentioned_in_group photo_with_caption
    photo_without_caption pinned_message poll_message poll_update reply_to_bot reply_to_bot_in_group reply_with_quote sticker
    text_en text_with_only_emoji text_zh unknown_update_type venue very_long_text via_bot video video_note voice
"""


@pytest.fixture(autouse=True)
def _new_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the library warns whenever it makes a RetryAfter, and warnings are errors here."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def api() -> Iterator[BotApi]:
    with bot_api() as running:
        yield running


def ask[T](api: BotApi, work: Callable[[Bot], Awaitable[T]], *, token: str | None = None, seconds: float = 5) -> T:
    """Lets a bot do something."""

    async def run() -> T:
        bot = Bot(token or api.token, f"{api.url}/bot", request=HTTPXRequest(8, read_timeout=seconds))
        # Not as a context: that would call getMe.
        try:
            return await work(bot)
        finally:
            await bot.request.shutdown()
            await bot._request[0].shutdown()

    return asyncio.run(run())


def refusal(api: BotApi, work: Callable[[Bot], Awaitable[Any]], **more: Any) -> TelegramError:
    with pytest.raises(TelegramError) as problem:
        ask(api, work, **more)
    return problem.value


def keyboard(*titles: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(title, callback_data=f"x:{title}")] for title in titles])


# Tokens and methods


def test_tokens(api: BotApi) -> None:
    assert ask(api, lambda bot: bot.get_me()).username == "xining_test_bot"
    assert "Unauthorized" in str(refusal(api, lambda bot: bot.get_me(), token="123456:Another"))
    assert isinstance(refusal(api, lambda bot: bot.get_me(), token="not_a_token"), InvalidToken)
    api.token_revoked = True
    assert isinstance(refusal(api, lambda bot: bot.get_me()), InvalidToken)
    assert [call.status for call in api.calls] == [200, 401, 404, 401]


def test_other_ways_to_call(api: BotApi) -> None:
    anna = api.person()
    base = f"{api.url}/bot{api.token}"
    with httpx.Client(trust_env=False) as client:
        answer = client.get(f"{base}/sendmessage", params={"chat_id": anna.id, "text": "123"}).json()
        assert answer["result"]["text"] == "123"
        assert client.post(f"{base}/sendMessage", json={"chat_id": anna.id, "text": "true"}).status_code == 200
        parts = {"chat_id": (None, str(anna.id)), "text": (None, "北京")}
        assert client.post(f"{base}/sendMessage", files=parts).json()["result"]["text"] == "北京"
        unknown = client.post(f"{base}/launchMissile")
        assert unknown.json() == {"ok": False, "error_code": 404, "description": "Not Found"}
        broken = client.post(f"{base}/sendMessage", data={"chat_id": anna.id, "text": "x", "entities": "[{"})
        assert broken.status_code == 400
        assert client.get(f"{api.url}/elsewhere").status_code == 404
    assert [message.text for message in anna.heard] == ["123", "true", "北京"]


# Messages


def test_a_message_as_it_stands(api: BotApi) -> None:
    anna = api.person(first_name="Aylin")
    asked = anna.says("Where?")
    sent = ask(
        api,
        lambda bot: bot.send_message(
            anna.id,
            "  😀 bold  ",
            entities=[MessageEntity("bold", 5, 4)],
            reply_markup=keyboard("More"),
            reply_parameters=ReplyParameters(asked.message_id),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        ),
    )
    (message,) = anna.heard
    assert (message.message_id, message.text, message.reply_to) == (sent.message_id, "😀 bold", asked.message_id)
    assert message.buttons == [[{"text": "More", "callback_data": "x:More"}]]
    assert message.link_preview_options == {"is_disabled": True}
    assert sent.parse_entity(sent.entities[0]) == "bold"
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "Where?"
    ask(api, lambda bot: bot.send_message(anna.id, "Well?", reply_markup=ForceReply()))
    assert [message.force_reply for message in anna.heard] == [False, True]


def test_editing(api: BotApi) -> None:
    anna = api.person()
    sent = ask(api, lambda bot: bot.send_message(anna.id, "one", reply_markup=keyboard("a")))
    number = sent.message_id
    same = refusal(api, lambda bot: bot.edit_message_text("one", anna.id, number, reply_markup=keyboard("a")))
    assert "not modified" in str(same)
    ask(api, lambda bot: bot.edit_message_text("two", anna.id, number))
    assert (anna.heard[0].text, anna.heard[0].buttons, anna.heard[0].edits) == ("two", [], 1)
    ask(api, lambda bot: bot.edit_message_reply_markup(anna.id, number, reply_markup=keyboard("b")))
    assert anna.heard[0].titles == ["b"]
    ask(api, lambda bot: bot.delete_message(anna.id, number))
    assert anna.heard == []
    for gone in (
        lambda bot: bot.edit_message_text("x", anna.id, number),
        lambda bot: bot.edit_message_reply_markup(anna.id, number),
    ):
        assert "message to edit not found" in str(refusal(api, gone)).lower()
    assert "message to delete not found" in str(refusal(api, lambda bot: bot.delete_message(anna.id, number))).lower()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"text": "x" * 4097}, "too long"),
        ({"text": "😀" * 2049}, "too long"),
        ({"text": "  \n"}, "empty"),
        ({"text": "x", "chat_id": 5}, "chat not found"),
        ({"text": "😀", "entities": [{"type": "bold", "offset": 0, "length": 1}]}, "utf-16"),
        ({"text": "x", "entities": [{"type": "bold", "offset": 0, "length": 2}]}, "length"),
        ({"text": "x", "entities": [{"type": "loud", "offset": 0, "length": 1}]}, "unsupported type"),
        (
            {"text": "abc", "entities": [{"type": t, "offset": o, "length": 2} for t, o in (("bold", 0), ("code", 1))]},
            "cross",
        ),
        ({"text": "x", "reply_parameters": {"message_id": 9999}}, "message to be replied not found"),
        (
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "字" * 22}]]}},
            "button_data",
        ),
        ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": " ", "callback_data": "a"}]]}}, "non-empty"),
        ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}}, "unallowed"),
        (
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "url": "http://localhost/"}]]}},
            "wrong http",
        ),
        ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "a"}]] * 101}}, "too long"),
        ({"text": "x", "message_thread_id": 7}, "message thread not found"),
        ({"text": "<b>x</b>", "parse_mode": "HTML"}, "not implemented"),
    ],
)
def test_what_is_refused(api: BotApi, given: dict[str, Any], says: str) -> None:
    anna = api.person()
    url = f"{api.url}/bot{api.token}/sendMessage"
    answer = httpx.post(url, json={"chat_id": anna.id, **given}, trust_env=False)
    assert answer.status_code == (501 if "parse_mode" in given else 400)
    assert says in answer.json()["description"].lower()
    assert anna.heard == []


def test_the_longest_text(api: BotApi) -> None:
    anna = api.person()
    ask(api, lambda bot: bot.send_message(anna.id, "😀" * 2048))
    reply = ReplyParameters(9999, allow_sending_without_reply=True)
    ask(api, lambda bot: bot.send_message(anna.id, "x" * 4096, reply_parameters=reply))
    assert len(anna.heard) == 2


def test_presses(api: BotApi) -> None:
    anna = api.person()
    ask(api, lambda bot: bot.send_message(anna.id, "one", reply_markup=keyboard("a")))
    pressed = anna.presses(anna.heard[0], "a")
    query = pressed.callback_query_id
    assert query is not None
    with pytest.raises(AssertionError, match="no button 'b'"):
        anna.presses(anna.heard[0], "b")
    # The library makes all but the first letter small.
    assert "Message_too_long" in str(refusal(api, lambda bot: bot.answer_callback_query(query, "x" * 201)))
    ask(api, lambda bot: bot.answer_callback_query(query, "Done"))
    assert api.answered_callbacks[query]["text"] == "Done"
    assert "query is too old" in str(refusal(api, lambda bot: bot.answer_callback_query(query))).lower()
    assert "query is too old" in str(refusal(api, lambda bot: bot.answer_callback_query("1"))).lower()
    forged = anna.presses_data(4711, "y" * 70)
    assert forged.payload["callback_query"]["message"]["date"] == 0


def test_who_cannot_be_reached(api: BotApi) -> None:
    anna, group = api.person(), api.group("Twins")
    anna.says("Hello", where=group)
    anna.blocks_bot()
    assert str(refusal(api, lambda bot: bot.send_message(anna.id, "x"))) == "Forbidden: bot was blocked by the user"
    assert isinstance(refusal(api, lambda bot: bot.send_chat_action(anna.id, "typing")), Forbidden)
    anna.unblocks_bot()
    ask(api, lambda bot: bot.send_message(anna.id, "x"))
    api.migrate(group)
    problem = refusal(api, lambda bot: bot.send_message(group.old_id or 0, "x"))
    assert isinstance(problem, ChatMigrated)
    assert problem.new_chat_id == group.id
    ask(api, lambda bot: bot.send_message(group.id, "x"))
    group.removes_bot(anna)
    assert "kicked from the supergroup" in str(refusal(api, lambda bot: bot.send_message(group.id, "x")))
    kinds = [next(iter(set(update.payload) - {"update_id"})) for update in api.pending]
    assert kinds == ["message", "my_chat_member", "my_chat_member", "message", "message", "my_chat_member"]


def test_topics_of_a_forum(api: BotApi) -> None:
    anna, forum = api.person(), api.group("Forum", forum=True)
    topic = forum.topic("Homestays", anna)
    asked = anna.says("@xining_test_bot who?", where=forum, thread=topic)
    message = asked.payload["message"]
    assert message["is_topic_message"]
    assert message["reply_to_message"]["forum_topic_created"]["name"] == "Homestays"
    ask(api, lambda bot: bot.send_message(forum.id, "I", reply_parameters=ReplyParameters(asked.message_id)))
    ask(api, lambda bot: bot.send_message(forum.id, "you", message_thread_id=topic))
    assert [said.thread_id for said in forum.heard] == [topic, topic]


def test_chats_and_members(api: BotApi) -> None:
    anna, group = api.person(first_name="Anna"), api.group("Twins", supergroup=True)
    anna.says("Hi", where=group)
    assert ask(api, lambda bot: bot.get_chat(group.id)).title == "Twins"
    assert ask(api, lambda bot: bot.get_chat_member(group.id, anna.id)).status == "member"
    assert "user not found" in str(refusal(api, lambda bot: bot.get_chat_member(group.id, 5))).lower()


# What the bot says of itself


def test_profile(api: BotApi) -> None:
    async def work(bot: Bot) -> None:
        await bot.set_my_commands([BotCommand("help", "Help")])
        await bot.set_my_commands([BotCommand("help", "帮助")], language_code="zh")
        await bot.set_my_commands([BotCommand("ask", "Ask")], BotCommandScopeAllGroupChats())
        assert [c.description for c in await bot.get_my_commands(language_code="zh")] == ["帮助"]
        assert [c.command for c in await bot.get_my_commands(BotCommandScopeAllGroupChats())] == ["ask"]
        assert await bot.get_my_commands(language_code="de") == ()
        await bot.delete_my_commands()
        assert await bot.get_my_commands() == ()
        await bot.set_my_description("d" * 512)
        await bot.set_my_short_description("短", language_code="zh")
        assert (await bot.get_my_description()).description == "d" * 512
        assert (await bot.get_my_short_description()).short_description == ""
        assert (await bot.get_my_short_description("zh")).short_description == "短"
        assert (await bot.get_my_name()).name == "Xining Test"
        for wrong in (
            bot.set_my_commands([BotCommand("Help", "Help")]),
            bot.set_my_commands([BotCommand("help", "Help")], language_code="zh-hans"),
            bot.set_my_description("d" * 513),
            bot.set_my_short_description("d" * 121),
        ):
            with pytest.raises(BadRequest):
                await wrong

    ask(api, work)


# Long poll


def polled[T](api: BotApi, work: Callable[[Bot, asyncio.Queue[Any]], Awaitable[T]], **more: Any) -> T:
    """Polls while something is done."""

    async def run() -> T:
        async with Bot(api.token, f"{api.url}/bot") as bot:
            queue: asyncio.Queue[Any] = asyncio.Queue()
            async with Updater(bot, queue) as updater:
                await updater.start_polling(poll_interval=0, timeout=10, **more)
                try:
                    return await work(bot, queue)
                finally:
                    await updater.stop()

    return asyncio.run(run())


async def next_of(queue: asyncio.Queue[Any]) -> Update:
    update = await asyncio.wait_for(queue.get(), 5)
    assert isinstance(update, Update)
    return update


def test_polling(api: BotApi) -> None:
    anna = api.person(language_code="zh")

    async def work(bot: Bot, queue: asyncio.Queue[Any]) -> None:
        began = time.monotonic()
        said = anna.says("😀 /start x @xining_test_bot")
        update = await next_of(queue)
        assert time.monotonic() - began < 1
        assert update.update_id == said.update_id
        assert update.message is not None
        assert list(update.message.parse_entities().values()) == ["/start", "@xining_test_bot"]
        anna.edits(said, "changed")
        assert (await next_of(queue)).edited_message.text == "changed"  # type: ignore[union-attr]
        await bot.send_message(anna.id, "one", reply_markup=keyboard("a"))
        anna.presses(anna.heard[0], "a")
        query = (await next_of(queue)).callback_query
        assert query is not None
        await query.answer()
        await query.edit_message_reply_markup(None)
        assert anna.heard[0].buttons == []
        # A repeated id comes again, and nothing else with it.
        api.update(said.payload, update_id=said.update_id)
        assert (await next_of(queue)).update_id == said.update_id
        later = anna.says("later")
        assert (await next_of(queue)).update_id == later.update_id
        assert queue.empty()

    polled(api, work)
    api.wait_delivered()


@pytest.mark.parametrize(
    "kind",
    "sticker photo voice video document location contact poll dice video_note audio animation".split(),  # noqa: SIM905
)
def test_other_messages_are_whole(api: BotApi, kind: str) -> None:
    anna = api.person()
    sent = anna.sends(kind, caption="see #this", media_group="7")
    message = Update.de_json(sent.payload, None).message
    assert message is not None
    assert message.effective_attachment
    assert message.caption == "see #this"
    assert message.media_group_id == "7"


def test_kinds_of_updates(api: BotApi) -> None:
    anna = api.person()

    async def work(bot: Bot, queue: asyncio.Queue[Any]) -> None:
        await asyncio.to_thread(api.wait, lambda: api.allowed_updates)
        assert anna.blocks_bot().update_id == 0
        anna.unblocks_bot()
        said = anna.says("x")
        assert (await next_of(queue)).update_id == said.update_id
        # What a test gives comes all the same, unless it says otherwise.
        api.update({"telepathy": {}}, only_if_wanted=True)
        given = api.update({"telepathy": {}})
        assert (await next_of(queue)).update_id == given.update_id

    polled(api, work, allowed_updates=["message"])


def test_two_that_poll(api: BotApi) -> None:
    async def work(bot: Bot) -> None:
        # Another one, as a bot has only one connection for this.
        another = Bot(api.token, f"{api.url}/bot")
        first = asyncio.create_task(bot.get_updates(timeout=10))
        await asyncio.to_thread(api.wait, lambda: api.polls)
        second = asyncio.create_task(another.get_updates(timeout=10))
        with pytest.raises(Conflict, match="terminated by other getUpdates"):
            await asyncio.wait_for(first, 2)
        said = api.person().says("x")
        assert [update.update_id for update in await second] == [said.update_id]
        # Not confirmed: given again, and forgotten once it is.
        assert len(await bot.get_updates()) == 1
        assert await bot.get_updates(said.update_id + 1) == ()
        assert not api.pending
        await bot.set_webhook("https://bot.example.org/telegram")
        with pytest.raises(Conflict, match="while webhook is active"):
            await bot.get_updates()
        await another.shutdown()
        await another._request[0].shutdown()

    ask(api, work, seconds=12)


def test_a_poll_that_fails(api: BotApi) -> None:
    async def work(bot: Bot, queue: asyncio.Queue[Any]) -> None:
        failing = api.fail("getUpdates", status=502, times=1)
        await asyncio.to_thread(api.wait, lambda: failing.count == 1, 2)
        said = api.person().says("x")
        assert (await next_of(queue)).update_id == said.update_id

    polled(api, work)


# Webhook


class _Site(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.took: list[tuple[str | None, bytes]] = []
        self.failures = 0
        self.url = f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Taking(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Site

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.failures -= 1
        status = 503 if self.server.failures >= 0 else 200
        if status == 200:
            self.server.took.append((self.headers.get("X-Telegram-Bot-Api-Secret-Token"), body))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


@contextmanager
def site() -> Iterator[_Site]:
    server = _Site()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_webhook(api: BotApi) -> None:
    people = [api.person() for _ in range(20)]
    with site() as place:
        waiting = people[0].says("before")
        place.failures = 1
        ask(api, lambda bot: bot.set_webhook(place.url, secret_token="s-1", max_connections=5))
        api.wait_delivered()
        info = ask(api, lambda bot: bot.get_webhook_info())
        assert (info.url, info.pending_update_count, info.max_connections) == (place.url, 0, 5)
        assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"
        assert [(secret, json.loads(body)) for secret, body in place.took] == [("s-1", waiting.payload)]
        place.took.clear()
        said = [person.says(f"{turn}") for turn in range(10) for person in people]
        api.wait_delivered()
        came = [json.loads(body) for _, body in place.took]
        assert len(came) == len(said)
        for person in people:
            assert [c["message"]["text"] for c in came if c["message"]["chat"]["id"] == person.id] == list("0123456789")
        place.took.clear()
        api.deliver_twice = True
        people[0].says("twice")
        api.wait_delivered()
        assert len(place.took) == 2
        assert api.raw_update(b"{not json") == 200
        assert place.took[-1] == ("s-1", b"{not json")
        ask(api, lambda bot: bot.delete_webhook())
        people[0].says("kept")
        ask(api, lambda bot: bot.delete_webhook(drop_pending_updates=True))
        assert not api.pending


def test_webhook_behind_a_public_address(api: BotApi) -> None:
    with site() as place:
        api.public["https://bot.example.org"] = place.url.removesuffix("/hook")
        ask(api, lambda bot: bot.set_webhook("https://bot.example.org/hook"))
        api.person().says("x")
        api.wait_delivered()
        assert len(place.took) == 1


def test_webhooks_that_are_refused(api: BotApi) -> None:
    for url, secret in [
        ("http://bot.example.org/", None),
        ("https://bot.example.org:8080/", None),
        ("https://bot.example.org/", "not allowed!"),
    ]:
        assert isinstance(refusal(api, partial(Bot.set_webhook, url=url, secret_token=secret)), BadRequest)
    ask(api, lambda bot: bot.set_webhook("https://bot.example.org/"))
    api.person().says("never leaves this machine")
    api.wait(lambda: api.webhook and api.webhook.last_error)
    assert len(api.pending) == 1


# What goes wrong


def test_failures(api: BotApi) -> None:
    anna, li = api.person(), api.person()
    api.fail("sendMessage", retry_after=1, chat=anna)
    api.fail("sendMessage", status=500, times=2, chat=li.id)
    ask(api, lambda bot: bot.send_chat_action(anna.id, "typing"))
    problem = refusal(api, lambda bot: bot.send_message(anna.id, "x"))
    assert isinstance(problem, RetryAfter)
    for _ in range(2):
        assert isinstance(refusal(api, lambda bot: bot.send_message(li.id, "x")), NetworkError)
    api.fail("*", status=400, description="Bad Request: no")
    assert str(refusal(api, lambda bot: bot.send_message(li.id, "x"))) == "No"
    api.fail("sendMessage", drop=True)
    assert isinstance(refusal(api, lambda bot: bot.send_message(li.id, "x")), NetworkError)
    assert li.heard == []
    api.fail("sendMessage", drop="after")
    assert isinstance(refusal(api, lambda bot: bot.send_message(li.id, "x")), NetworkError)
    assert len(li.heard) == 1
    api.fail("sendMessage", hang=True)
    assert isinstance(refusal(api, lambda bot: bot.send_message(li.id, "x"), seconds=0.2), TimedOut)
    api.fail("sendMessage", status=502, body=b"<html>Bad Gateway</html>")
    assert isinstance(refusal(api, lambda bot: bot.send_message(li.id, "x")), NetworkError)
    api.slow("sendMessage", 0.2)
    began = time.monotonic()
    ask(api, lambda bot: bot.send_message(li.id, "y"))
    assert time.monotonic() - began >= 0.2
    assert [call.status for call in api.calls_of("sendMessage")] == [429, 500, 500, 400, 0, 0, 0, 502, 200]


def test_flood_limit(api: BotApi) -> None:
    anna, li = api.person(), api.person()
    api.flood_limit(per_chat=(1, 1.0), overall=(2, 1.0))

    async def work(bot: Bot) -> None:
        await bot.send_message(anna.id, "1")
        with pytest.raises(RetryAfter):
            await bot.send_message(anna.id, "2")
        await bot.send_message(li.id, "1")
        with pytest.raises(RetryAfter):
            await bot.send_message(api.person().id, "1")
        await asyncio.sleep(1.05)
        await bot.send_message(anna.id, "2")

    ask(api, work)
    assert api.floods == 2


def test_a_hanging_call_does_not_keep_the_emulator() -> None:
    with bot_api() as api:
        api.fail("getMe", hang=True)
        thread = threading.Thread(target=lambda: refusal(api, lambda bot: bot.get_me()))
        thread.start()
        api.wait(lambda: api.calls)
        began = time.monotonic()
    thread.join()
    assert time.monotonic() - began < 1


def test_waiting_in_vain(api: BotApi) -> None:
    with pytest.raises(AssertionError, match=r"not within 0\.05 s"):
        api.wait(lambda: False, 0.05)


def test_many_chats(api: BotApi) -> None:
    people = [api.person() for _ in range(200)]

    async def send_all(chats: list[int]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(api.url.rpartition(":")[2]))
        for chat in chats:
            body = f"chat_id={chat}&text=x"
            head = f"POST /bot{api.token}/sendMessage HTTP/1.1\r\nHost: any\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write((head + body).encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(answer.split(b"Content-Length: ")[1].split()[0]))
        writer.close()
        await writer.wait_closed()

    async def work() -> None:
        chats = [person.id for person in people] * 5
        await asyncio.gather(*(send_all(chats[first::20]) for first in range(20)))

    began = time.monotonic()
    asyncio.run(work())
    assert time.monotonic() - began < 3
    assert all(len(person.heard) == 5 for person in people)


# Payloads


def test_the_cases_are_there() -> None:
    assert sorted(CASES.split()) == sorted(file.stem for file in PAYLOADS.glob("*.json"))
    assert len(list((PAYLOADS / "malformed").iterdir())) >= 30


def lost(given: Any, got: Any, path: str = "") -> list[str]:
    """Finds what the library doesn't keep; it leaves out empty lists."""
    if isinstance(given, dict):
        return [
            problem
            for name, value in given.items()
            for problem in (lost(value, got[name], f"{path}.{name}") if name in got else [path + name] * (value != []))
        ]
    if isinstance(given, list):
        return [problem for one, other in zip(given, got, strict=True) for problem in lost(one, other, path + "[]")]
    return [] if given == got else [f"{path}: {given!r} became {got!r}"]


@pytest.mark.parametrize("case", CASES.split())
def test_payloads_are_taken_by_the_library(case: str) -> None:
    content = json.loads((PAYLOADS / f"{case}.json").read_text(encoding="utf-8"))
    for payload in content if isinstance(content, list) else [content]:
        update = Update.de_json(json.loads(json.dumps(payload)), None)
        assert update.update_id == payload["update_id"]
        assert lost(payload, update.to_dict()) == []
        kinds = set(payload) - {"update_id"}
        assert case == "unknown_update_type" or all(getattr(update, kind) is not None for kind in kinds)


def test_payloads_are_taken_by_the_emulator(api: BotApi) -> None:
    async def work(bot: Bot) -> None:
        for case in CASES.split():
            content = json.loads((PAYLOADS / f"{case}.json").read_text(encoding="utf-8"))
            for happened in [api.update(payload) for payload in (content if isinstance(content, list) else [content])]:
                if happened.chat_id:
                    await bot.send_message(happened.chat_id, "x")
                if case == "callback_query":
                    await bot.answer_callback_query(happened.callback_query_id or "")
                    await bot.edit_message_reply_markup(happened.chat_id, happened.message_id)

    ask(api, work)
    assert len(api.pending) == len(CASES.split()) + 2


def test_malformed_payloads_are_delivered(api: BotApi) -> None:
    with site() as place:
        ask(api, lambda bot: bot.set_webhook(place.url))
        for file in sorted((PAYLOADS / "malformed").iterdir()):
            assert api.raw_update(file.read_bytes()) == 200
            assert file.read_bytes() in [body for _, body in place.took]
            try:
                content = json.loads(file.read_bytes())
            except (ValueError, RecursionError):
                continue
            if file.stem not in ("deeply_nested", "very_deeply_nested"):
                api.update(content)
        api.wait_delivered()
        assert api.undelivered == []
