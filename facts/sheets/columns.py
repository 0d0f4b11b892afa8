"""The columns of a sheet: a fact as a row of texts, and a row as a fact."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from facts.files import plain_words
from facts.records import FactRecord

CLEAR = "-"
"""Written into a cell, it empties that part of the fact; an empty cell leaves it as it is."""

PLAIN = (
    "topic",
    "kind",
    "state",
    "aspect",
    "subject",
    "number",
    "unit",
    "as_of",
    "valid_from",
    "valid_until",
    "certainty",
)
KEYS = ("places", "nearest", "sources")
SPOKEN = ("question", "answer", "full", "more", "yes", "no", "lacks")
"""Parts that are there once a language: ``question.zh``."""
NEEDED = ("topic", "kind", "state", "aspect", "certainty")
_SEPARATORS = re.compile(r"[\n,;，；、]+")

Row = dict[str, str]


class BadRow(Exception):
    """A row is no fact.

    Attributes:
        problems: what is wrong with it, in plain words.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def columns(languages: Sequence[str]) -> list[str]:
    """Names all columns, those that staff need first.

    Args:
        languages: those of the texts, the most important first.
    """
    spoken = [f"{part}.{language}" for language in languages for part in SPOKEN]
    return ["key", "topic", *spoken, *PLAIN[1:], *KEYS]


def languages_of(facts: Sequence[FactRecord], first: Sequence[str]) -> list[str]:
    """Gives the languages that some fact is held in, the named ones first and always."""
    held = {language for fact in facts for language in (*fact.text, *fact.questions, *fact.yes, *fact.no, *fact.lacks)}
    return [*first, *sorted(held - set(first))]


def row_of(fact: FactRecord, languages: Sequence[str]) -> Row:
    """Gives a fact as a row; a part that it hasn't is an empty text."""
    row = {"key": fact.key}
    for language in languages:
        text, asked = fact.text.get(language), fact.questions.get(language, [])
        row[f"question.{language}"] = asked[0] if asked else ""
        row[f"answer.{language}"] = text.short if text else ""
        row[f"full.{language}"] = (text.full or "") if text else ""
        row[f"more.{language}"] = "\n".join(asked[1:])
        for part in ("yes", "no", "lacks"):
            row[f"{part}.{language}"] = "\n".join(getattr(fact, part).get(language, []))
    for part in PLAIN:
        row[part] = _plain_text(getattr(fact, part))
    for part in KEYS:
        row[part] = "\n".join(getattr(fact, part))
    return row


def fact_of(row: Mapping[str, str], before: FactRecord | None, defaults: Mapping[str, Any]) -> FactRecord:
    """Gives a row as a fact.

    Args:
        row: texts by column, ``key`` among them; what is missing or empty stays as it was.
        before: the fact as it is held; None for a new one.
        defaults: parts of a new fact that the row doesn't have.

    Raises:
        BadRow: it is no fact.
    """
    content = dict(defaults) if before is None else before.model_dump(mode="json")
    content["key"] = row["key"]
    written = {name: text.strip() for name, text in row.items() if name != "key" and text.strip()}
    for name, text in written.items():
        part, _, language = name.partition(".")
        if language:
            continue
        if text == CLEAR:
            if part in NEEDED:
                raise BadRow([f"{part} can't be emptied"])
            content.pop(part, None)
        else:
            content[part] = _value(part, text)
    for language in dict.fromkeys(name.partition(".")[2] for name in written if "." in name):
        _speak(
            content,
            language,
            {name.partition(".")[0]: t for name, t in written.items() if name.endswith(f".{language}")},
        )
    try:
        return FactRecord.model_validate(content)
    except ValidationError as error:
        raise BadRow([_in_words(detail) for detail in error.errors()]) from None


def _speak(content: dict[str, Any], language: str, parts: Mapping[str, str]) -> None:
    """Puts what is written in one language into a fact's content."""
    text = dict(content.setdefault("text", {}).get(language) or {})
    for part, name in (("answer", "short"), ("full", "full")):
        if part in parts:
            text.pop(name, None)
            text |= {} if parts[part] == CLEAR else {name: parts[part]}
    content["text"] = {**content["text"], language: text}
    if not text:
        del content["text"][language]
    asked = list(content.setdefault("questions", {}).get(language) or [])
    first, more = asked[:1], asked[1:]
    if "question" in parts:
        first = [] if parts["question"] == CLEAR else [parts["question"]]
    if "more" in parts:
        more = _lines(parts["more"])
    _set(content, "questions", language, [*first, *(question for question in more if question not in first)])
    for part in ("yes", "no", "lacks"):
        if part in parts:
            _set(content, part, language, _lines(parts[part]))


def _set(content: dict[str, Any], part: str, language: str, lines: list[str]) -> None:
    held = {name: texts for name, texts in (content.get(part) or {}).items() if name != language}
    content[part] = {**held, **({language: lines} if lines else {})}


def _lines(text: str) -> list[str]:
    return [] if text == CLEAR else list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _value(part: str, text: str) -> Any:
    if part in KEYS:
        return [key.strip() for key in _SEPARATORS.split(text) if key.strip()]
    if part == "number":
        try:
            return float(text.replace(",", "").replace("，", ""))
        except ValueError:
            raise BadRow([f"number: {text!r} is no number"]) from None
    return text


def _plain_text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) and value == int(value) and abs(value) < 1e6 else str(value)


def _in_words(detail: Any) -> str:
    where = ".".join(str(part) for part in detail["loc"])
    return f"{where}: {plain_words(detail['type'], detail['msg'])}"
