"""Checks all of ``data/`` and what Rasa reads beside it: every problem at once, with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from facts.check import check as check_facts
from facts.decide import TOPIC_OF_INTENT
from facts.files import Document, Located, Problem, read_yaml
from facts.search import load_aspects
from facts.text import normalise
from facts.texts import Texts
from facts.texts import load as load_texts

SILENT_INTENTS = frozenset({"choose"})
"""Intents that nobody says: they have no examples."""


@dataclass(frozen=True)
class Data:
    """Everything of ``data/`` that the service uses."""

    records: list[Located]
    texts: Texts
    aspects: dict[str, dict[str, re.Pattern[str]]]


def check(root: Path, languages: Sequence[str]) -> tuple[Data, list[Problem]]:
    """Reads and checks everything.

    Args:
        root: the folder with ``domain.yml`` and ``data/``.
        languages: those that every file must be there in.
    """
    data = root / "data"
    texts, problems = load_texts(data / "texts", languages)
    aspects, aspect_problems = load_aspects(data / "search", languages)
    records, fact_problems = check_facts(data / "facts", languages, texts.topics)
    problems += aspect_problems + fact_problems + check_training(root, languages)
    problems += [
        Problem("facts/decide.py", 1, f"the intent {intent} leads to {topic!r}, which data/texts/*/topics.yml has not.")
        for intent, topic in TOPIC_OF_INTENT.items()
        if topic not in texts.topics
    ]
    return Data(records, texts, aspects), sorted(set(problems))


def check_training(root: Path, languages: Sequence[str]) -> list[Problem]:
    """Checks what Rasa learns from: it would ignore a broken file, or stop with a stack trace."""
    problems: list[Problem] = []
    intents: dict[str, int] = {}
    for name in ("config.yml", "endpoints.yml", "credentials.yml", "domain.yml"):
        document = read_yaml(root / name, name) if (root / name).exists() else Problem(name, 1, "this file is missing.")
        if isinstance(document, Problem):
            problems.append(document)
        elif name == "domain.yml":
            listed = (document.value or {}).get("intents") or []
            intents = {intent: document.lines["intents", n] for n, intent in enumerate(listed)}
    ruled = set()
    for folder in ("rules", "stories"):
        for path in sorted((root / "data" / folder).glob("*.yml")):
            shown = f"data/{folder}/{path.name}"
            document = read_yaml(path, shown)
            if isinstance(document, Problem):
                problems.append(document)
                continue
            for line, intent in _steps(document):
                ruled.add(intent)
                if intent not in intents and intent != "nlu_fallback":
                    problems.append(Problem(shown, line, f"the intent {intent!r} is not in domain.yml."))
    seen: dict[str, tuple[str, str, int]] = {}
    for language in languages:
        found = set()
        for path in sorted((root / "data" / "nlu" / language).glob("*.yml")):
            found.add(path.stem)
            shown = f"data/nlu/{language}/{path.name}"
            if not path.stem.startswith("_") and path.stem not in intents:
                problems.append(Problem(shown, 1, f"the intent {path.stem!r} is not in domain.yml."))
            problems += _examples(path, shown, seen)
        for intent, line in intents.items():
            if intent not in found | SILENT_INTENTS:
                problems.append(Problem("domain.yml", line, f"data/nlu/{language}/{intent}.yml is missing."))
    for intent, line in intents.items():
        if intent not in ruled:
            problems.append(Problem("domain.yml", line, f"no rule in data/rules/ says what follows {intent!r}."))
    return problems


def _steps(document: Document) -> Iterator[tuple[int, str]]:
    content = document.value if isinstance(document.value, dict) else {}
    for section in ("rules", "stories"):
        for n, entry in enumerate(content.get(section) or []):
            for m, step in enumerate((entry or {}).get("steps") or []):
                if isinstance(step, dict) and "intent" in step:
                    yield document.lines[section, n, "steps", m], str(step["intent"])


def _examples(path: Path, shown: str, seen: dict[str, tuple[str, str, int]]) -> Iterator[Problem]:
    document = read_yaml(path, shown)
    if isinstance(document, Problem):
        yield document
        return
    content = document.value if isinstance(document.value, dict) else {}
    if "nlu" not in content or "version" not in content:
        yield Problem(shown, 1, "the file needs the parts version and nlu.")
        return
    for n, entry in enumerate(content["nlu"] or []):
        intent = entry.get("intent") if isinstance(entry, dict) else None
        if intent is None:
            continue  # lookup tables, synonyms, regular expressions
        first = document.lines["nlu", n, "intent"]
        if not path.stem.startswith("_") and intent != path.stem:
            yield Problem(shown, first, f"this is the file of {path.stem!r}, not of {intent!r}.")
        if not isinstance(entry.get("examples"), str):
            yield Problem(shown, first, f"{intent}: examples must be a block of lines that begin with '- '.")
            continue
        start = document.lines["nlu", n, "examples"]
        for offset, line in enumerate(entry["examples"].splitlines(), 1):
            if not line.strip():
                continue
            if not line.startswith("- "):
                yield Problem(shown, start + offset, "an example must begin with '- '.")
                continue
            form = normalise(line[2:])
            other, where, at = seen.setdefault(form, (intent, shown, start + offset))
            if other != intent:
                yield Problem(shown, start + offset, f"{line[2:]!r} is an example of {other} too ({where}:{at}).")
