"""One update in hand: who speaks, what is remembered of the chat, and the way back."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass

from telegram import CallbackQuery, Chat, ForceReply, InlineKeyboardMarkup, Message, Update, User

from connectors.limits import Limits
from connectors.telegram.assistant import Assistant
from connectors.telegram.layout import Layout, Part, parts
from connectors.telegram.outbox import Outbox, Place
from connectors.telegram.split import Written
from connectors.telegram.words import Words, nearest
from conversations.chats import Chats, Remembered
from settings import Secret

TYPING_AFTER, TYPING_EVERY = 0.4, 4.0
"""Seconds before the first sign that an answer is on its way (most are there by then), and between two; Telegram shows one for 5."""


@dataclass(frozen=True)
class Tools:
    """What every update needs.

    Attributes:
        assistant: answers.
        chats: remembers.
        words: of the interface.
        layout: lays out replies.
        limits: how often a person and a chat may speak.
        retention_days: that the service keeps a conversation.
        secret: makes the questions' keys hard to guess.
        me: the bot.
    """

    assistant: Assistant
    chats: Chats
    words: Words
    layout: Layout
    limits: Limits
    retention_days: int
    secret: Secret
    me: User

    def key(self, update: Update) -> str:
        """Names the question of an update. Whoever could guess the name of a first question would get the conversation."""
        name = f"telegram {self.me.id} {update.update_id}"
        return hmac.new(self.secret.reveal().encode(), name.encode(), hashlib.sha256).hexdigest()


@dataclass
class Case:
    """One update in hand.

    Attributes:
        update: as Telegram delivered it.
        message: that was sent, edited, or whose button was pressed.
        where: the chat.
        speaker: who speaks, as Telegram numbers them; a group or channel in whose name somebody does is below zero.
        chat: what is remembered; written back at the end.
        outbox: the way back.
        tools: what every update needs.
        known: whether the memory could be read; else it is left as it is.
        forgotten: whether the chat was forgotten meanwhile, and isn't to be remembered again.
    """

    update: Update
    message: Message | None
    where: Chat
    speaker: int
    chat: Remembered
    outbox: Outbox
    tools: Tools
    known: bool = True
    forgotten: bool = False

    @property
    def address(self) -> str:
        """The chat's name in our memory; a group may have become another meanwhile."""
        address = address_of(self.where, self.speaker)
        return address.replace(str(self.where.id), str(self.outbox.place.chat), 1)

    async def remember(self) -> None:
        """Writes what is to be remembered of the chat."""
        if self.known and not self.forgotten:
            await self.tools.chats.write(self.address, self.chat)

    @property
    def language(self) -> str:
        """The language for what isn't an answer: the chosen one, that of the talk, or that of the person's Telegram."""
        user = self.update.effective_user
        known = self.chat.language or self.chat.spoken
        return nearest(self.tools.words.languages, known or (user.language_code if user else None))

    def word(self, name: str, **fillings: str) -> str:
        """Gives one of the connector's own texts."""
        return self.tools.words(f"telegram.{name}", self.language, **fillings)

    async def say(
        self, name: str, markup: InlineKeyboardMarkup | ForceReply | None = None, **fillings: str
    ) -> int | None:
        """Says one of the connector's own texts; gives the message's id."""
        return await self.send(parts(Written(self.word(name, **fillings)), markup))

    async def send(self, messages: list[Part]) -> int | None:
        """Sends messages in order; gives the last one's id, or None where it was sent before."""
        last = None
        for part in messages:
            last = await self.outbox.send(part)
            self.outbox.place.reply_to = None  # the first shows what is answered
        return last

    @contextlib.asynccontextmanager
    async def typing(self) -> AsyncIterator[None]:
        """Shows that an answer is on its way for as long as it isn't there."""

        async def show() -> None:
            await asyncio.sleep(TYPING_AFTER)
            while True:
                await self.outbox.type()
                await asyncio.sleep(TYPING_EVERY)

        showing = asyncio.create_task(show())
        try:
            yield
        finally:
            showing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await showing


def address_of(chat: Chat, speaker: int) -> str:
    """Gives the name of a chat in our memory. In a group each person has a conversation of their own."""
    return str(chat.id) if chat.type == Chat.PRIVATE else f"{chat.id}/{speaker}"


def place_of(chat: Chat, message: Message | None) -> Place:
    """Gives where an answer goes: in a group under what it answers, in the same topic."""
    if message is None:
        return Place(chat.id)
    thread = message.message_thread_id if message.is_topic_message else None
    return Place(chat.id, thread, None if chat.type == Chat.PRIVATE else message.message_id)


def pressed_message(query: CallbackQuery) -> Message | None:
    """Gives the message whose button was pressed; None where it is too old to be seen."""
    return query.message if isinstance(query.message, Message) else None
