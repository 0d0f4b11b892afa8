"""Keyboards under messages, and what their buttons stand for.

A button carries a few characters only (64 bytes at most, whatever it stands for): a letter, then ids that the service issued. They
mean the same after a restart, and the service checks that they belong to the conversation: a client can send anything.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, Literal

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

LONGEST_DATA = 64  # bytes
WIDEST_TITLE = 28
"""Columns that a phone shows of a button that is as wide as the message. Longer titles stand in the text, with numbers."""
THUMBS = {"up": "👍", "down": "👎"}

Kind = Literal["button", "up", "down", "language", "suggestion", "forget", "settings"]
LETTERS: dict[Kind, str] = {
    "button": "b",
    "up": "u",
    "down": "d",
    "language": "l",
    "suggestion": "s",
    "forget": "f",
    "settings": "e",
}
_KINDS = {letter: kind for kind, letter in LETTERS.items()}

Row = list[InlineKeyboardButton]


def data_of(kind: Kind, value: str) -> str:
    """Gives what a button carries.

    Raises:
        ValueError: it is too long; the ids that are put in are short by their making.
    """
    data = f"{LETTERS[kind]}.{value}"
    if len(data.encode()) > LONGEST_DATA:
        raise ValueError(f"a button can't carry {len(data.encode())} bytes")
    return data


def meaning_of(data: str) -> tuple[Kind, str] | None:
    """Gives what a button stands for; None for what isn't ours."""
    letter, dot, value = data.partition(".")
    kind = _KINDS.get(letter)
    return (kind, value) if kind and dot and value else None


def columns(text: str) -> int:
    """Counts columns; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def choice_rows(choices: Sequence[tuple[str, str]]) -> tuple[list[Row], list[str]]:
    """Lays out what can be chosen.

    Args:
        choices: the title of each, and what its button carries.

    Returns:
        The rows, and the titles that must stand in the text, numbered from 1, because no button has room for them.
    """
    short = [choice for choice in choices if columns(choice[0]) <= WIDEST_TITLE]
    long = [choice for choice in choices if columns(choice[0]) > WIDEST_TITLE]
    rows = [[InlineKeyboardButton(title, callback_data=data)] for title, data in short]
    if long:
        rows.append([InlineKeyboardButton(str(n), callback_data=data) for n, (_, data) in enumerate(long, 1)])
    return rows, [title for title, _ in long]


def thumbs_row(message: str, rating: str | None = None) -> Row:
    """Gives the buttons for an opinion of a message.

    Args:
        message: its id in the contract.
        rating: what was thought of it so far.
    """
    return [
        InlineKeyboardButton(f"✓ {sign}" if opinion == rating else sign, callback_data=data_of(opinion, message))  # type: ignore[arg-type]
        for opinion, sign in THUMBS.items()
    ]


def keyboard(rows: Sequence[Row]) -> InlineKeyboardMarkup | None:
    """Puts rows together; None where there are none."""
    return InlineKeyboardMarkup(rows) if rows else None


def is_choice(button: Any) -> bool:
    """Tells whether a button of a message offers something that was meant for that moment."""
    meaning = meaning_of(str(getattr(button, "callback_data", None) or ""))
    return meaning is not None and meaning[0] in ("button", "suggestion", "forget")
