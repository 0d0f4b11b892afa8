"""Reads and checks ``data/cards.yml``: no name stands on a card that isn't on record, and its sound is that of its signs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal
from unicodedata import normalize

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pypinyin import Style, pinyin

from facts.files import Document, Located, Problem, read_yaml, split
from facts.records import FactRecord, Key, Keys, PlaceRecord, Said
from web.cards import Card, spell

LANGUAGES = ("zh", "en")
"""The languages of every card, whatever the pages' are: the reader's and the driver's."""
LONGEST_SPELT = 4
"""Where a name's words end can't be told from its signs; up to so many it is one word, or one and a suffix."""


class CardNames(BaseModel):
    """The names on a card."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: Said
    en: Said


class CardRecord(BaseModel):
    """A card as it stands in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Key
    kind: Literal["place", "office", "venue", "school", "airport", "station", "museum", "hospital", "sight"]
    names: CardNames
    pinyin: Said | None = None
    facts: Keys = Field(min_length=1)


def load_cards(file: Path, records: Sequence[Located]) -> tuple[list[Card], list[Problem]]:
    """Reads and checks the cards.

    Args:
        file: ``data/cards.yml``; an installation without it has no cards of its own.
        records: the facts and places that names are looked up in.

    Returns:
        The cards, and every problem with its line.
    """
    if not file.exists():
        return [], []
    shown = f"{file.parent.name}/{file.name}"
    document = read_yaml(file, shown)
    if isinstance(document, list):
        return [], document
    rows = document.value.get("cards") if isinstance(document.value, dict) else None
    if not isinstance(rows, list):
        return [], [Problem(shown, 1, "the file needs the part cards, with a list.")]
    facts, _, places = split(list(records))
    names = [located.record for located in places.values() if isinstance(located.record, PlaceRecord)]
    held = {key: located.record for key, located in facts.items() if isinstance(located.record, FactRecord)}
    cards: list[Card] = []
    problems: list[Problem] = []
    for n, row in enumerate(rows):
        record = _record(row, document, shown, n)
        if isinstance(record, list):
            problems += record
            continue
        told = [(*where, text) for *where, text in _wrong(record, held, names)]
        problems += [Problem(shown, _line(document, n, where), f"card {record.key}: {text}") for *where, text in told]
        if any(card.key == record.key for card in cards):
            problems.append(Problem(shown, _line(document, n, ("key",)), f"card {record.key}: the key is taken."))
        zh, en = record.names.zh, record.names.en
        cards.append(Card(record.key, record.kind, zh, record.pinyin or spell(zh), en, tuple(record.facts)))
    return cards, sorted(problems)


def _record(row: Any, document: Document, shown: str, n: int) -> CardRecord | list[Problem]:
    try:
        return CardRecord.model_validate(row)
    except ValidationError as error:
        name = row.get("key", "without a key") if isinstance(row, dict) else "without a key"
        return [
            Problem(
                shown,
                _line(document, n, detail["loc"]),
                f"card {name}: {'.'.join(map(str, detail['loc'])) or 'it'}: {detail['msg'].lower()}.",
            )
            for detail in error.errors()
        ]


def _line(document: Document, n: int, where: Sequence[str | int]) -> int:
    whole = ("cards", n, *where)
    return next(document.lines[whole[:end]] for end in range(len(whole), -1, -1) if whole[:end] in document.lines)


def _wrong(card: CardRecord, facts: dict[str, FactRecord], places: list[PlaceRecord]) -> Iterator[tuple[Any, ...]]:
    """Gives what is wrong with a card: the path of the part, then the text."""
    for n, key in enumerate(card.facts):
        if key not in facts:
            yield "facts", n, f"no fact is called {key!r}."
    for language in LANGUAGES:
        name = getattr(card.names, language)
        said = [
            part
            for key in card.facts
            if key in facts and (text := facts[key].text.get(language))
            for part in (text.short, text.full or "")
        ]
        named = [held for place in places for held in place.names.get(language, ())]
        if name not in named and not any(name.casefold() in part.casefold() for part in said):
            yield "names", language, f"{name!r} is neither a place's name nor in the text of one of its facts."
    if card.pinyin is None:
        if len(card.names.zh) > LONGEST_SPELT:
            yield "names", "zh", "its pinyin is missing: where its words end can't be told."
    elif not _sounds(card.names.zh, card.pinyin):
        yield "pinyin", f"{card.pinyin!r} is not how {card.names.zh!r} is read."


def _sounds(name: str, spelling: str) -> bool:
    """Tells whether a spelling, its blanks and apostrophes aside, is one of the readings of the signs."""
    signs = "".join(re.findall(r"[\u3400-\u9fff]", name))
    readings = pinyin(signs, style=Style.TONE, heteronym=True)
    pattern = "".join(f"(?:{'|'.join(map(re.escape, sign))})" for sign in readings)
    plain = re.sub(r"[\s'’-]", "", normalize("NFC", spelling)).lower()
    return re.fullmatch(normalize("NFC", pattern), plain) is not None
