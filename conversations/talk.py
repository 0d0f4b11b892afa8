"""One message in, its answer out: once only, in order within a conversation, and never silent."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import secrets
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import anyio
import anyio.to_thread
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from conversations import chats, log, tracker_rows
from conversations.engine_client import EngineClient, EngineUnavailable
from conversations.models import Turn
from facts.answer import Answers
from facts.database import Database, now
from facts.reply import Button, Reply, ShownSource, StandsFor
from facts.text import clean

logger = logging.getLogger(__name__)

EXPIRED_AT_ONCE = 20
"""So many conversations whose time is up are deleted in one sweep: a visitor's message waits for that."""
CHOOSE = "/choose"
"""The engine's intent for a pressed button; see data/rules/buttons.yml."""


class UnknownConversation(Exception):
    """The conversation was deleted, or never was."""


class UnknownButton(Exception):
    """The button was not issued in this conversation."""


class KeyReused(Exception):
    """The idempotency key stands for another message already."""


class NothingSaid(Exception):
    """The message has no text."""


@dataclass(frozen=True)
class Incoming:
    """A visitor's message.

    Attributes:
        channel: where it comes from, e.g. ``web``.
        conversation: its id; None begins a new one.
        key: the client's idempotency key.
        text: what was written; None where a button was pressed.
        button: the id of the button.
        language: wanted for the reply; None follows the question.
    """

    channel: str
    conversation: str | None = None
    key: str | None = None
    text: str | None = None
    button: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Outgoing:
    """The answer to a message: the conversation's id, and the contract's messages."""

    conversation: str
    messages: list[dict[str, Any]]


