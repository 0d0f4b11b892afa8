"""What goes to Telegram: nothing is lost on a bad line, nothing is sent twice after a restart."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, NetworkError, RetryAfter, TelegramError

from connectors.telegram.layout import Part
from connectors.telegram.pace import seconds
from conversations.chats import Chats

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
TRIES_OF_A_TRIFLE = 3
LONGEST_WAIT_FOR_A_TRIFLE = 2.0  # seconds; an answer may come after it
GIVE_UP_AFTER = 86_400.0  # seconds; an answer of yesterday helps nobody
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Unwelcome(Exception):
    """Nothing can be said in this chat: the bot is blocked, was put out, or may not write there."""


@dataclass
class Place:
    """Where an answer goes.

    Attributes:
        chat: Telegram's id of the chat.
        thread: of a group with topics.
        reply_to: the message that is answered, where that must be seen.
    """

    chat: int
    thread: int | None = None
    reply_to: int | None = None


class Outbox:
    """Sends to one chat what one update asked for.

    Args:
        bot: makes the calls.
        chats: remembers what was sent.
        place: where to.
        number: of the update.
        already: messages that were sent for it before a restart: they are not sent again.
        moved: is told the old and the new id of a group that became another.
    """

    def __init__(
        self,
        bot: Bot,
        chats: Chats,
        place: Place,
        number: int,
        already: int = 0,
        moved: Callable[[int, int], Awaitable[None]] | None = None,
    ) -> None:
        self._bot = bot
        self._chats = chats
        self._number = number
        self._already = already
        self._count = 0
        self._moved = moved
        self.place = place

    async def send(self, part: Part) -> int | None:
        """Sends a message; waits for as long as the line is down.

        Returns:
            Telegram's id of it; None where it was sent before.

        Raises:
            Unwelcome: nothing can be said there.
        """
        self._count += 1
        if self._count <= self._already:
            return None
        try:
            message = await self._patiently(lambda: self._send(part, plain=False))
        except BadRequest as error:
            # A message without its marks and buttons is better than none.
            logger.warning("Telegram refused a message (%s); it is sent plain.", error.message)
            try:
                message = await self._patiently(lambda: self._send(part, plain=True))
            except BadRequest as again:
                raise Unwelcome(again.message) from None
        await self._chats.sent(self._number, self._count)
        return int(message.message_id)

    async def _send(self, part: Part, plain: bool) -> Any:
        place = self.place
        reply = ReplyParameters(place.reply_to, allow_sending_without_reply=True) if place.reply_to else None
        return await self._bot.send_message(
            place.chat,
            part.written.text,
            entities=None if plain else part.written.entities(),
            reply_markup=None if plain else part.keyboard,
            message_thread_id=None if plain else place.thread,  # the topic itself may be what is refused
            reply_parameters=reply,
            link_preview_options=NO_PREVIEW,
        )

    async def type(self) -> None:
        """Shows that an answer is on its way; a trifle, so whatever goes wrong is nothing."""
        try:
            await self._bot.send_chat_action(self.place.chat, "typing", message_thread_id=self.place.thread)
        except TelegramError as error:
            logger.debug("No sign of typing: %s", type(error).__name__)

    async def keyboard(self, message: int, markup: InlineKeyboardMarkup | None) -> None:
        """Changes what stands under a message of ours; where that can't be done any more, nothing happens."""
        await self.trifle(
            lambda: self._bot.edit_message_reply_markup(self.place.chat, message, reply_markup=markup), "a keyboard"
        )

    async def trifle(self, call: Callable[[], Awaitable[Any]], what: str) -> None:
        """Makes a call that is worth a few tries and no waiting for days."""
        try:
            await self._patiently(call, TRIES_OF_A_TRIFLE)
        except (TelegramError, Unwelcome) as error:
            logger.info("Left out after tries: %s (%s).", what, type(error).__name__)

    async def _patiently(self, call: Callable[[], Awaitable[Any]], tries: int | None = None) -> Any:
        """Makes a call, again and again while the line is down or Telegram wants to be left alone.

        Raises:
            telegram.error.BadRequest: what is sent isn't taken.
            Unwelcome: nothing can be said there.
        """
        pause, end = FIRST_PAUSE, asyncio.get_running_loop().time() + GIVE_UP_AFTER
        while True:
            try:
                return await call()
            except Forbidden as error:
                raise Unwelcome(error.message) from None
            except ChatMigrated as error:
                old, self.place.chat = self.place.chat, error.new_chat_id
                if self._moved is not None:
                    await self._moved(old, error.new_chat_id)
                continue
            except RetryAfter as error:  # of a call that belongs to no chat; see pace.py for the others
                wait = seconds(error)
            except BadRequest:
                raise
            except (NetworkError, Conflict) as error:
                wait, pause = pause, min(LONGEST_PAUSE, pause * 2)
                logger.warning("Telegram doesn't answer (%s); tried again in %.1f s.", type(error).__name__, wait)
            if tries is not None:
                tries = tries - 1 if wait <= LONGEST_WAIT_FOR_A_TRIFLE else 0
            if tries == 0 or asyncio.get_running_loop().time() > end:
                raise Unwelcome("it was tried often enough")
            await asyncio.sleep(wait)
