"""What the emulator keeps, and what it shows of that."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Payload = dict[str, Any]


@dataclass
class Call:
    """A call of the bot's.

    Attributes:
        method: its name.
        params: what was given, decoded.
        at: when it came, on the monotonic clock.
        status: HTTP's status; 0 while it isn't answered, and for those that never are.
    """

    method: str
    params: Payload
    at: float
    status: int = 0


@dataclass(frozen=True)
class Happened:
    """Something that happened in a chat.

    Attributes:
        update_id: the update's id; 0 if the bot doesn't want updates of that kind.
        message_id: the message it is about; 0 if none.
        chat_id: the chat.
        payload: the update as sent.
        callback_query_id: of a pressed button.
    """

    update_id: int
    message_id: int
    chat_id: int
    payload: Any
    callback_query_id: str | None = None


@dataclass(frozen=True)
class SentMessage:
    """A message of the bot's, as it stands when it is looked at.

    Attributes:
        entities: those that the bot gave.
        buttons: those under it, by row.
        edits: how often it was changed.
        at: when it was sent, on the monotonic clock.
    """

    message_id: int
    chat_id: int
    text: str
    entities: list[Payload]
    buttons: list[list[dict[str, str]]]
    reply_to: int | None
    thread_id: int | None
    parse_mode: str | None
    link_preview_options: Payload | None
    force_reply: bool
    edits: int
    at: float

    @property
    def titles(self) -> list[str]:
        """What stands on its buttons."""
        return [button["text"] for row in self.buttons for button in row]


@dataclass
class Stored:
    """A message in a chat.

    Attributes:
        payload: as Telegram gives it.
        by_bot: whether the bot wrote it.
        given: the parameters that it was sent with or last edited by.
    """

    payload: Payload
    by_bot: bool = False
    given: Payload = field(default_factory=dict)
    edits: int = 0
    at: float = 0.0

    def shown(self) -> SentMessage:
        """Gives what tests look at."""
        markup = self.given.get("reply_markup") or {}
        return SentMessage(
            message_id=self.payload["message_id"],
            chat_id=self.payload["chat"]["id"],
            text=self.payload.get("text", ""),
            entities=list(self.given.get("entities") or []),
            buttons=[list(row) for row in self.payload.get("reply_markup", {}).get("inline_keyboard", [])],
            reply_to=self.payload.get("reply_to_message", {}).get("message_id"),
            thread_id=self.payload.get("message_thread_id"),
            parse_mode=self.given.get("parse_mode"),
            link_preview_options=self.given.get("link_preview_options"),
            force_reply=bool(markup.get("force_reply")),
            edits=self.edits,
            at=self.at,
        )


@dataclass
class Chat:
    """A chat, as the emulator keeps it.

    Attributes:
        payload: its ``Chat`` object.
        numbers: where its message ids come from.
        messages: those that stand.
        closed: why the bot can't write here (the description of a 403).
        migrated_to: the supergroup that it became.
        threads: topics of a forum, with the message that opened each.
    """

    payload: Payload
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    messages: dict[int, Stored] = field(default_factory=dict)
    closed: str | None = None
    migrated_to: int | None = None
    threads: dict[int, Payload] = field(default_factory=dict)
    administrators: set[int] = field(default_factory=set)
    people: dict[int, Payload] = field(default_factory=dict)

    @property
    def id(self) -> int:
        return int(self.payload["id"])


@dataclass(eq=False)
class Pending:
    """An update that the bot hasn't confirmed.

    Attributes:
        key: updates with the same one are delivered one after another.
        once: handed out once whatever the offset: it repeats an id that was confirmed long ago.
    """

    update_id: int
    payload: Any
    key: int | None = None
    once: bool = False