class Conversations:
    """Handles messages.

    Args:
        database: where talks are kept.
        answers: the facts' own way to a reply, for when the engine has none.
        engine: understands, and keeps the talk.
        tracker_file: the engine's own store, for deletion.
        keep_for: how long a conversation is kept after its last message; None keeps it until it is deleted.
    """

    def __init__(
        self,
        database: Database,
        answers: Answers,
        engine: EngineClient,
        tracker_file: Path,
        keep_for: timedelta | None = None,
    ) -> None:
        self._database = database
        self._answers = answers
        self._engine = engine
        self._tracker_file = tracker_file
        self._keep_for = keep_for
        self._locks = _Locks()
        # Threads of our own: the engine's question comes back to this process as an action, and must never wait for a
        # thread that a message holds.
        self._threads = anyio.CapacityLimiter(8)
        # A search is work for the processor. One at a time leaves room for those that the engine asks for, and what only
        # waits for the database doesn't stand behind a row of them.
        self._searching = anyio.CapacityLimiter(1)

    async def receive(self, incoming: Incoming) -> Outgoing:
        """Answers a message.

        Raises:
            NothingSaid: no text in it.
            UnknownConversation: it isn't held.
            UnknownButton: not one of this conversation's.
            KeyReused: the idempotency key came with another message before.
            sqlalchemy.exc.SQLAlchemyError: a button was pressed while the database can't be used.
        """
        began = time.perf_counter()
        if incoming.button is None and not clean(incoming.text or ""):
            raise NothingSaid
        key = incoming.key or secrets.token_urlsafe(16)
        # Two copies of one message wait for each other; so do two messages of one conversation.
        async with self._locks.hold(incoming.conversation or f"first {key}"):
            try:
                turn, repeated = await self._in_thread(lambda: self._begin(incoming, key))
            except SQLAlchemyError as error:
                return await self._unkept(incoming, error)
            if repeated is not None:
                return Outgoing(turn.conversation_id, repeated)
            replies, degraded = await self._replies(turn, time.perf_counter() - began)
            passed = (time.perf_counter() - began) * 1000
            try:
                sent = await self._in_thread(
                    lambda: self._write(lambda s: log.answer_turn(s, turn, replies, degraded, passed))
                )
            except SQLAlchemyError as error:
                logger.error("An answer could not be kept: %s", getattr(error, "orig", error))
                sent = [log.message_of(reply, degraded, []) for reply in replies]
            return Outgoing(turn.conversation_id, sent)

    async def _unkept(self, incoming: Incoming, error: SQLAlchemyError) -> Outgoing:
        """Answers a text from the facts while nothing can be kept: without the engine, and without buttons.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the error, where a button was pressed: what it stands for can't be read.
        """
        if incoming.text is None:
            raise error
        logger.error("A message could not be kept: %s", getattr(error, "orig", error))
        text = clean(incoming.text)
        turn = Turn(text=text, language=incoming.language or self._answers.language_of(text), stands_for=None)
        reply = await self._offline_reply(turn)
        # A conversation that can't be kept is new to us when it comes back.
        return Outgoing(incoming.conversation or log.new_id(), [log.message_of(reply, True, [])])

    async def history(self, conversation: str) -> list[dict[str, Any]]:
        """Gives a whole talk.

        Raises:
            UnknownConversation: it isn't held.
        """

        def read() -> list[dict[str, Any]]:
            with self._database.read() as session:
                if not log.exists(session, conversation):
                    raise UnknownConversation
                return log.history(session, conversation)

        return await self._in_thread(read)

    async def rate(self, conversation: str, message: str, rating: str, comment: str | None) -> bool:
        """Keeps a visitor's opinion of a message; False where this conversation has no such message."""
        return await self._in_thread(
            lambda: self._write(lambda s: log.rate(s, conversation, message, rating, comment and clean(comment)))
        )

    async def forget(self, conversation: str) -> None:
        """Deletes a conversation everywhere, the engine's rows included.

        Raises:
            UnknownConversation: it isn't held.
        """
        async with self._locks.hold(conversation):
            if not await self._in_thread(lambda: self._write(lambda s: log.erase(s, conversation))):
                raise UnknownConversation
            try:
                await self._in_thread(lambda: tracker_rows.erase(self._tracker_file, [conversation]))
            except sqlite3.Error:  # busy: the sweep deletes them in a moment
                logger.warning("The engine's rows of a deleted conversation are left to the sweep.", exc_info=True)

    async def sweep(self) -> None:
        """Deletes conversations whose time is up, and what the engine wrote of deleted ones afterwards (a turn that was under way).

        Call it now and then.
        """
        if self._keep_for is not None:
            keep_for = self._keep_for
            await self._in_thread(lambda: self._write(lambda s: chats.sweep(s, keep_for)))
            oldest = now() - self._keep_for
            expired = await self._in_thread(
                lambda: self._write(lambda s: log.erase_expired(s, oldest, EXPIRED_AT_ONCE))
            )
            if expired:
                logger.info("%d conversations were deleted: their time was up.", expired)
        recent = await self._in_thread(lambda: self._write(log.recent_erasures))
        if recent:
            await self._in_thread(lambda: tracker_rows.erase(self._tracker_file, recent))
        await self._in_thread(self._database.tidy)

    def _begin(self, incoming: Incoming, key: str) -> tuple[Turn, list[dict[str, Any]] | None]:
        """Keeps the message; gives the earlier answer as well where it is a repetition."""
        request = _fingerprint(incoming)
        with self._database.write() as session:
            conversation = incoming.conversation
            if conversation is not None and not log.exists(session, conversation):
                raise UnknownConversation
            earlier = log.earlier_turn(session, conversation, key)
            if earlier is not None:
                if earlier.request != request:
                    raise KeyReused
                # Without an outcome the service ended while answering: it is answered now.
                return earlier, log.messages_of(session, earlier.id) if earlier.outcome else None
            text, stands_for, language = self._understand(session, incoming)
            if conversation is None:
                log.forget_first_key(session, key)
                conversation = log.begin(session, incoming.channel, language)
            turn = Turn(
                conversation_id=conversation,
                key=key,
                first_key=key if incoming.conversation is None else None,
                request=request,
                channel=incoming.channel,
                language=language,
                text=text,
                stands_for=stands_for,
            )
            log.add_turn(session, turn)
            return turn, None

    def _understand(self, session: Session, incoming: Incoming) -> tuple[str, dict[str, Any] | None, str]:
        """Gives the text, what its button stands for, and the language to answer in."""
        spoken = log.language_of(session, incoming.conversation) if incoming.conversation else None
        if incoming.button is None:
            text = clean(incoming.text or "")
            return text, None, incoming.language or self._answers.language_of(text, spoken)
        press = log.pressed(session, incoming.conversation, incoming.button) if incoming.conversation else None
        if press is None:
            raise UnknownButton
        return press.title, press.stands_for, incoming.language or spoken or self._answers.language_of(press.title)

    async def _replies(self, turn: Turn, waited: float) -> tuple[list[Reply], bool]:
        """Gives the engine's replies, or the facts' own with True."""
        try:
            metadata = {"language": turn.language, "stands_for": turn.stands_for}
            said = await self._engine.ask(turn.conversation_id, as_plain_text(turn), metadata, waited)
            return [_reply(message) for message in said], False
        except (EngineUnavailable, _Malformed) as problem:
            logger.warning("Answering without the engine: %s", problem)
        return [await self._offline_reply(turn)], True

    async def _offline_reply(self, turn: Turn) -> Reply:
        """Gives the facts' own reply, or says plainly that there is none now."""
        try:
            return await anyio.to_thread.run_sync(self._without_engine, turn, limiter=self._searching)
        except Exception:
            logger.exception("The facts' own search failed, too.")
            return self._answers.say("replies.cannot_now", turn.language, outcome="unknown")

    def _without_engine(self, turn: Turn) -> Reply:
        if turn.stands_for is not None:
            return self._answers.show(turn.stands_for["fact"], turn.language, turn.stands_for.get("part", "short"))
        reply = self._answers.answer(turn.text, turn.language)
        if reply.outcome == "out_of_scope":
            # Without the engine this is no finding: it may well be ours.
            return self._answers.say("replies.cannot_now", turn.language, outcome="unknown")
        return reply

    def _write[T](self, work: Callable[[Session], T]) -> T:
        with self._database.write() as session:
            return work(session)

    async def _in_thread[T](self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work, limiter=self._threads)


