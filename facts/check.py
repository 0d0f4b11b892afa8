"""Checks the fact files as a whole: all problems at once, in plain words, with file and line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from facts.files import Located, Problem, read_records, split
from facts.records import ASKED_PARTS, FactRecord, PlaceRecord, SourceRecord
from facts.text import normalise_held

LEAST_QUESTIONS = 5
"""Example questions that a shipped fact has in each language."""

_FIGURE = re.compile(r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozen|hundred)\b", re.IGNORECASE)


def check(folder: Path, languages: Collection[str], topics: Collection[str]) -> tuple[list[Located], list[Problem]]:
    """Reads and checks a folder of facts.

    Args:
        folder: e.g. ``data/facts``.
        languages: those that every text must have.
        topics: the known topics.

    Returns:
        All records that could be read, and every problem, sorted by file and line.
    """
    found, problems = read_records(folder)
    problems += _twice(found)
    facts, sources, places = split(found)
    for located in found:
        record = located.record
        if isinstance(record, FactRecord):
            problems += _fact(located, record, languages, topics)
            problems += _known(located, record.sources, sources, "source", "sources")
            problems += _known(located, record.places, places, "place", "places")
            problems += _known(located, record.nearest, facts, "fact", "nearest")
        elif isinstance(record, PlaceRecord):
            problems += _place(located, record, sources, places, languages)
        elif isinstance(record, SourceRecord) and record.date_note:
            problems += _languages(located, record.date_note, languages, "date_note")
    problems += _shared_questions(facts.values())
    return found, sorted(set(problems))


def _twice(found: list[Located]) -> Iterator[Problem]:
    seen: dict[tuple[type, str], Located] = {}
    for located in found:
        first = seen.setdefault((type(located.record), located.record.key), located)
        if first is not located:
            yield located.problem(f"the key {located.record.key} is taken: {first.path}:{first.line}.")


def _known(located: Located, keys: list[str], known: Collection[str], what: str, part: str) -> Iterator[Problem]:
    for n, key in enumerate(keys):
        if key not in known:
            yield located.problem(f"{located.record.key}: no {what} is called {key!r}.", part, n)


def _languages(located: Located, held: Collection[str], wanted: Collection[str], part: str) -> Iterator[Problem]:
    for language in wanted:
        if language not in held:
            yield located.problem(f"{located.record.key}: {part} is missing in {language!r}.", part)


def _fact(
    located: Located, record: FactRecord, languages: Collection[str], topics: Collection[str]
) -> Iterator[Problem]:
    key = record.key
    if record.topic not in topics:
        yield located.problem(f"{key}: the topic {record.topic!r} has no entry in data/texts/*/topics.yml.", "topic")
    yield from _languages(located, record.text, languages, "text")
    for language in languages:
        count = len(record.questions.get(language, ()))
        if count < LEAST_QUESTIONS:
            yield located.problem(
                f"{key}: {count} example questions in {language!r}, at least {LEAST_QUESTIONS} are wanted.",
                "questions",
                language,
            )
    if record.kind == "gap":
        return
    if not record.sources:
        yield located.problem(f"{key}: a statement needs at least one source.")
    figure = record.number is not None or any(_FIGURE.search(text.short) for text in record.text.values())
    if figure and not record.as_of:
        yield located.problem(f"{key}: a figure needs its date: as_of is missing.", "number")
    if record.valid_from and record.valid_until and is_later(record.valid_from, record.valid_until):
        yield located.problem(f"{key}: valid_from is later than valid_until.", "valid_from")


def is_later(a: str, b: str) -> bool:
    """Compares partial dates as far as both go: 2012 is not later than 2012-06."""
    length = min(len(a), len(b))
    return a[:length] > b[:length]


def _place(
    located: Located,
    record: PlaceRecord,
    sources: Collection[str],
    places: Collection[str],
    languages: Collection[str],
) -> Iterator[Problem]:
    yield from _languages(located, [name for name in record.names if record.names[name]], languages, "names")
    if record.country and record.country not in places:
        yield located.problem(f"{record.key}: no place is called {record.country!r}.", "country")
    for n, step in enumerate(record.steps):
        for source in step.sources:
            if source not in sources:
                yield located.problem(f"{record.key}: no source is called {source!r}.", "steps", n, "sources")
        for language in languages:
            if language not in step.text:
                yield located.problem(f"{record.key}: text is missing in {language!r}.", "steps", n, "text")


def _shared_questions(facts: Collection[Located]) -> Iterator[Problem]:
    seen: dict[str, tuple[Located, int]] = {}
    for located in facts:
        record = located.record
        if not isinstance(record, FactRecord):
            continue
        for part in ASKED_PARTS:
            for language, questions in getattr(record, part).items():
                for n, question in enumerate(questions):
                    where = (part, language, n)
                    line = located.lines.get(where, located.line)
                    first, first_line = seen.setdefault(normalise_held(question), (located, line))
                    if (first, first_line) != (located, line):
                        yield located.problem(
                            f"{record.key}: the question {question!r} is also that of {first.record.key} "
                            f"({first.path}:{first_line}).",
                            *where,
                        )
