"""People and groups, and what they do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.helpers.bot_api import updates
from tests.helpers.bot_api.limits import TEXT_LIMIT, units
from tests.helpers.bot_api.records import Chat, Happened, Payload, SentMessage, Stored

if TYPE_CHECKING:
    from tests.helpers.bot_api.api import BotApi

BLOCKED = "Forbidden: bot was blocked by the user"


class Group:
    """A group that the bot is in.

    Attributes:
        id: the chat's id; another one after it was migrated.
        old_id: the id before that.
    """

    def __init__(self, api: BotApi, chat: Chat) -> None:
        self._api = api
        self.id = chat.id
        self.old_id: int | None = None

    @property
    def chat(self) -> Chat:
        return self._api.chats[self.id]

    @property
    def heard(self) -> list[SentMessage]:
        """What the bot wrote here, as it stands."""
        return self._api.messages(self.id)

    def topic(self, name: str, opened_by: Person) -> int:
        """Opens a topic of a forum, and returns its thread id."""
        assert self.chat.payload.get("is_forum"), "no forum"
        with self._api.lock:
            number = next(self.chat.numbers)
            opened: Payload = {
                "message_id": number,
                "from": opened_by.user,
                "chat": self.chat.payload,
                "date": int(time.time()),
                "message_thread_id": number,
                "forum_topic_created": {"name": name, "icon_color": 7322096},
                "is_topic_message": True,
            }
            self.chat.threads[number] = opened
            self.chat.messages[number] = Stored(opened)
        self._api.happen("message", opened)
        return number

    def removes_bot(self, by: Person) -> Happened:
        """Puts the bot out: calls give 403 from now on."""
        kind = "supergroup" if self.chat.payload["type"] == "supergroup" else "group"
        self.chat.closed = f"Forbidden: bot was kicked from the {kind} chat"
        return self._api.member_changes(self.chat, by.user, "member", "kicked")

    def adds_bot(self, by: Person) -> Happened:
        """Takes the bot in again."""
        self.chat.closed = None
        return self._api.member_changes(self.chat, by.user, "left", "member")


class Person:
    """Somebody who talks with the bot.

    Attributes:
        id: theirs, and that of the private chat with the bot.
        user: the ``User`` object.
    """

    def __init__(self, api: BotApi, chat: Chat, user: Payload) -> None:
        self._api = api
        self.id = chat.id
        self.chat = chat
        self.user = user
        self._opened: dict[int, str] = {}

    @property
    def heard(self) -> list[SentMessage]:
        """What the bot wrote to the private chat, as it stands."""
        return self._api.messages(self.id)

    def says(
        self,
        text: str,
        *,
        where: Group | None = None,
        reply_to: int | None = None,
        forwarded: bool = False,
        thread: int | None = None,
        entities: list[Payload] | None = None,
        **more: Any,
    ) -> Happened:
        """Writes a text.

        Args:
            text: it.
            where: a group; the private chat if None.
            reply_to: the id of the message that it replies to.
            forwarded: whether somebody else wrote it first.
            thread: the topic of a forum.
            entities: other ones than clients find by themselves.
            more: further fields of the message, e.g. ``quote`` or ``via_bot``.
        """
        assert 0 < units(text) <= TEXT_LIMIT, "clients don't send such a text"
        if forwarded:
            origin = {"type": "hidden_user", "sender_user_name": "Jonas W.", "date": int(time.time()) - 3600}
            more = {"forward_origin": origin, **more}
        return self._sends(where, {**updates.text_fields(text, entities), **more}, reply_to, thread)

    def sends(
        self,
        kind: str,
        *,
        caption: str | None = None,
        media_group: str | None = None,
        where: Group | None = None,
        reply_to: int | None = None,
        thread: int | None = None,
        **more: Any,
    ) -> Happened:
        """Sends something else than text: ``photo``, ``sticker``, ``poll`` ...; messages of one album share a ``media_group``."""
        fields = updates.media(kind)
        if caption is not None:
            fields |= updates.text_fields(caption, caption=True)
        if media_group is not None:
            fields["media_group_id"] = media_group
        return self._sends(where, {**fields, **more}, reply_to, thread)

    def edits(self, message: int | Happened, text: str, *, where: Group | None = None) -> Happened:
        """Changes the text (or caption) of an own message."""
        with self._api.lock:
            chat = self._place(where)
            stored = chat.messages[message if isinstance(message, int) else message.message_id]
            assert stored.payload["from"]["id"] == self.id, "somebody else's message"
            old = {
                name: value for name, value in stored.payload.items() if name not in ("entities", "caption_entities")
            }
            fields = updates.text_fields(text, caption="text" not in old)
            stored.payload = {**old, "edit_date": int(time.time()), **fields}
            return self._api.happen("edited_message", stored.payload)

    def presses(self, message: SentMessage | Happened | int, title: str) -> Happened:
        """Presses the button with that title, which must stand under the message now."""
        with self._api.lock:
            chat_id, number = self._found(message)
            stored = self._api.chats[chat_id].messages.get(number)
            assert stored is not None, f"message {number} doesn't stand any more"
            rows = stored.payload.get("reply_markup", {}).get("inline_keyboard", [])
            buttons = [button for row in rows for button in row]
            found = [button for button in buttons if button["text"] == title]
            assert found, f"no button {title!r}, only {[button['text'] for button in buttons]}"
            assert "callback_data" in found[0], f"{title!r} only opens something: {found[0]}"
            return self.presses_data(message, found[0]["callback_data"])

    def presses_data(self, message: SentMessage | Happened | int, data: str) -> Happened:
        """Sends a press with any data, as clients that keep an old keyboard do, or forged ones."""
        with self._api.lock:
            chat_id, number = self._found(message)
            chat = self._api.chats[chat_id]
            stored = chat.messages.get(number)
            gone = {"chat": chat.payload, "message_id": number, "date": 0}
            query = {
                "id": self._api.next_query_id(self.id),
                "from": self.user,
                "message": stored.payload if stored is not None else gone,
                "chat_instance": str(-4_000_000_000_000_000_000 - abs(chat_id)),
                "data": data,
            }
            return self._api.happen("callback_query", query)

    def blocks_bot(self) -> Happened:
        """Blocks the bot: calls to the chat give 403 from now on."""
        self.chat.closed = BLOCKED
        return self._api.member_changes(self.chat, self.user, "member", "kicked")

    def unblocks_bot(self) -> Happened:
        """Lets the bot write again."""
        self.chat.closed = None
        return self._api.member_changes(self.chat, self.user, "kicked", "member")

    def _found(self, message: SentMessage | Happened | int) -> tuple[int, int]:
        if isinstance(message, int):
            return self.id, message
        chat = self._api.chats[message.chat_id]
        return chat.migrated_to or chat.id, message.message_id

    def _place(self, where: Group | None) -> Chat:
        return self.chat if where is None else where.chat

    def _sends(self, where: Group | None, fields: Payload, reply_to: int | None, thread: int | None) -> Happened:
        with self._api.lock:
            chat = self._place(where)
            chat.people[self.id] = self.user
            message: Payload = {
                "message_id": next(chat.numbers),
                "from": self.user,
                "chat": chat.payload,
                "date": int(time.time()),
            }
            if thread is not None:
                assert thread in chat.threads, f"no topic {thread}"
                message |= {"message_thread_id": thread, "is_topic_message": True}
                # In a topic each message that replies to none replies to the one that opened it.
                message["reply_to_message"] = chat.threads[thread]
            if reply_to is not None:
                assert reply_to in chat.messages, f"no message {reply_to} to reply to"
                message["reply_to_message"] = updates.quoted(chat.messages[reply_to].payload)
            message |= fields
            chat.messages[message["message_id"]] = Stored(message, at=time.monotonic())
            return self._api.happen("message", message)
