"""What a message says to us, if anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from telegram import Message, MessageEntity, User

KINDS = {
    "animation": "picture",
    "audio": "sound",
    "checklist": "other",
    "contact": "contact",
    "dice": "other",
    "document": "file",
    "game": "other",
    "giveaway": "other",
    "location": "place",
    "paid_media": "picture",
    "photo": "picture",
    "poll": "poll",
    "sticker": "sticker",
    "story": "picture",
    "venue": "place",
    "video": "video",
    "video_note": "video",
    "voice": "sound",
}
"""Contents of a message, and what ``telegram.unreadable`` calls them; the more particular come first where two go together."""


@dataclass(frozen=True)
class Command:
    """A command such as ``/start forum``.

    Attributes:
        name: in small letters, without the stroke.
        arguments: the words after it.
        ours: whether it names us (``/start@our_bot``), or can mean nobody else.
    """

    name: str
    arguments: tuple[str, ...]
    ours: bool


@dataclass(frozen=True)
class Heard:
    """What was said to us.

    Attributes:
        text: what can be read; empty where nothing can.
        kind: what can't be read, as ``telegram.unreadable`` calls it; None where all can.
        album: of several pictures that were sent as one; None otherwise.
    """

    text: str
    kind: str | None
    album: str | None


def hear(message: Message, me: User) -> Heard | None:
    """Reads a message.

    Args:
        message: from any chat.
        me: the bot.

    Returns:
        None where it isn't meant for us: a post, a notice of Telegram's, another bot, or talk among people.
    """
    if message.chat.type == "channel" or message.is_automatic_forward or speaker_of(message) is None:
        return None
    text = message.text or message.caption or ""
    kind = next((name for content, name in KINDS.items() if getattr(message, content, None)), None)
    if not text and kind is None:
        return None  # somebody came, something was pinned, ...
    if message.chat.type == "private":
        return Heard(text.strip(), kind, message.media_group_id)
    mentions, replies = _mentions(message, me), _is_reply_to(message, me)
    if not (mentions or replies):
        return None
    text = _without(text, mentions)
    if not text and kind is None and message.reply_to_message is not None and not replies:
        # "@bot" under somebody's question asks us that question.
        text = message.reply_to_message.text or message.reply_to_message.caption or ""
    return Heard(text.strip(), kind, message.media_group_id)


def command_of(message: Message, me: User) -> Command | None:
    """Reads a command; None where a message begins with none, or with one for another bot."""
    first = _command_at_start(message)
    if message.text is None or first is None:
        return None
    written = message.parse_entity(first)
    name, at, bot = written[1:].lower().partition("@")
    private = message.chat.type == "private"
    if at and bot != (me.username or "").lower() and not private:
        return None
    return Command(name, tuple(message.text[len(written) :].split()), bool(at) or private)


def is_for_another(message: Message, me: User) -> bool:
    """Tells whether a message in a group is a command, but none for us."""
    return _command_at_start(message) is not None and command_of(message, me) is None


def speaker_of(message: Message) -> int | None:
    """Gives who speaks: a person, or the group or channel in whose name somebody writes; None for another bot."""
    if message.sender_chat is not None:
        return message.sender_chat.id  # the sender is Telegram's stand-in then, a bot by its record
    sender = message.from_user
    return None if sender is None or sender.is_bot else sender.id


def _command_at_start(message: Message) -> MessageEntity | None:
    """Finds the command that a message begins with, also where it is bold or the like."""
    if not (message.text or "").startswith("/"):
        return None
    found = (entity for entity in message.entities if entity.type == MessageEntity.BOT_COMMAND)
    return next((entity for entity in found if entity.offset == 0), None)


def _is_reply_to(message: Message, me: User) -> bool:
    answered = message.reply_to_message
    if answered is None or answered.from_user is None or answered.from_user.id != me.id:
        return False
    return answered.forum_topic_created is None  # every message of a topic "answers" the one that opened it


def _mentions(message: Message, me: User) -> Sequence[str]:
    """Gives the words of a message that name us."""
    kinds: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]
    found = {**message.parse_entities(kinds), **message.parse_caption_entities(kinds)}
    ours = f"@{me.username}".lower()
    return [
        words for entity, words in found.items() if (entity.user.id == me.id if entity.user else words.lower() == ours)
    ]


def _without(text: str, words: Sequence[str]) -> str:
    for word in words:
        text = text.replace(word, " ", 1)
    return " ".join(text.split()) if words else text
