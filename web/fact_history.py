"""What happened to a fact, told without names of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone
from typing import Any

from facts.models import Change

# Part of the page's wording: parts of the record.
_PARTS = {
    "text": ("text",),
    "date": ("as_of", "valid_from", "valid_until"),
    "sources": ("sources",),
    "certainty": ("certainty", "kind"),
    "places": ("places",),
    "state": ("state",),
    "questions": ("questions", "yes", "no", "lacks"),
}
_NAMED = {part for parts in _PARTS.values() for part in parts}
_CHINA = timezone(timedelta(hours=8))
_SHIPPED_BY = "xiadu "
"""What the history's ``who`` begins with where a version of the program brought the change: see xiadu/database.py."""


@dataclass(frozen=True)
class Step:
    """One change of a fact.

    Attributes:
        date: its day in China, as ``2026-11-24``.
        version: of the program that brought it; None where the office made it.
        parts: what changed, as names under ``pages.history.parts``; none for a fact that was added.
    """

    date: str
    version: str | None
    parts: tuple[str, ...]


def steps_of(changes: Sequence[Change]) -> list[Step]:
    """Tells the history of a fact, oldest first."""
    return [
        Step(
            change.at.astimezone(_CHINA).date().isoformat(),
            change.who.removeprefix(_SHIPPED_BY) if change.who.startswith(_SHIPPED_BY) else None,
            () if change.before is None else _changed(change.before, change.after),
        )
        for change in changes
        if change.after is not None  # taken out, and put in again later
    ]


def was_published(changes: Sequence[Change]) -> bool:
    """Tells whether visitors could ever read a fact."""
    return any(kept is not None and kept.get("state") == "published" for c in changes for kept in (c.before, c.after))


def _changed(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, ...]:
    other = (before.keys() | after.keys()) - _NAMED
    parts = {**_PARTS, "other": tuple(other)}
    return tuple(name for name, keys in parts.items() if any(before.get(key) != after.get(key) for key in keys))
