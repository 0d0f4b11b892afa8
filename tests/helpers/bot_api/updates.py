"""Parts of updates, as Telegram makes them."""

from __future__ import annotations

import re
from typing import Any

from tests.helpers.bot_api.limits import units
from tests.helpers.bot_api.records import Payload

# In this order: what is part of an address is nothing else.
_FINDERS = [
    ("url", re.compile(r"https?://[^\s<>\"，。）]+[^\s<>\"，。）.,;:!?)]")),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.A)),
    (
        "bot_command",
        re.compile(r"(?<![^\s(\[{,，。！？（])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w@/])", re.A),
    ),
    ("mention", re.compile(r"(?<![A-Za-z0-9_@/])@[A-Za-z][A-Za-z0-9_]{3,31}(?![A-Za-z0-9_])")),
    ("hashtag", re.compile(r"(?<!\w)#(?!\d+\b)\w{1,256}")),
]


_HOLD_MESSAGES = ("message", "edited_message", "channel_post", "edited_channel_post", "callback_query")


def entities_of(text: str) -> list[Payload]:
    """Finds what clients mark by themselves: commands, mentions, addresses, hashtags."""
    found: list[tuple[int, int, str]] = []
    for kind, finder in _FINDERS:
        for match in finder.finditer(text):
            start, end = match.span()
            if all(end <= first or last <= start for first, last, _ in found):
                found.append((start, end, kind))
    return [
        {"offset": units(text[:start]), "length": units(text[start:end]), "type": kind}
        for start, end, kind in sorted(found)
    ]


def text_fields(text: str, entities: list[Payload] | None = None, *, caption: bool = False) -> Payload:
    """Gives a text and its entities."""
    marked = entities_of(text) if entities is None else entities
    name, marks = ("caption", "caption_entities") if caption else ("text", "entities")
    return {name: text, **({marks: marked} if marked else {})}


def quoted(message: Payload) -> Payload:
    """Gives a message as it stands in ``reply_to_message``: without the one that it replies to itself."""
    return {name: value for name, value in message.items() if name != "reply_to_message"}


def _file(name: str, **more: Any) -> Payload:
    return {"file_id": f"AgACAgIAAxkBAAI_{name}_test", "file_unique_id": f"AQAD_{name}", "file_size": 20480, **more}


def media(kind: str) -> Payload:
    """Gives the fields of a message that holds something else than text."""
    thumbnail = _file("thumb", width=320, height=240)
    audio = {"duration": 181, "file_name": "song.mp3", "mime_type": "audio/mpeg", "title": "Song", "performer": "Choir"}
    animation = _file("animation", duration=3, width=320, height=240, file_name="wave.mp4", mime_type="video/mp4")
    document = {key: animation[key] for key in ("file_id", "file_unique_id", "file_size", "file_name", "mime_type")}
    sticker = {
        "width": 512,
        "height": 512,
        "emoji": "👋",
        "set_name": "Pandas",
        "is_animated": False,
        "is_video": False,
    }
    poll = {
        "id": "5237800000000000001",
        "question": "Which month?",
        "options": [{"text": text, "voter_count": 0, "persistent_id": text[0]} for text in ("June", "July")],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": True,
        "members_only": False,
    }
    kinds: dict[str, Payload] = {
        "sticker": {"sticker": _file("sticker", type="regular", thumbnail=thumbnail, **sticker)},
        "photo": {
            "photo": [
                _file(size, width=width, height=height)
                for size, width, height in (("small", 90, 60), ("medium", 320, 213), ("large", 1280, 853))
            ]
        },
        "voice": {"voice": _file("voice", duration=4, mime_type="audio/ogg")},
        "video": {"video": _file("video", duration=12, width=640, height=360, mime_type="video/mp4")},
        "video_note": {"video_note": _file("note", duration=5, length=384, thumbnail=thumbnail)},
        "audio": {"audio": _file("audio", **audio)},
        "document": {"document": _file("document", file_name="plan.pdf", mime_type="application/pdf")},
        "animation": {"animation": animation, "document": document},
        "location": {"location": {"latitude": 36.617, "longitude": 101.778}},
        "contact": {"contact": {"phone_number": "+4915100000000", "first_name": "Jonas", "last_name": "Weber"}},
        "poll": {"poll": poll},
        "dice": {"dice": {"emoji": "🎲", "value": 4}},
    }
    assert kind in kinds, f"no such kind of message: {kind}"
    return kinds[kind]


def chats_in(payload: Any) -> list[tuple[Payload, Payload | None, bool]]:
    """Finds the chats that an update names: each with the message in it, and whether the bot wrote that."""
    if not isinstance(payload, dict):
        return []
    found: list[tuple[Payload, Payload | None, bool]] = []
    for name, value in payload.items():
        message = value.get("message") if name == "callback_query" and isinstance(value, dict) else value
        if not isinstance(message, dict) or not _is_chat(message.get("chat")):
            continue
        whole = name in _HOLD_MESSAGES and isinstance(message.get("message_id"), int) and bool(message.get("date"))
        found.append((message["chat"], message if whole else None, name == "callback_query"))
        replied = message.get("reply_to_message")
        if isinstance(replied, dict) and isinstance(replied.get("message_id"), int):
            found.append((message["chat"], {"chat": message["chat"], **replied}, False))
    return found


def _is_chat(chat: Any) -> bool:
    return isinstance(chat, dict) and isinstance(chat.get("id"), int) and isinstance(chat.get("type"), str)


def key_of(payload: Any) -> int | None:
    """Finds what orders an update: its chat, or else the person."""
    chats = chats_in(payload)
    if chats:
        return int(chats[0][0]["id"])
    for value in payload.values() if isinstance(payload, dict) else ():
        sender = (value.get("from") or value.get("user")) if isinstance(value, dict) else None
        if isinstance(sender, dict) and isinstance(sender.get("id"), int):
            return int(sender["id"])
    return None
