"""What a connector to a messenger remembers: chats, and what was delivered and isn't handled yet."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import anyio
import anyio.to_thread
from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from conversations.models import Chat, Received
from facts.database import Database, now

logger = logging.getLogger(__name__)

REPEATED_WITHIN = timedelta(days=3)
"""So long the number of something handled is remembered. Telegram delivers again for a day."""


def sweep(session: Session, keep_for: timedelta) -> None:
    """Deletes what no messenger needs any more, of all accounts: also of a bot that was given up.

    Args:
        session: one that writes.
        keep_for: how long a chat is remembered in which nothing happens.
    """
    session.execute(delete(Chat).where(Chat.at < now() - keep_for))
    # What couldn't be handled for so long isn't wanted any more either.
    session.execute(delete(Received).where(Received.at < now() - REPEATED_WITHIN))


@dataclass
class Remembered:
    """A chat as it was left.

    Attributes:
        conversation: that goes on there; None begins one.
        language: chosen for answers; None follows the question.
        spoken: language of the last answer.
        notes: the connector's own, for JSON.
    """

    conversation: str | None = None
    language: str | None = None
    spoken: str | None = None
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Waiting:
    """Something delivered that isn't handled yet."""

    number: int
    payload: str
    sent: int


class Chats:
    """The memory of one account at a messenger.

    What is written while an answer is on its way never stands in its way: where the database can't be used, the log says so, and
    it is written with what comes next. Otherwise what was answered meanwhile would be answered again after a restart.

    Args:
        database: migrated; the service's own, or that of a connector on another host.
        account: e.g. ``telegram:123456``; two bots have nothing to do with each other.
    """

    def __init__(self, database: Database, account: str) -> None:
        self._database = database
        self._account = account
        self._threads = anyio.CapacityLimiter(4)  # of our own, see conversations/talk.py
        self._owed: dict[tuple[str, int | str], Callable[[Session], Any]] = {}

    async def keep(self, number: int, payload: str | None) -> bool:
        """Keeps something delivered; False where it came before. Without a payload only its number is kept.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: it can't be kept.
        """

        def work(session: Session) -> bool:
            if session.get(Received, (self._account, number)) is not None:
                return False
            session.add(Received(account=self._account, number=number, payload=payload))
            return True

        return await self._write(work)

    async def waiting(self) -> list[Waiting]:
        """Gives what was delivered before and isn't handled, oldest first.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: it can't be read.
        """
        query = (
            select(Received.number, Received.payload, Received.sent)
            .where(Received.account == self._account, Received.payload.is_not(None))
            .order_by(Received.number)
        )

        def read() -> list[Waiting]:
            with self._database.read() as session:
                return [Waiting(number, payload or "", sent) for number, payload, sent in session.execute(query)]

        return await anyio.to_thread.run_sync(read, limiter=self._threads)

    async def sent(self, number: int, messages: int) -> None:
        """Notes how many messages were sent because of something delivered."""
        await self._try(self._change(number, sent=messages), ("sent", number))

    async def done(self, number: int) -> None:
        """Notes that something delivered is handled, and forgets what it was."""
        await self._try(self._change(number, payload=None), ("done", number))

    async def read(self, address: str) -> Remembered | None:
        """Gives a chat as it was left, a new one where nothing is known; None where nothing can be read."""

        def work() -> Remembered:
            with self._database.read() as session:
                chat = session.get(Chat, (self._account, address))
                if chat is None:
                    return Remembered()
                return Remembered(chat.conversation, chat.language, chat.spoken, dict(chat.notes))

        if ("chat", address) in self._owed:
            await self.settle()
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._threads)
        except SQLAlchemyError as error:
            logger.error("A chat could not be read: %s", getattr(error, "orig", error))
            return None

    async def write(self, address: str, chat: Remembered) -> None:
        """Remembers a chat."""

        def work(session: Session) -> None:
            session.merge(
                Chat(
                    account=self._account,
                    address=address,
                    conversation=chat.conversation,
                    language=chat.language,
                    spoken=chat.spoken,
                    notes=dict(chat.notes),
                    at=now(),
                )
            )

        await self._try(work, ("chat", address))

    async def forget(self, address: str) -> None:
        """Deletes what is remembered of a chat.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: it can't be deleted.
        """
        await self._write(
            lambda session: session.execute(delete(Chat).where(Chat.account == self._account, Chat.address == address))
        )

    async def settle(self) -> None:
        """Writes what could not be written before."""
        if self._owed:
            await self._try(lambda _: None)

    async def move(self, old: str, new: str) -> None:
        """Gives a chat, and those below it (``old/...``), another address: a group became another."""

        def work(session: Session) -> None:
            query = select(Chat).where(Chat.account == self._account, Chat.address.startswith(old, autoescape=True))
            for chat in session.scalars(query):
                if chat.address == old or chat.address.startswith(f"{old}/"):
                    address = new + chat.address.removeprefix(old)
                    if session.get(Chat, (self._account, address)) is None:
                        chat.address = address
                    else:
                        session.delete(chat)  # somebody spoke there already: that goes on

        await self._try(work)

    def _change(self, number: int, **values: Any) -> Callable[[Session], Any]:
        mine = (Received.account == self._account, Received.number == number)
        return lambda session: session.execute(update(Received).where(*mine).values(**values))

    async def _try(self, work: Callable[[Session], Any], name: tuple[str, int | str] | None = None) -> None:
        try:
            await self._write(work)
        except SQLAlchemyError as error:
            if name is not None and isinstance(error, OperationalError):
                self._owed[name] = work
            logger.error("What a messenger's chat needs could not be written: %s", getattr(error, "orig", error))

    async def _write[T](self, work: Callable[[Session], T]) -> T:
        def write() -> T:
            owed = dict(self._owed)
            with self._database.write() as session:
                for work_before in owed.values():
                    work_before(session)
                result = work(session)
            for name, work_before in owed.items():
                if self._owed.get(name) is work_before:
                    del self._owed[name]
            return result

        return await anyio.to_thread.run_sync(write, limiter=self._threads)
