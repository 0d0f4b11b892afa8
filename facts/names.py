"""Finds the names of places in a question, in any language, alias, misspelling or near it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from facts.records import PlaceRecord
from facts.text import is_chinese, normalise

HOME = frozenset({"xining", "qinghai", "china"})
"""The city itself, its province and its country: naming them doesn't narrow a question down."""

SHORTEST_GUESSED = 6
"""Letters that a name must have to be recognised in a misspelling that nobody wrote down."""
SHORTEST_GUESSED_HAN = 4
ALIKE = 84.0
"""Likeness from which a word is taken for a misspelt name: 100 * (1 - edits / letters of both)."""
ALIKE_HAN = 75.0


@dataclass(frozen=True)
class Named:
    """A place named in a question."""

    place: str
    name: str


class Names:
    """All names of all places.

    Args:
        places: the places, as they are held.
        ordinary: words that are no misspelt name, whatever they look like.
    """

    def __init__(self, places: Iterable[PlaceRecord], ordinary: Collection[str] = ()) -> None:
        self._han: list[tuple[str, str]] = []
        self._words: dict[str, str] = {}
        self._country: dict[str, str] = {}
        self._ordinary = frozenset(ordinary)
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
        self._held_han = {form for form, _ in self._han}
        self._longest = max((len(form.split()) for form in self._words), default=0)
        self._han.sort(key=lambda pair: -len(pair[0]))  # the longest name wins: 犹他州 is not 犹他
        self._guessed = {
            size: [form for form in self._words if len(form) >= SHORTEST_GUESSED and len(form.split()) == size]
            for size in (1, 2)
        }
        self._guessed_han = [(form, place) for form, place in self._han if len(form) >= SHORTEST_GUESSED_HAN]

    def find(self, normalised: str, *, guess: bool = True) -> list[Named]:
        """Finds all places named in a text from :func:`facts.text.normalise`, longest names first, then misspelt ones."""
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
        return found + self._guess(words) if guess else found

    def _guess(self, words: list[str]) -> list[Named]:
        found: list[Named] = []
        for size in (2, 1):
            for start in range(len(words) - size + 1):
                part = words[start : start + size]
                form = " ".join(part)
                if "\0" in part or len(form) < SHORTEST_GUESSED or is_chinese(form):
                    continue
                if all(word in self._ordinary for word in part):
                    continue
                near = process.extractOne(form, self._guessed[size], scorer=fuzz.ratio, score_cutoff=ALIKE)
                if near is not None and near[0][0] == form[0]:
                    found.append(Named(self._words[near[0]], form))
                    words[start : start + size] = ["\0"] * size
        for run in words:
            if is_chinese(run) and run not in self._ordinary and (named := self._guess_han(run)):
                found.append(named)
        return found

    def _guess_han(self, run: str) -> Named | None:
        """Finds a long Han name with one wrong character in it."""
        for form, place in self._guessed_han:
            for start in range(len(run) - len(form) + 1):
                part = run[start : start + len(form)]
                if part[0] == form[0] and fuzz.ratio(form, part) >= ALIKE_HAN:
                    return Named(place, part)
        return None

    def widen(self, places: Iterable[str]) -> frozenset[str]:
        """Adds to each place its country: a fact about Edirne is one about Türkiye."""
        keys = set(places)
        return frozenset(keys | {self._country[key] for key in keys if key in self._country})

    def is_name(self, normalised: str) -> bool:
        """Tells whether a text is a held name."""
        return normalised in self._words or normalised in self._held_han
