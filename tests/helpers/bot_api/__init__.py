"""Telegram's Bot API on this machine, for tests: a real HTTP server that real clients of it can't tell apart."""

from tests.helpers.bot_api.api import BotApi, bot_api
from tests.helpers.bot_api.chats import Group, Person
from tests.helpers.bot_api.records import Call, Happened, SentMessage

__all__ = ["BotApi", "Call", "Group", "Happened", "Person", "SentMessage", "bot_api"]
