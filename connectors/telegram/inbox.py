"""What Telegram delivered: kept before it is confirmed, handled once, in order within a chat."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot, Update
from telegram.ext import BaseUpdateProcessor

from conversations.chats import Chats

logger = logging.getLogger(__name__)

PAUSE = 1.0  # seconds, before something that couldn't be kept is tried again
MOST_WAITING = 60
"""Updates of one chat that may wait. A group gets 20 messages a minute: a crowd there would wait for hours and hold up all."""
AT_ONCE = 4096
"""Updates in hand at a time: more than one chat can have waiting, so that one that Telegram slows down holds up no other."""

HIGHEST_NUMBER = 2**63  # a database holds no higher ones


class Inbox(asyncio.Queue[object]):
    """The queue between Telegram and the handlers: what is in it is in the database, too.

    Telegram forgets an update once it is confirmed: by the next call of ``getUpdates``, or by the 200 of a webhook. Both come after
    :meth:`put` or :meth:`keep`.

    Args:
        chats: the memory.
        concerns_us: tells whether an update says anything to us; of the others only the number is kept.
    """

    def __init__(self, chats: Chats, concerns_us: Callable[[Update], bool]) -> None:
        super().__init__()
        self._chats = chats
        self._concerns_us = concerns_us
        self._sent: dict[int, int] = {}

    async def put(self, item: object) -> None:
        """Keeps an update and hands it on, unless it came before; waits while nothing can be kept."""
        while isinstance(item, Update):
            try:
                await self.keep(item)
            except SQLAlchemyError as error:
                logger.error("An update can't be kept: %s; it is tried again.", getattr(error, "orig", error))
                await asyncio.sleep(PAUSE)
            else:
                return
        await super().put(item)  # the application's sign to stop

    async def keep(self, update: Update) -> bool:
        """Keeps an update and hands it on; False where it came before.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: it can't be kept.
        """
        if not self._concerns_us(update):
            return await self._chats.keep(update.update_id, None)
        fresh = await self._chats.keep(update.update_id, write_update(update))
        if fresh:
            self.put_nowait(update)
        return fresh

    async def load(self, bot: Bot) -> int:
        """Hands on what was kept before a stop and isn't handled yet; gives how much."""
        waiting = await self._chats.waiting()
        for held in waiting:
            update = read_update(_read_json(held.payload), bot)
            if update is None:
                await self._chats.done(held.number)
                continue
            self._sent[held.number] = held.sent
            self.put_nowait(update)
        return len(waiting)

    def sent(self, number: int) -> int:
        """Gives how many messages were sent because of an update before a stop."""
        return self._sent.pop(number, 0)


def write_update(update: Update) -> str:
    """Gives an update as JSON, to be kept: without a contact, and whatever the library makes of kinds that it doesn't know."""
    try:
        content = update.to_dict()
        if "contact" in content.get("message", {}):
            content["message"]["contact"] = {"phone_number": "-", "first_name": "-"}
        return json.dumps(content, default=_plain)
    except Exception as error:
        logger.warning("An update can't be kept whole (%s).", type(error).__name__)
        return json.dumps({"update_id": update.update_id})


def _plain(value: object) -> object:
    return int(value.timestamp()) if isinstance(value, datetime) else str(value)


def _read_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def number_of(content: Any) -> int | None:
    """Gives the number of what Telegram sent; None where it has none that could be one."""
    number = content.get("update_id") if isinstance(content, dict) else None
    return number if isinstance(number, int) and 0 <= number < HIGHEST_NUMBER else None


def read_update(content: Any, bot: Bot) -> Update | None:
    """Makes an update of what Telegram sent; None where it isn't one."""
    if number_of(content) is None:
        return None
    try:
        return Update.de_json(content, bot)
    except Exception as error:  # whatever the library makes of it
        logger.warning("An update could not be read (%s); it is left out.", type(error).__name__)
        return None


class InOrder(BaseUpdateProcessor):
    """Handles the updates of one chat one after another, those of different chats at once.

    Args:
        crowded: is told of each update for which too many of the same chat wait already; it isn't handled.
    """

    def __init__(self, crowded: Callable[[Update], Awaitable[None]]) -> None:
        super().__init__(AT_ONCE)
        self._crowded = crowded
        self._locks: dict[int, tuple[asyncio.Lock, int]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Waits for the updates of the same chat before, then handles one."""
        name = self._name(update)
        lock, users = self._locks.get(name, (asyncio.Lock(), 0))
        if users > MOST_WAITING and isinstance(update, Update):
            if isinstance(coroutine, Coroutine):
                coroutine.close()
            await self._crowded(update)
            return
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        self._locks[name] = lock, users + 1
        try:
            async with lock:
                await coroutine
        finally:
            if isinstance(coroutine, Coroutine):
                coroutine.close()  # let go before its turn came
            lock, users = self._locks.pop(name)
            if users > 1:
                self._locks[name] = lock, users - 1
            if task is not None:
                self._tasks.discard(task)

    async def leave(self) -> int:
        """Lets go of what is in hand: it is kept, and goes on at the next start. Gives how much it was."""
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        return len(left)

    async def initialize(self) -> None:
        """Nothing is needed."""

    async def shutdown(self) -> None:
        """Nothing is open."""

    def _name(self, update: object) -> int:
        if not isinstance(update, Update):
            return 0
        chat, user = update.effective_chat, update.effective_user
        return chat.id if chat is not None else user.id if user is not None else 0
