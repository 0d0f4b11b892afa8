"""Examples of what visitors say next: ``data/follow_ups/<language>.yml``. From them is learned how much the talk weighs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facts.files import Document, Problem, read_yaml

PARTS = {"after", "ask", "fact"}
NONE = "none"
"""Stands for no fact: what is asked isn't held."""


@dataclass(frozen=True)
class FollowUp:
    """What a visitor says next.

    Attributes:
        after: key of the fact that was said last.
        ask: what is asked next.
        facts: keys of the facts that answer it, any of them as well; empty where none does.
        language: of it.
    """

    after: str
    ask: str
    facts: tuple[str, ...]
    language: str


def load_follow_ups(
    folder: Path, languages: Sequence[str], facts: Collection[str]
) -> tuple[list[FollowUp], list[Problem]]:
    """Reads and checks the examples.

    Args:
        folder: with a file for each language.
        languages: those that must be there.
        facts: keys of the known facts.
    """
    found: list[FollowUp] = []
    problems: list[Problem] = []
    for language in languages:
        shown = f"data/{folder.name}/{language}.yml"
        path = folder / f"{language}.yml"
        document = read_yaml(path, shown) if path.exists() else [Problem(shown, 1, "this file is missing.")]
        if isinstance(document, list):
            problems += document
        elif not isinstance(document.value, list):
            problems.append(Problem(shown, 1, "a list of entries is needed, each with after, ask and fact."))
        else:
            for number, entry in enumerate(document.value):
                read = _entry(entry, number, language, facts, document, shown)
                if isinstance(read, Problem):
                    problems.append(read)
                else:
                    found.append(read)
    return found, problems


def _entry(
    entry: Any, number: int, language: str, facts: Collection[str], document: Document, shown: str
) -> FollowUp | Problem:
    line = document.lines.get((number,), 1)
    if not isinstance(entry, dict) or entry.keys() != PARTS or not all(entry.values()):
        return Problem(shown, line, "an entry needs after, ask and fact, and nothing else.")
    answers = entry["fact"] if isinstance(entry["fact"], list) else [entry["fact"]]
    if not all(isinstance(text, str) for text in (entry["after"], entry["ask"], *answers)):
        return Problem(shown, line, "after and ask are texts, fact is a key, a list of keys, or none.")
    answers = [] if answers == [NONE] else answers
    if unknown := [key for key in (entry["after"], *answers) if key not in facts]:
        return Problem(shown, line, f"no fact is called {', '.join(map(repr, unknown))}.")
    return FollowUp(entry["after"], entry["ask"], tuple(answers), language)
