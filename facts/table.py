"""What the facts are about, as arrays: so that a question is held against all of them at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from facts.records import FactRecord
from facts.traits import Traits

Flags = npt.NDArray[np.bool_]


class FactTable:
    """The traits of all facts by row.

    Args:
        facts: in the order of their rows.
        traits: theirs.

    Attributes:
        facts: by row.
        about_any, by_place, by_year, gap: flags of each fact, shape ``(facts,)``.
    """

    def __init__(self, facts: Sequence[FactRecord], traits: Sequence[Traits]) -> None:
        self.size = len(facts)
        self.facts = tuple(facts)
        self.traits = tuple(traits)
        self._row_of = {fact.key: row for row, fact in enumerate(facts)}
        self._rows: dict[tuple[str, Hashable], Flags] = {}
        for row, (fact, of) in enumerate(zip(facts, traits, strict=True)):
            self._put("place", of.about, row)
            self._put("year", of.years, row)
            self._put("edition", of.editions, row)
            self._put("topic", (fact.topic,), row)
            self._put("aspect", (fact.aspect,), row)
            self._put("subject", (fact.subject,) if fact.subject else (), row)
            self._put("next", fact.nearest, row)
            for key in fact.nearest:
                if key in self._row_of:
                    self._put("next", (fact.key,), self._row_of[key])
        self._none = np.zeros(self.size, dtype=bool)
        self.about_any = self._flags(bool(of.about) for of in traits)
        self.by_place = self._flags(of.by_place for of in traits)
        self.by_year = self._flags(of.by_year for of in traits)
        self.gap = self._flags(fact.kind == "gap" for fact in facts)

    def having(self, what: str, values: Iterable[Hashable]) -> Flags:
        """Tells which facts have any of some values.

        Args:
            what: ``place``, ``year``, ``edition``, ``topic``, ``aspect``, ``subject``, or ``next``: named as near to a fact, or
                naming it so.
            values: places and facts by key, years as texts, editions as numbers.
        """
        found = self._none
        for value in values:
            held = self._rows.get((what, value))
            if held is not None:
                found = found | held
        return found

    def row(self, key: str) -> int:
        """Gives the row of a fact."""
        return self._row_of[key]

    def mentioning(self, names: Iterable[str]) -> Flags:
        """Tells which facts mention any of some names anywhere in what is asked and said of them."""
        names = tuple(names)
        return self._flags(any(name in of.said for name in names) for of in self.traits)

    def _put(self, what: str, values: Iterable[Hashable], row: int) -> None:
        for value in values:
            self._rows.setdefault((what, value), np.zeros(self.size, dtype=bool))[row] = True

    def _flags(self, flags: Iterable[bool]) -> Flags:
        return np.fromiter(flags, dtype=bool, count=self.size)
