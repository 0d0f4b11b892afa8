"""How questions show what is asked and how it is meant: ``data/search/<language>.yml``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from facts.files import Document, Problem, read_yaml
from facts.records import Aspect

SIGNS = (
    "yes_no", "leans", "what_about", "more", "other", "first", "second", "third", "affirm", "deny", "source", "currency",
    "urgent", "splits", "negated", "own_place",
)  # fmt: skip
"""What a question may show beside its aspect; each language has patterns for all of them."""
BY_PUNCTUATION = ("splits", "negated")
"""Signs whose patterns are for the message as it was written."""
DISTANCES = ("years_before", "years_after", "editions_before", "editions_after")
"""How far a question goes from what the talk is about."""


@dataclass(frozen=True)
class Patterns:
    """The patterns of one language.

    Attributes:
        aspects: aspect -> pattern, the first that fits counts.
        signs: sign -> pattern.
        editions: with one group in each alternative: a figure or a numeral.
        distances: distance -> pattern, with one group at most: a figure or a numeral.
        numerals: numeral -> number.
        elsewhere: names of places that nothing is held of, beside those that CLDR and the airports give.
    """

    aspects: Mapping[str, re.Pattern[str]]
    signs: Mapping[str, re.Pattern[str]]
    editions: re.Pattern[str]
    distances: Mapping[str, re.Pattern[str]]
    numerals: Mapping[str, int]
    elsewhere: tuple[str, ...] = ()

    def shows(self, sign: str, text: str) -> bool:
        """Tells whether a text shows a sign."""
        return bool(self.signs[sign].search(text))

    def aspect(self, text: str) -> str | None:
        """Tells which aspect a question asks for, by its words, or None."""
        return next((aspect for aspect, pattern in self.aspects.items() if pattern.search(text)), None)

    def edition_numbers(self, text: str) -> frozenset[int]:
        """Gives the numbers of the editions that a text names ("the fifth forum")."""
        named = (next((group for group in found.groups() if group), "") for found in self.editions.finditer(text))
        return frozenset(number for name in named if (number := self._number(name)))

    def distance(self, what: str, text: str) -> int:
        """Tells how many years or editions a question goes on (below 0: back) from what the talk is about; 0 is not at all."""
        for name, sign in ((f"{what}_before", -1), (f"{what}_after", 1)):
            if found := self.distances[name].search(text):
                named = next((group for group in found.groups() if group), "")
                return sign * ((self._number(named) or 0) if named else 1)
        return 0

    def _number(self, name: str) -> int | None:
        return int(name) if name.isdigit() else self.numerals.get(name)


def load_patterns(folder: Path, languages: Sequence[str]) -> tuple[dict[str, Patterns], list[Problem]]:
    """Reads ``data/search/<language>.yml``.

    Returns:
        The patterns by language, and every problem.
    """
    loaded: dict[str, Patterns] = {}
    problems: list[Problem] = []
    for language in languages:
        shown = f"data/{folder.name}/{language}.yml"
        path = folder / f"{language}.yml"
        if not path.exists():
            problems.append(Problem(shown, 1, "this file is missing."))
            continue
        document = read_yaml(path, shown)
        if isinstance(document, list):
            problems += document
            continue
        found = _of_document(document, shown)
        if isinstance(found, Patterns):
            loaded[language] = found
        else:
            problems += found
    return loaded, problems


def _of_document(document: Document, shown: str) -> Patterns | list[Problem]:
    problems: list[Problem] = []
    parts: dict[str, dict[str, re.Pattern[str]]] = {}
    content = document.value if isinstance(document.value, dict) else {}
    for part, known in (("aspects", get_args(Aspect)), ("signs", SIGNS), ("distances", DISTANCES)):
        rows = content.get(part)
        parts[part] = {}
        if not isinstance(rows, dict):
            problems.append(Problem(shown, 1, f"the file needs the part {part}, with patterns for each."))
            continue
        for name, patterns in rows.items():
            pattern = _pattern(name, patterns, known)
            if isinstance(pattern, str):
                problems.append(Problem(shown, document.lines[part, name], f"{name}: {pattern}"))
            else:
                parts[part][name] = pattern
        missing = [name for name in known if part != "aspects" and name not in rows]
        if missing:
            problems.append(Problem(shown, document.lines[part,], f"{part}: {', '.join(missing)} are missing."))
    editions = _pattern("editions", content.get("editions"), ("editions",))
    if isinstance(editions, str):
        problems.append(Problem(shown, document.lines.get(("editions",), 1), f"editions: {editions}"))
    numerals = content.get("numerals")
    if not isinstance(numerals, dict) or not all(isinstance(number, int) for number in numerals.values()):
        problems.append(Problem(shown, document.lines.get(("numerals",), 1), "numerals: numbers by name are needed."))
    elsewhere = content.get("elsewhere", [])
    if not isinstance(elsewhere, list) or not all(isinstance(name, str) and name for name in elsewhere):
        problems.append(Problem(shown, document.lines.get(("elsewhere",), 1), "elsewhere: a list of names is needed."))
    if problems or isinstance(editions, str):
        return problems
    return Patterns(
        parts["aspects"], parts["signs"], editions, parts["distances"], content["numerals"], tuple(elsewhere)
    )


def _pattern(name: str, patterns: Any, known: Sequence[str]) -> re.Pattern[str] | str:
    """Makes one pattern of several, or says what is wrong with them."""
    if name not in known:
        return f"no such name is known; there are {', '.join(known)}."
    if not isinstance(patterns, list) or not all(isinstance(pattern, str) and pattern for pattern in patterns):
        return "a list of patterns is needed."
    try:
        return re.compile("|".join(patterns))
    except re.error as error:
        return f"{error}."
