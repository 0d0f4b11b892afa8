"""Prints the size in bytes of distributions and all they need at run time, without bytecode.

Runs in the measured environment itself, so it keeps to Python 3.10 and ``packaging``. Arguments: requirements.
"""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def closure(roots: list[str]) -> set[str]:
    """Returns the names of all installed distributions that the roots need, markers and extras considered."""
    seen: set[tuple[str, str]] = set()
    waiting = [(Requirement(root), "") for root in roots]
    while waiting:
        requirement, parent_extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": parent_extra}):
            continue
        name = canonicalize_name(requirement.name)
        for extra in ("", *sorted(requirement.extras)):
            if (name, extra) in seen:
                continue
            try:
                needed = metadata.requires(name) or []
            except metadata.PackageNotFoundError:
                break  # left out on purpose (TensorFlow) or not for this platform
            seen.add((name, extra))
            waiting += [(Requirement(line), extra) for line in needed]
    return {name for name, _ in seen}


def size(name: str) -> int:
    """Returns the bytes of a distribution's files, by its RECORD."""
    total = 0
    for file in metadata.files(name) or []:
        path = Path(file.locate())
        if file.suffix not in (".pyc", ".pyo") and path.is_file():
            total += path.stat().st_size
    return total


if __name__ == "__main__":
    print(sum(size(name) for name in closure(sys.argv[1:])))
