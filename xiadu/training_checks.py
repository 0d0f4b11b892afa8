"""Checks what Rasa learns from: it would ignore a broken file, or stop with a stack trace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from facts.files import Document, Problem, read_yaml
from facts.text import normalise

SILENT_INTENTS = frozenset({"choose"})
"""Intents that nobody says: they have no examples."""
CONFIGURATION = ("config.yml", "endpoints.yml", "credentials.yml", "domain.yml")

Examples = dict[str, tuple[str, str, int]]  # a normalised example -> intent, file, line


def check_training(root: Path, languages: Sequence[str]) -> tuple[dict[str, list[str]], list[Problem]]:
    """Checks domain, rules, stories and examples, and that their intents meet in both directions.

    Args:
        root: the folder with ``domain.yml`` and ``data/``.
        languages: those that every intent must have examples in.

    Returns:
        The examples by intent, as the search compares them, and every problem.
    """
    problems: list[Problem] = []
    documents: dict[str, Document] = {}
    for name in CONFIGURATION:
        document = (
            read_yaml(root / name, name) if (root / name).exists() else [Problem(name, 1, "this file is missing.")]
        )
        if isinstance(document, list):
            problems += document
        else:
            documents[name] = document
    intents = _intents(documents.get("domain.yml"), problems)
    rules = _steps(root, "rules", problems)
    ruled = {intent for _, _, intent in rules}
    for shown, line, intent in [*rules, *_steps(root, "stories", problems)]:
        if intent not in intents and intent != "nlu_fallback":
            problems.append(Problem(shown, line, f"the intent {intent!r} is not in domain.yml."))
    seen: Examples = {}
    for language in languages:
        problems += _language(root, language, intents, seen)
    problems += [
        Problem("domain.yml", line, f"no rule in data/rules/ says what follows {intent!r}.")
        for intent, line in intents.items()
        if intent not in ruled
    ]
    problems += [
        Problem(path.relative_to(root).as_posix(), 1, "Rasa reads this file as well; let its name end in .yml.")
        for folder in ("nlu", "rules", "stories")
        for path in (root / "data" / folder).rglob("*.yaml")
    ]
    examples: dict[str, list[str]] = {}
    for example, (intent, _, _) in seen.items():
        examples.setdefault(intent, []).append(example)
    return examples, problems


def _intents(domain: Document | None, problems: list[Problem]) -> dict[str, int]:
    """Gives the intents of the domain with their lines."""
    if domain is None:
        return {}
    listed = domain.value.get("intents") if isinstance(domain.value, dict) else None
    if not isinstance(listed, list) or not listed:
        problems.append(Problem("domain.yml", 1, "the file needs a list of intents."))
        return {}
    # An intent may have settings: {greet: {use_entities: []}}.
    names = [next(iter(entry), "") if isinstance(entry, dict) else str(entry) for entry in listed]
    return {name: domain.lines["intents", n] for n, name in enumerate(names)}


def _steps(root: Path, folder: str, problems: list[Problem]) -> list[tuple[str, int, str]]:
    """Gives file, line and name of each intent in the rules or stories."""
    found: list[tuple[str, int, str]] = []
    for path in sorted((root / "data" / folder).glob("*.yml")):
        shown = f"data/{folder}/{path.name}"
        document = read_yaml(path, shown)
        if isinstance(document, list):
            problems += document
            continue
        for where, step in _each_step(document, folder, shown, problems):
            if isinstance(step, dict) and "intent" in step:
                found.append((shown, document.lines[where], str(step["intent"])))
    return found


def _each_step(
    document: Document, section: str, shown: str, problems: list[Problem]
) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    entries = document.value.get(section) if isinstance(document.value, dict) else None
    if not isinstance(entries, list):
        problems.append(Problem(shown, 1, f"the file needs a list of {section}."))
        return
    for n, entry in enumerate(entries):
        steps = entry.get("steps") if isinstance(entry, dict) else None
        if not isinstance(steps, list):
            problems.append(Problem(shown, document.lines[section, n], "a list of steps is needed here."))
            continue
        for m, step in enumerate(steps):
            yield (section, n, "steps", m), step


def _language(root: Path, language: str, intents: dict[str, int], seen: Examples) -> Iterator[Problem]:
    found = set()
    for path in sorted((root / "data" / "nlu" / language).glob("*.yml")):
        found.add(path.stem)
        shown = f"data/nlu/{language}/{path.name}"
        if not path.stem.startswith("_") and path.stem not in intents:
            yield Problem(shown, 1, f"the intent {path.stem!r} is not in domain.yml.")
        yield from _examples(path, shown, seen)
    for intent, line in intents.items():
        if intent not in found | SILENT_INTENTS:
            yield Problem("domain.yml", line, f"data/nlu/{language}/{intent}.yml is missing.")


def _examples(path: Path, shown: str, seen: Examples) -> Iterator[Problem]:
    document = read_yaml(path, shown)
    if isinstance(document, list):
        yield from document
        return
    content = document.value if isinstance(document.value, dict) else {}
    if "nlu" not in content or "version" not in content:
        yield Problem(shown, 1, "the file needs the parts version and nlu.")
        return
    entries = content["nlu"] if isinstance(content["nlu"], list) else []
    intents = 0
    for n, entry in enumerate(entries):
        if isinstance(entry, dict) and "intent" in entry:
            intents += 1
            yield from _entry(document, n, entry, path.stem, shown, seen)
        elif not path.stem.startswith("_"):  # shared files may have lookup tables, synonyms, regular expressions
            yield Problem(shown, document.lines["nlu", n], "an entry must name its intent.")
    if not intents and not path.stem.startswith("_"):
        yield Problem(shown, document.lines["nlu",], f"nlu must list the intent {path.stem} with its examples.")


def _entry(
    document: Document, n: int, entry: dict[str, Any], stem: str, shown: str, seen: Examples
) -> Iterator[Problem]:
    intent = str(entry["intent"])
    first = document.lines["nlu", n, "intent"]
    if not stem.startswith("_") and intent != stem:
        yield Problem(shown, first, f"this is the file of {stem!r}, not of {intent!r}.")
    examples = entry.get("examples")
    if not isinstance(examples, str) or not examples.strip():
        yield Problem(shown, first, f"{intent}: examples must be a block of lines that begin with '- '.")
        return
    start = document.lines["nlu", n, "examples"]
    for offset, line in enumerate(examples.splitlines(), 1):
        if not line.strip():
            continue
        if not line.startswith("- "):
            yield Problem(shown, start + offset, "an example must begin with '- '.")
            continue
        other, where, at = seen.setdefault(normalise(line[2:]), (intent, shown, start + offset))
        if other != intent:
            yield Problem(shown, start + offset, f"{line[2:]!r} is an example of {other} too ({where}:{at}).")
