"""What is done with an update."""

from __future__ import annotations

import contextlib
import logging
import time

from telegram import Chat, Update
from telegram.error import InvalidToken, TelegramError

from connectors.telegram.buttons import on_press
from connectors.telegram.case import Case, Tools, address_of, place_of, pressed_message
from connectors.telegram.commands import COMMANDS, unknown
from connectors.telegram.heard import Command, command_of, hear, is_for_another, speaker_of
from connectors.telegram.outbox import Outbox, Unwelcome
from connectors.telegram.questions import is_news, on_message
from conversations.chats import Remembered

logger = logging.getLogger(__name__)


class Dispatch:
    """Handles updates.

    Args:
        tools: what every update needs.
    """

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def handle(self, update: Update, already: int) -> None:
        """Handles one update; whoever wrote is told when it fails.

        Args:
            update: any.
            already: messages that were sent for it before a restart.

        Raises:
            telegram.error.InvalidToken: nothing can be said any more.
        """
        message = update.message
        if message is not None and message.migrate_to_chat_id:
            await self._moved(message.chat.id, message.migrate_to_chat_id)
            return
        case = await self._case(update, already)
        if case is None:
            return
        try:
            await self._do(case)
        except Unwelcome as problem:
            logger.info("A chat can't be answered: %s.", problem)
        except InvalidToken:
            raise
        except Exception:
            logger.exception("An update could not be handled.")
            await self._apologise(case)
        await case.remember()

    def concerns_us(self, update: Update) -> bool:
        """Tells whether an update says anything to us. What people say to each other in a group is none of our business."""
        try:
            query, message = update.callback_query, update.message or update.edited_message
            if query is not None:
                return True
            if message is None:
                return False
            if message.migrate_to_chat_id:
                return True
            if message.chat.type == Chat.CHANNEL or speaker_of(message) is None:
                return False
            command = command_of(message, self._tools.me)
            if command is not None:
                return command.ours or command.name in COMMANDS
            return not is_for_another(message, self._tools.me) and hear(message, self._tools.me) is not None
        except Exception as error:  # something in it is of another kind than it should be
            logger.warning("An update could not be understood (%s); it is left out.", type(error).__name__)
            return False

    async def _case(self, update: Update, already: int) -> Case | None:
        """Puts together what an update needs; None where nobody speaks to us."""
        query = update.callback_query
        message = pressed_message(query) if query is not None else update.message or update.edited_message
        chat, speaker = update.effective_chat, None
        if query is not None:
            speaker = query.from_user.id
        elif message is not None:
            speaker = speaker_of(message)
        if chat is None or speaker is None:
            if query is not None:  # of a message in somebody else's chat: it can't be answered otherwise
                with contextlib.suppress(TelegramError):
                    await query.answer()
            return None
        bot = update.get_bot()
        outbox = Outbox(bot, self._tools.chats, place_of(chat, message), update.update_id, already, self._moved)
        remembered = await self._tools.chats.read(address_of(chat, speaker))
        known = remembered is not None
        return Case(update, message, chat, speaker, remembered or Remembered(), outbox, self._tools, known)

    async def _do(self, case: Case) -> None:
        query = case.update.callback_query
        if not await self._in_time(case):
            return
        if query is not None:
            await on_press(case, query)
            return
        if case.message is None:
            return
        command = command_of(case.message, self._tools.me)
        if command is not None:
            if is_news(case, case.message, case.message.text or ""):
                await self._command(case, command)
        else:
            await on_message(case, case.message, edited=case.update.edited_message is not None)

    async def _command(self, case: Case, command: Command) -> None:
        known = COMMANDS.get(command.name)
        if known is None:
            await unknown(case, command.name)
        else:
            await known(case, command.arguments)

    async def _in_time(self, case: Case) -> bool:
        """Tells whether somebody may speak; who speaks too often is told once, and waited for."""
        wait = await self._tools.limits.wait(f"telegram {case.speaker}", f"telegram {case.address}")
        if wait is None:
            case.chat.notes.pop("slowed", None)
            return True
        query = case.update.callback_query
        if query is not None:
            notice = case.word("too_many", n=str(wait))
            await case.outbox.trifle(lambda: query.answer(notice), "the answer to a press")
        elif case.chat.notes.get("slowed", 0) < time.time():
            case.chat.notes["slowed"] = int(time.time()) + wait
            await case.say("too_many", n=str(wait))
        return False

    async def _apologise(self, case: Case) -> None:
        query = case.update.callback_query
        if query is not None:
            await case.outbox.trifle(query.answer, "the answer to a press")
        with contextlib.suppress(Unwelcome):
            await case.say("failed")

    async def _moved(self, old: int, new: int) -> None:
        """A group became another: everybody's conversation goes on there."""
        await self._tools.chats.move(str(old), str(new))
