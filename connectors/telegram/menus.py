"""What Telegram's clients show of the bot: commands, description, in each language."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError

from connectors.telegram.commands import COMMANDS
from connectors.telegram.words import Words

logger = logging.getLogger(__name__)

IN_GROUPS = ("help", "sources", "language", "privacy", "forget", "cancel")
"""Commands that make sense where several people talk."""


async def show_menus(bot: Bot, words: Words) -> None:
    """Sets what differs from what is shown; where that fails, the bot works all the same."""
    try:
        for code, language in _codes(words):
            await _commands(bot, words, code, language)
            text = words("telegram.description", language)
            if (await bot.get_my_description(code)).description != text:
                await bot.set_my_description(text, code)
            text = words("telegram.short_description", language)
            if (await bot.get_my_short_description(code)).short_description != text:
                await bot.set_my_short_description(text, code)
    except TelegramError as error:
        logger.warning("Telegram's menus could not be set: %s.", type(error).__name__)


async def _commands(bot: Bot, words: Words, code: str | None, language: str) -> None:
    for scope, names in (
        (BotCommandScopeAllPrivateChats(), tuple(COMMANDS)),
        (BotCommandScopeAllGroupChats(), IN_GROUPS),
    ):
        wanted = tuple(BotCommand(name, words(f"telegram.commands.{name}", language)) for name in names)
        if await bot.get_my_commands(scope, code) != wanted:
            await bot.set_my_commands(wanted, scope, code)


def _codes(words: Words) -> Iterator[tuple[str | None, str]]:
    """Gives Telegram's language codes with ours: the first is for everybody else, too."""
    yield None, words.languages[0]
    for language in words.languages:
        yield language.split("-")[0], language
