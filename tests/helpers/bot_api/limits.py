"""What Telegram refuses."""

from __future__ import annotations

import math
import re
import time
from collections import deque
from collections.abc import Hashable
from typing import Any
from urllib.parse import urlsplit

TEXT_LIMIT = 4096  # UTF-16 code units
BUTTONS_LIMIT = 100
CALLBACK_DATA_LIMIT = 64  # bytes
ENTITY_TYPES = frozenset(
    [
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    ]
)
ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
# What is sent when nobody says which updates are wanted.
NOT_BY_DEFAULT = frozenset(["chat_member", "message_reaction", "message_reaction_count"])


class Refused(Exception):
    """A call that is answered with an error.

    Args:
        description: what the error says.
        status: HTTP's status, which is also the error's code.
        parameters: what a program can act on, such as ``retry_after``.
    """

    def __init__(self, description: str, status: int = 400, **parameters: int) -> None:
        super().__init__(description)
        self.description = description
        self.status = status
        self.parameters = parameters


def units(text: str) -> int:
    """Counts UTF-16 code units, in which Telegram measures."""
    return len(text) + sum(1 for sign in text if ord(sign) > 0xFFFF)


def check_text(text: Any, entities: Any) -> tuple[str, list[dict[str, Any]]]:
    """Returns text and entities as Telegram keeps them: without spaces around."""
    if not isinstance(text, str) or not text.strip():
        raise Refused("Bad Request: message text is empty")
    if entities is not None and not isinstance(entities, list):
        raise Refused("Bad Request: can't parse entities: expected an Array of MessageEntity")
    checked = check_entities(text, entities or [])
    before = units(text) - units(text.lstrip())
    text = text.strip()
    if units(text) > TEXT_LIMIT:
        raise Refused("Bad Request: message is too long")
    kept = []
    for entity in checked:
        start, end = max(0, entity["offset"] - before), min(units(text), entity["offset"] + entity["length"] - before)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return text, kept


def check_entities(text: str, entities: list[Any]) -> list[dict[str, Any]]:
    """Returns entities in order; refuses ones that Telegram refuses, and ones that it would mend without a word."""
    borders = {0}
    place = 0
    for sign in text:
        place += units(sign)
        borders.add(place)
    for entity in entities:
        if not isinstance(entity, dict) or entity.get("type") not in ENTITY_TYPES:
            raise Refused("Bad Request: can't parse MessageEntity: unsupported type")
        offset, length = entity.get("offset"), entity.get("length")
        if not isinstance(offset, int) or not 0 <= offset < place:
            raise Refused(f"Bad Request: entity begins after the end of the text at UTF-16 offset {offset}")
        if not isinstance(length, int) or length < 1 or offset + length > place:
            raise Refused(f"Bad Request: entity beginning at UTF-16 offset {offset} has incorrect length {length}")
        if offset not in borders or offset + length not in borders:
            raise Refused("Bad Request: entity begins or ends in a middle of a UTF-16 symbol")
        needed = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id"}.get(entity["type"])
        if needed and not entity.get(needed):
            raise Refused(f"Bad Request: can't parse MessageEntity: {needed} is missing")
    ordered = sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
    ends: list[int] = []
    for entity in ordered:
        while ends and ends[-1] <= entity["offset"]:
            ends.pop()
        end = entity["offset"] + entity["length"]
        if ends and end > ends[-1]:
            raise Refused("Bad Request: entities cross each other")
        ends.append(end)
    return ordered


def check_markup(markup: Any, *, inline_only: bool = False) -> dict[str, Any] | None:
    """Returns what stands under a message; None for nothing."""
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise Refused("Bad Request: object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = markup["inline_keyboard"]
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise Refused("Bad Request: field inline_keyboard must be an Array of Arrays")
        if sum(len(row) for row in rows) > BUTTONS_LIMIT:
            raise Refused("Bad Request: reply markup is too long")
        for row in rows:
            for button in row:
                _check_button(button)
        rows = [row for row in rows if row]
        return {"inline_keyboard": rows} if rows else None
    if inline_only:
        raise Refused("Bad Request: inline keyboard expected")
    placeholder = markup.get("input_field_placeholder")
    if placeholder is not None and not 1 <= units(placeholder) <= 64:
        raise Refused("Bad Request: input field placeholder is too long")
    if not any(markup.get(kind) for kind in ("force_reply", "keyboard", "remove_keyboard")):
        raise Refused("Bad Request: can't parse reply keyboard markup")
    return markup


def _check_button(button: Any) -> None:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str) or not button["text"].strip():
        raise Refused("Bad Request: inline keyboard button text must be non-empty")
    actions = set(button) - {"text", "style", "icon_custom_emoji_id"}
    if len(actions) != 1:
        raise Refused("Bad Request: text buttons are unallowed in the inline keyboard")
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= CALLBACK_DATA_LIMIT:
            raise Refused("Bad Request: BUTTON_DATA_INVALID")
    if "url" in button:
        parts = urlsplit(str(button["url"]))
        if parts.scheme not in ("http", "https", "tg") or (parts.scheme != "tg" and "." not in (parts.hostname or "")):
            raise Refused(f"Bad Request: inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def check_commands(commands: Any) -> list[dict[str, str]]:
    """Returns a bot's commands."""
    if not isinstance(commands, list) or not all(isinstance(command, dict) for command in commands):
        raise Refused("Bad Request: expected an Array of BotCommand")
    if len(commands) > 100:
        raise Refused("Bad Request: too many commands")
    for command in commands:
        if not re.fullmatch("[a-z0-9_]{1,32}", str(command.get("command", ""))):
            raise Refused("Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= units(str(command.get("description", ""))) <= 256:
            raise Refused("Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    return commands


def check_language(code: Any) -> str:
    """Returns the code of a language, ``""`` for all others."""
    if not re.fullmatch("([a-z]{2})?", str(code or "")):
        raise Refused("Bad Request: invalid language code specified")
    return str(code or "")


class Flood:
    """Counts calls in a moving window.

    Args:
        most: how many may come.
        seconds: in how long.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._came: dict[Hashable, deque[float]] = {}

    def wait_of(self, key: Hashable) -> int:
        """Returns for how many whole seconds to wait, 0 when there is room."""
        came, now = self._came.setdefault(key, deque()), time.monotonic()
        while came and came[0] <= now - self._seconds:
            came.popleft()
        return 0 if len(came) < self._most else max(1, math.ceil(came[-self._most] + self._seconds - now))

    def add(self, key: Hashable) -> None:
        """Counts a call."""
        self._came.setdefault(key, deque()).append(time.monotonic())
