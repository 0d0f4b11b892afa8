"""Reads the data files, remembering the line that each thing stands on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from facts.records import KINDS, AnyRecord, Kind, kind_of

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the fast one, where PyYAML was built with it

# YAML would make numbers and dates of these; ours are texts, quoted or not.
_DATES = ("as_of", "valid_from", "valid_until", "date")


@dataclass(frozen=True, order=True)
class Problem:
    """Something wrong in a data file, in plain words."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Located:
    """A record and where it stands."""

    record: AnyRecord
    path: str
    line: int
    lines: dict[tuple[str | int, ...], int] = field(repr=False, default_factory=dict)

    def problem(self, text: str, *where: str | int) -> Problem:
        """Makes a problem of this record, at the line of one of its parts where that is given."""
        return Problem(self.path, self.lines.get(where, self.line), text)


@dataclass
class Document:
    """A YAML file as plain values, with the line of each part by its path of keys and positions."""

    value: Any
    lines: dict[tuple[str | int, ...], int]


def read_yaml(path: Path, shown: str) -> Document | list[Problem]:
    """Reads a YAML file, or says in plain words all that is wrong with it.

    Args:
        path: the file.
        shown: how a problem names it.
    """
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=_Loader)
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return [Problem(shown, line, "the file is not UTF-8; save it as UTF-8.")]
    except yaml.YAMLError as error:
        return [_syntax_problem(error, shown, text)]
    lines: dict[tuple[str | int, ...], int] = {}
    problems: list[Problem] = []
    value = _plain(node, (), lines, problems, shown)
    return problems or Document(value, lines)


def _syntax_problem(error: yaml.YAMLError, shown: str, text: str) -> Problem:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line, words = mark.line + 1 if mark else 1, error.problem or error.context
    else:  # a character that YAML doesn't allow
        line, words = text.count("\n", 0, getattr(error, "position", 0)) + 1, getattr(error, "reason", "unreadable")
    last = max(1, len(text.splitlines()))  # what is missing at the end is noticed behind it
    return Problem(shown, min(line, last), f"this is not valid YAML: {words}.")


def _plain(
    node: Any,
    where: tuple[str | int, ...],
    lines: dict[tuple[str | int, ...], int],
    problems: list[Problem],
    shown: str,
    within: tuple[Any, ...] = (),
) -> Any:
    """Makes plain values of a node, noting the line of each part and what is wrong with it."""
    if node is None:
        return None
    line = node.start_mark.line + 1
    if any(node is outer for outer in within):
        problems.append(Problem(shown, line, "this part holds itself."))
        return None
    lines.setdefault(where, line)
    within = (*within, node)
    if isinstance(node, yaml.MappingNode):
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in values:
                problems.append(Problem(shown, key_node.start_mark.line + 1, f"{key!r} stands here twice."))
            lines[(*where, key)] = key_node.start_mark.line + 1
            values[key] = _plain(value_node, (*where, key), lines, problems, shown, within)
        return values
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*where, n), lines, problems, shown, within) for n, item in enumerate(node.value)]
    if where and where[-1] in _DATES and not node.tag.endswith(":null"):
        return str(node.value)
    # `no` is Norwegian and Norway here, never False.
    if node.tag.endswith((":int", ":float", ":null")):
        return yaml.safe_load(node.value)
    return str(node.value)


def read_records(folder: Path) -> tuple[list[Located], list[Problem]]:
    """Reads all records of ``data/facts``.

    Args:
        folder: the folder of YAML files.

    Returns:
        The records that could be read, and all problems of those that could not.
    """
    found: list[Located] = []
    problems: list[Problem] = []
    paths = sorted(folder.glob("*.yml"))
    if not paths:
        problems.append(Problem(f"{folder.name}/", 1, "there are no .yml files in this folder."))
    for path in paths:
        shown = f"{folder.parent.name}/{folder.name}/{path.name}"
        document = read_yaml(path, shown)
        if isinstance(document, list):
            problems += document
            continue
        for item in _items(document, shown):
            (problems if isinstance(item, Problem) else found).append(item)  # type: ignore[arg-type]
    return found, problems


def read_file(path: Path) -> tuple[list[Located], list[Problem]]:
    """Reads the records of one YAML file, wherever it is: those that could be read, and all problems."""
    document = read_yaml(path, path.name)
    if isinstance(document, list):
        return [], document
    items = list(_items(document, path.name))
    return [i for i in items if isinstance(i, Located)], [i for i in items if isinstance(i, Problem)]


def _items(document: Document, shown: str) -> Iterator[Located | Problem]:
    sections: dict[str, Kind] = {"facts": "fact", "sources": "source", "places": "place"}
    content = document.value
    if not isinstance(content, dict) or not content.keys() & sections.keys():
        yield Problem(shown, 1, "the file must have one of the sections facts, sources or places.")
        return
    for name in content.keys() - sections.keys() - {"topic"}:
        yield Problem(shown, document.lines[(name,)], f"the section {name!r} is not known here.")
    lines: defaultdict[tuple[str | int, ...], dict[tuple[str | int, ...], int]] = defaultdict(dict)
    for path, line in document.lines.items():
        lines[path[:2]][path[2:]] = line
    for section, kind in sections.items():
        rows = content.get(section, [])
        if not isinstance(rows, list):
            yield Problem(shown, document.lines[(section,)], f"{section!r} must be a list.")
            continue
        for n, row in enumerate(rows):
            where = (section, n)
            if not isinstance(row, dict):
                yield Problem(shown, document.lines[where], "an entry must have named parts, beginning with its key.")
                continue
            if kind == "fact" and "topic" in content:
                row = {"topic": content["topic"], **row}
            yield from _record(kind, row, shown, lines[where])


def _record(
    kind: Kind, row: dict[str, Any], shown: str, lines: dict[tuple[str | int, ...], int]
) -> Iterator[Located | Problem]:
    try:
        record = KINDS[kind].model_validate(row)
    except ValidationError as error:
        name = row.get("key", "without a key")
        for detail in error.errors():
            where = detail["loc"]
            line = next((lines[where[:n]] for n in range(len(where), -1, -1) if where[:n] in lines), 1)
            part = ".".join(map(str, where)) or "it"
            yield Problem(shown, line, f"{kind} {name}: {part}: {plain_words(detail['type'], detail['msg'])}")
    else:
        yield Located(record, shown, lines[()], lines)


def plain_words(kind: str, message: str) -> str:
    """Says what a part of a record lacks, from pydantic's kind of error and its message."""
    if kind == "missing":
        return "this part is missing."
    if kind == "extra_forbidden":
        return "no such part is known; is it misspelt?"
    return message[0].lower() + message[1:] + "."


def split(found: list[Located]) -> tuple[dict[str, Located], dict[str, Located], dict[str, Located]]:
    """Sorts records into facts, sources and places by key (of two with one key, the first)."""
    sorted_: dict[Kind, dict[str, Located]] = {"fact": {}, "source": {}, "place": {}}
    for located in found:
        sorted_[kind_of(located.record)].setdefault(located.record.key, located)
    return sorted_["fact"], sorted_["source"], sorted_["place"]
