"""Every word said or shown to visitors that is not a fact: ``data/texts/<language>/*.yml``, ``data/interface/<language>.yml``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from facts.files import Problem, read_yaml

_FILLING = re.compile(r"{(\w+)}")
_STRAY = re.compile(r"[{}]")


class Texts:
    """The texts of all languages.

    Args:
        by_language: language -> name (``replies.smalltalk.greet``) -> text.
    """

    def __init__(self, by_language: dict[str, dict[str, str]]) -> None:
        self._by_language = by_language
        self.languages = tuple(by_language)

    def __call__(self, name: str, language: str, /, **fillings: str) -> str:
        """Gives a text with its fillings.

        Args:
            name: file (where a language has several), then the path in it, with dots: ``replies.smalltalk.greet``.
            language: where it isn't held, the first language is taken.
            fillings: what stands for ``{name}`` in the text.
        """
        texts = self._by_language.get(language) or self._by_language[self.languages[0]]
        return texts[name].format(**fillings)

    def has(self, name: str) -> bool:
        """Tells whether a text exists."""
        return name in self._by_language[self.languages[0]]

    def below(self, name: str, language: str) -> dict[str, str]:
        """Gives all texts whose names begin with ``name.``, by the rest of their names, fillings unfilled; all for ``""``."""
        texts = self._by_language.get(language) or self._by_language[self.languages[0]]
        start = f"{name}." if name else ""
        return {key.removeprefix(start): text for key, text in texts.items() if key.startswith(start)}

    @property
    def topics(self) -> list[str]:
        """The known topics, in the order of the file."""
        first = self._by_language[self.languages[0]]
        return [name.split(".")[1] for name in first if name.startswith("topics.") and name.endswith(".name")]

    def topic_list(self, language: str) -> str:
        """Names all topics in one phrase."""
        names = [self(f"topics.{topic}.name", language) for topic in self.topics]
        if language.startswith("zh"):
            return "、".join(names)
        return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)


def load(folder: Path, languages: Sequence[str]) -> tuple[Texts, list[Problem]]:
    """Reads and checks the texts.

    Args:
        folder: e.g. ``data/texts``, with a folder a language, or ``data/interface``, with a file a language.
        languages: those that must be there, the fallback first.

    Returns:
        The texts, and every problem: a text or a filling that one language has and another has not.
    """
    by_language: dict[str, dict[str, str]] = {}
    places: dict[tuple[str, str], tuple[str, int]] = {}
    problems: list[Problem] = []
    for language in languages:
        by_language[language] = {}
        alone = folder / f"{language}.yml"
        paths = [alone] if alone.exists() else sorted((folder / language).glob("*.yml"))
        if not paths:
            problems.append(Problem(f"data/{folder.name}/{language}/", 1, "there are no .yml files in this folder."))
        for path in paths:
            shown = f"data/{path.relative_to(folder.parent).as_posix()}"
            document = read_yaml(path, shown)
            if isinstance(document, list):
                problems += document
                continue
            for where, text in _flat(document.value, ()):
                name = ".".join(where if path == alone else (path.stem, *where))
                by_language[language][name] = text
                if _STRAY.search(_FILLING.sub("", text)):
                    problems.append(Problem(shown, document.lines.get(where, 1), f"{name}: a brace without a filling."))
                places[language, name] = shown, document.lines.get(where, 1)
    first = languages[0]
    for language in languages[1:]:
        for a, b in ((first, language), (language, first)):
            for name in by_language[a].keys() - by_language[b].keys():
                problems.append(Problem(*places[a, name], f"{name} has no text in {b!r}."))
        for name in by_language[first].keys() & by_language[language].keys():
            ours, theirs = (set(_FILLING.findall(by_language[x][name])) for x in (first, language))
            if ours != theirs:
                problems.append(
                    Problem(
                        *places[language, name],
                        f"{name} has the fillings {theirs or '{}'}, in {first!r} {ours or '{}'}.",
                    )
                )
    return Texts(by_language), sorted(problems)


def _flat(value: Any, where: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, (*where, key))
    elif value is not None:
        yield where, str(value)
