"""The connector: from the first call to Telegram to the last."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from telegram import Update
from telegram.error import BadRequest, Conflict, InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, TypeHandler, Updater

from connectors.limits import Limits
from connectors.telegram.assistant import Assistant
from connectors.telegram.case import Tools
from connectors.telegram.dispatch import Dispatch
from connectors.telegram.inbox import Inbox, InOrder, read_update
from connectors.telegram.layout import Layout
from connectors.telegram.line import Line, cause_of
from connectors.telegram.menus import show_menus
from connectors.telegram.pace import Pace
from connectors.telegram.words import Words
from conversations.chats import Chats
from settings import Secret, Settings

logger = logging.getLogger(__name__)

WANTED = ["message", "edited_message", "callback_query"]
"""The kinds of updates that Telegram is asked for. The others say nothing to us."""
POLL_SECONDS = 20
"""So long Telegram holds a question for news when there are none."""
WEBHOOK_CONNECTIONS = 20
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
STOP_WITHIN = 2.0
"""Seconds for what is in hand at a stop; what isn't finished then is kept, and goes on at the next start."""
CLOSE_WITHIN = 0.3
TOLD_AGAIN_AFTER = 600.0
TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,100}")

type _Application = Application[Any, Any, Any, Any, Any, Any]


def webhook_secret(token: Secret, signing_key: Secret) -> str:
    """Gives what Telegram shows our webhook: the same at every start, and of no use to who doesn't know the key."""
    return hmac.new(signing_key.reveal().encode(), b"webhook " + token.reveal().encode(), hashlib.sha256).hexdigest()


def account_of(token: Secret) -> str:
    """Names a bot in our memory, by the part of its token that is no secret."""
    return f"telegram:{token.reveal().partition(':')[0][:20]}"


class _WebhookRefused(Exception):
    """Telegram doesn't take the webhook's address; the message says why."""


@dataclass(frozen=True)
class _Made:
    """What talks with Telegram, made once Telegram answered for the first time."""

    application: _Application
    inbox: Inbox
    order: InOrder


