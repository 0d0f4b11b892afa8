"""The questions: ``tests/sentences/<language>/*.yml`` one by one, ``tests/talks/<language>.yml`` turn by turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from settings import LANGUAGES, ROOT

SENTENCES = ROOT / "tests" / "sentences"
TALKS = ROOT / "tests" / "talks"
PARTS = {"sentences", "intent", "outcome", "facts", "says"}
TURN_PARTS = {"ask", "outcome", "facts", "all", "says"}


class WrongCase(Exception):
    """A test file can't be used; the message says where and why."""


@dataclass(frozen=True)
class Case:
    """A question and what is right about its reply.

    Attributes:
        text: the question.
        language: of its file.
        topic: the file's name, or ``talks``.
        outcomes: any of them is right; empty where the sentence is for its intent only.
        facts: any of them stated makes it right; empty where none is asked for.
        all_facts: all of them must be stated.
        says: a regular expression that the reply's text must match, or None.
        intent: what it should be understood as, or None.
    """

    text: str
    language: str
    topic: str
    outcomes: tuple[str, ...]
    facts: tuple[str, ...] = ()
    all_facts: tuple[str, ...] = ()
    says: str | None = None
    intent: str | None = None


@dataclass(frozen=True)
class Talk:
    """Questions that follow each other in one conversation."""

    name: str
    turns: tuple[Case, ...]


def read_sentences(folder: Path = SENTENCES) -> list[Case]:
    """Reads all sentences.

    Raises:
        WrongCase: a group has an unknown part, or a sentence is no text.
    """
    return [case for language in LANGUAGES for path in sorted((folder / language).glob("*.yml")) for case in _of(path)]


def read_talks(folder: Path = TALKS) -> list[Talk]:
    """Reads all talks.

    Raises:
        WrongCase: a turn has an unknown part.
    """
    talks = []
    for language in LANGUAGES:
        path = folder / f"{language}.yml"
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            for turn in entry["turns"]:
                _check(turn, TURN_PARTS, f"{path.name}: {entry['talk']}")
            turns = tuple(_case(turn["ask"], language, "talks", turn) for turn in entry["turns"])
            talks.append(Talk(f"{language}: {entry['talk']}", turns))
    return talks


def _of(path: Path) -> Iterator[Case]:
    for group in yaml.safe_load(path.read_text(encoding="utf-8")):
        _check(group, PARTS, f"{path.parent.name}/{path.name}")
        for text in group["sentences"]:
            if not isinstance(text, str):
                raise WrongCase(f"{path.parent.name}/{path.name}: {text!r} must stand in quotes.")
            yield _case(text, path.parent.name, path.stem, group)


def _case(text: str, language: str, topic: str, group: dict[str, Any]) -> Case:
    outcome = group.get("outcome", [])
    says = group.get("says")
    return Case(
        text=text,
        language=language,
        topic=topic,
        outcomes=tuple([outcome] if isinstance(outcome, str) else outcome),
        facts=tuple(group.get("facts") or ()),
        all_facts=tuple(group.get("all") or ()),
        says=None if says is None else str(says),
        intent=group.get("intent"),
    )


def _check(group: dict[str, Any], known: set[str], where: str) -> None:
    if unknown := group.keys() - known:
        raise WrongCase(f"{where}: no part is called {', '.join(sorted(unknown))}.")