class _Malformed(Exception):
    """The engine's message is not one of ours."""


def as_plain_text(turn: Turn) -> str:
    """Gives what the engine is told: a button as our one command, and plain text so that it can't be one.

    Rasa takes a text that begins with ``/`` as an intent; the full-width form reads the same to the search.
    """
    if turn.stands_for is not None:
        return CHOOSE
    return "／" + turn.text[1:] if turn.text.startswith("/") else turn.text


def _reply(message: dict[str, Any]) -> Reply:
    try:
        custom = message["custom"]
        if not isinstance(message["text"], str):
            raise TypeError("text is no text")
        return Reply(
            text=message["text"],
            outcome=custom["outcome"],
            language=custom["language"],
            facts=tuple(custom["facts"]),
            sources=tuple(cast(ShownSource, source) for source in custom["sources"]),
            as_of=custom["as_of"],
            buttons=tuple(
                Button(button["title"], _stands_for(button["payload"])) for button in message.get("buttons", ())
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _Malformed(f"the engine's message is not of the contract: {error!r}") from error


def _stands_for(payload: str) -> StandsFor:
    stands_for = json.loads(payload)
    if not isinstance(stands_for, dict) or "fact" not in stands_for:
        raise ValueError("a button stands for no fact")
    return cast(StandsFor, stands_for)


def _fingerprint(incoming: Incoming) -> str:
    sent = json.dumps([incoming.text, incoming.button, incoming.language])  # ASCII, lone surrogates and all
    return hashlib.sha256(sent.encode()).hexdigest()


class _Locks:
    """A lock a name, kept while somebody holds or waits for it."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[None]:
        lock, users = self._locks.get(name, (asyncio.Lock(), 0))
        self._locks[name] = lock, users + 1
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks[name]
            if users == 1:
                del self._locks[name]
            else:
                self._locks[name] = lock, users - 1