class Connector:
    """Telegram's way in.

    Args:
        settings: of the installation; with a token.
        chats: remembers chats, and what was delivered.
        assistant: answers.
        words: of the interface.
        pace: makes the limiter of calls.

    Attributes:
        secret: what Telegram shows our webhook.
        state: ``starting``, ``on``, ``unreachable``, ``refused`` (the token or the webhook), ``stopped``.
    """

    def __init__(
        self,
        settings: Settings,
        chats: Chats,
        assistant: Assistant,
        words: Words,
        pace: Callable[[], Pace] = Pace,
    ) -> None:
        chosen = settings.telegram
        if chosen.token is None:
            raise ValueError("no token")
        # The library's own lines have stack traces, some the token, and its one critical line what people wrote.
        logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._chosen = chosen
        self._token = chosen.token
        self._settings = settings
        self._assistant = assistant
        self._words = words
        self._pace = pace
        self._chats = chats
        self.secret = webhook_secret(chosen.token, settings.signing_key)
        self.state = "starting"
        self._told: dict[str, float] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._made: _Made | None = None

    def start(self) -> None:
        """Begins, and goes on trying while Telegram can't be reached."""
        self._tasks.append(asyncio.create_task(self._begin()))

    async def stop(self) -> None:
        """Takes nothing more, finishes what is in hand, and lets go of what takes too long."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._made is not None:
            # A task of its own: the library doesn't let itself be cancelled while it waits to ask for news again.
            finishing = asyncio.create_task(self._finish(self._made.application))
            await asyncio.wait([finishing], timeout=STOP_WITHIN)
            if not finishing.done():
                finishing.cancel()
                left = await self._made.order.leave()
                logger.warning("%d updates of Telegram's go on at the next start.", left)
                await asyncio.wait([finishing], timeout=CLOSE_WITHIN)
                finishing.cancel()
            await self._close(self._made.application)
        await self._chats.settle()
        self.state = "stopped"
        await self._assistant.close()

    async def deliver(self, content: Any) -> bool:
        """Takes an update from the webhook; False while nothing can be taken.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: it can't be kept.
        """
        if self._made is None or self.state == "stopped":
            return False
        update = read_update(content, self._made.application.bot)
        if update is not None:
            await self._made.inbox.keep(update)
        return True

    async def _begin(self) -> None:
        pause = FIRST_PAUSE
        while TOKEN.fullmatch(self._token.reveal()):
            try:
                await self._open()
            except InvalidToken:
                break
            except _WebhookRefused as error:
                self.state = "refused"
                self._tell(f"Telegram doesn't take TELEGRAM_WEBHOOK_URL: {error}. It is tried again.")
            except TelegramError as error:
                self.state = "unreachable"
                self._tell(
                    f"Telegram can't be reached from here ({cause_of(error) or type(error).__name__}); it is tried again."
                )
            except SQLAlchemyError as error:
                self._tell(f"Telegram waits for the database: {getattr(error, 'orig', error)}.")
            except Exception:  # a fault of ours must not leave Telegram off without a word
                logger.exception("Telegram could not be started; it is tried again.")
            else:
                return
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)
        self._refuse()

    async def _open(self) -> None:
        """Makes what talks with Telegram, and opens the way in.

        Raises:
            telegram.error.TelegramError: it doesn't answer, or not well.
        """
        if self._made is None:
            bot = Line(self._chosen, self._pace(), self._refuse)
            try:
                await bot.initialize()
                self._made = await self._make(bot)
            except BaseException:
                await bot.shutdown()
                raise
        application = self._made.application
        await self._connect(application)
        self.state = "on"
        self._tasks.append(asyncio.create_task(show_menus(application.bot, self._words)))
        way = "webhook" if self._chosen.webhook_url else "long polling"
        logger.info("Telegram: @%s answers (%s).", application.bot.username, way)

    async def _make(self, bot: Line) -> _Made:
        """Makes what handles updates; it begins with what was kept before a stop."""
        dispatch = Dispatch(self._tools(bot))
        inbox, order = Inbox(self._chats, dispatch.concerns_us), InOrder(self._crowded)
        waiting = await inbox.load(bot)
        if waiting:
            logger.info("Telegram: %d updates from before the start.", waiting)
        builder = ApplicationBuilder().concurrent_updates(order).job_queue(None)
        if self._chosen.webhook_url is None:
            application: _Application = builder.updater(Updater(bot, inbox)).build()
        else:
            application = builder.bot(bot).update_queue(inbox).updater(None).build()

        async def handle(update: Update, _: Any) -> None:
            try:
                await dispatch.handle(update, inbox.sent(update.update_id))
            except InvalidToken:
                self._refuse()  # what is in hand stays kept
                return
            except Exception:  # it would fail at each start again
                logger.exception("An update could not be handled.")
            await self._chats.done(update.update_id)

        application.add_handler(TypeHandler(Update, handle))
        await application.initialize()
        await application.start()
        return _Made(application, inbox, order)

    def _tools(self, bot: Line) -> Tools:
        return Tools(
            assistant=self._assistant,
            chats=self._chats,
            words=self._words,
            layout=Layout(self._words, self._settings.public_url),
            limits=Limits(self._settings.conversation_rate, self._settings.address_rate),
            retention_days=self._settings.retention_days,
            secret=self._settings.signing_key,
            me=bot.bot,
        )

    async def _connect(self, application: _Application) -> None:
        """Opens the way in."""
        if self._chosen.webhook_url is None:
            assert application.updater is not None  # noqa: S101 - made so in _make
            await application.updater.start_polling(
                timeout=timedelta(seconds=POLL_SECONDS), allowed_updates=WANTED, error_callback=self._poll_failed
            )
            return
        try:
            await application.bot.set_webhook(
                self._chosen.webhook_url,
                secret_token=self.secret,
                allowed_updates=WANTED,
                max_connections=WEBHOOK_CONNECTIONS,
            )
        except BadRequest as error:
            raise _WebhookRefused(error.message) from None

    async def _crowded(self, update: Update) -> None:
        self._tell("Telegram: more messages wait in one chat than can be answered; those beyond are left out.")
        await self._chats.done(update.update_id)

    def _refuse(self) -> None:
        self.state = "refused"
        self._tell("Telegram doesn't take TELEGRAM_TOKEN. Telegram is off; everything else runs.")

    def _poll_failed(self, error: TelegramError) -> None:
        if isinstance(error, Conflict):
            self._tell("Telegram: another program asks for the news of the same bot. Only one may; it is tried again.")
        else:
            self._tell(
                f"Telegram can't be reached from here ({cause_of(error) or type(error).__name__}); it is tried again."
            )

    def _tell(self, line: str) -> None:
        """Logs a line, the same one once in ten minutes."""
        if time.monotonic() - self._told.get(line, -TOLD_AGAIN_AFTER) >= TOLD_AGAIN_AFTER:
            self._told[line] = time.monotonic()
            logger.error(line)

    async def _finish(self, application: _Application) -> None:
        try:
            if application.updater is not None and application.updater.running:
                await application.updater.stop()
        except Exception as error:  # what ended the asking for news, such as a token that was revoked
            logger.debug("Telegram was not asked for news to the end (%s).", type(error).__name__)
        if application.running:
            await application.stop()

    async def _close(self, application: _Application) -> None:
        try:
            async with asyncio.timeout(CLOSE_WITHIN):
                await application.bot.shutdown()
        except (TimeoutError, TelegramError):
            logger.debug("The line to Telegram was not closed cleanly.")
