"""Knows the names of the world's countries and larger cities, so that a question about one isn't answered of another."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache

import airportsdata
from babel import Locale

from facts.text import is_chinese, normalise

SHORTEST = 4
"""Letters of a name; shorter ones are more often something else."""


@lru_cache(maxsize=1)
def world() -> dict[str, str]:
    """Gives all names by their normalised form.

    They are the countries and the cities of time zones (Unicode's CLDR) in English and Chinese, and the cities that have an
    airport, in English.
    """
    return (
        _by_form({airport["city"] for airport in airportsdata.load("IATA").values() if airport["city"]}) | well_known()
    )


@lru_cache(maxsize=1)
def well_known() -> dict[str, str]:
    """Gives those of CLDR alone: nobody who writes one of them in small letters means anything else."""
    names = {str(zone).rpartition("/")[2].replace("_", " ") for zone in Locale("zh").time_zones}
    for language in ("en", "zh"):
        locale = Locale(language)
        names |= {name for code, name in locale.territories.items() if code.isalpha()}
        names |= {str(city) for zone in locale.time_zones.values() if (city := zone.get("city"))}
    return _by_form(names)


def _by_form(names: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in sorted(names):
        form = normalise(name.split("(")[0].split("（")[0])
        if len(form) >= (2 if is_chinese(form) else SHORTEST):
            found.setdefault(form, name)
    return found


class Elsewhere:
    """Places that the facts say nothing about.

    Args:
        is_held: whether a normalised name is one of the facts' places.
        ordinary: words that are ordinary ones, though some town may be called so (Center, Reading).
        perhaps: words that are, unless the place is well known (Nice, but not London): of texts in small letters throughout.
        more: names of more places.
    """

    def __init__(
        self,
        is_held: Callable[[str], bool],
        ordinary: Collection[str],
        perhaps: Collection[str] = (),
        more: Collection[str] = (),
    ) -> None:
        self._names = {
            form: name
            for form, name in (world() | _by_form(more)).items()
            if form not in ordinary and (form in well_known() or form not in perhaps) and not is_held(form)
        }
        self._han = sorted((form for form in self._names if is_chinese(form)), key=len, reverse=True)
        self._longest = max((len(form.split()) for form in self._names), default=0)

    def find(self, normalised: str, taken: Collection[str] = ()) -> dict[str, str]:
        """Finds such names in a question.

        Args:
            normalised: a text from :func:`facts.text.normalise`.
            taken: parts of it that are names of held places.

        Returns:
            How each is to be called, by how it stands in the question.
        """
        rest = normalised
        for name in taken:
            rest = rest.replace(name, " \0 ")
        found = {}
        for form in self._han:
            if form in rest:
                found[form] = self._names[form]
                rest = rest.replace(form, " ")
        words = [word.removesuffix("'s") for word in rest.split()]
        for size in range(min(self._longest, len(words), 4), 0, -1):
            for start in range(len(words) - size + 1):
                form = " ".join(words[start : start + size])
                if form in self._names and not is_chinese(form):
                    found[form] = self._names[form]
                    words[start : start + size] = ["\0"] * size
        return found
