"""Finds the names of places in a question, in any language, alias or known misspelling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from facts.records import PlaceRecord
from facts.text import is_chinese, normalise

HOME = frozenset({"xining", "qinghai", "china"})
"""The city itself, its province and its country: naming them doesn't narrow a question down."""


@dataclass(frozen=True)
class Named:
    """A place named in a question."""

    place: str
    name: str


class Names:
    """All names of all places.

    Args:
        places: the places, as they are held.
    """

    def __init__(self, places: Iterable[PlaceRecord]) -> None:
        self._han: list[tuple[str, str]] = []
        self._words: dict[str, str] = {}
        self._country: dict[str, str] = {}
        for place in places:
            if place.country:
                self._country[place.key] = place.country
            for name in [*(n for names in place.names.values() for n in names), *place.misspellings]:
                form = normalise(name)
                if not form:
                    continue
                if is_chinese(form):
                    self._han.append((form, place.key))
                else:
                    self._words.setdefault(form, place.key)
        self._longest = max((len(form.split()) for form in self._words), default=0)
        self._han.sort(key=lambda pair: -len(pair[0]))  # the longest name wins: 犹他州 is not 犹他

    def find(self, normalised: str) -> list[Named]:
        """Finds all places named in a text from :func:`facts.text.normalise`, longest names first."""
        found: list[Named] = []
        rest = normalised
        for form, place in self._han:
            if form in rest:
                found.append(Named(place, form))
                rest = rest.replace(form, " ")
        words = [word.removesuffix("'s") for word in rest.split()]
        for size in range(min(self._longest, len(words)), 0, -1):
            for start in range(len(words) - size + 1):
                form = " ".join(words[start : start + size])
                if form in self._words:
                    found.append(Named(self._words[form], form))
                    words[start : start + size] = ["\0"] * size
        return found

    def widen(self, places: Iterable[str]) -> frozenset[str]:
        """Adds to each place its country: a fact about Edirne is one about Türkiye."""
        keys = set(places)
        return frozenset(keys | {self._country[key] for key in keys if key in self._country})
