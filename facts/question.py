"""What a question shows beside its wording: places, years, editions, figures, what is asked, how it is meant."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from facts.elsewhere import Elsewhere
from facts.names import HOME, Names
from facts.patterns import BY_PUNCTUATION, Patterns
from facts.text import normalise

YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SHORT_YEAR = re.compile(r"(?<!\d)(\d\d) ?年")
_FIGURE = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+|(?<![\d.])\d+(?![\d.]*\d)")


@dataclass(frozen=True)
class Question:
    """A question taken apart.

    Attributes:
        text: as the visitor wrote it.
        normalised: as the search compares it.
        named: keys of the held places that it names, and how each stands in it.
        home: whether it names the city itself, its province or its country.
        elsewhere: places that the facts hold nothing of: how each stands in it, and how it is called.
        years: four figures each. Years to come, and this one, are not among them: they ask for what is now.
        editions: numbers of editions.
        figures: other numbers.
        aspect: what is asked of the subject, or None.
        signs: how it is meant, see :data:`facts.patterns.SIGNS`.
        years_on: how many years it goes on from what the talk is about, below 0: back.
        editions_on: how many editions, likewise.
    """

    text: str
    normalised: str
    named: Mapping[str, str] = field(default_factory=dict)
    home: bool = False
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    years: frozenset[str] = frozenset()
    editions: frozenset[int] = frozenset()
    figures: frozenset[float] = frozenset()
    aspect: str | None = None
    signs: frozenset[str] = frozenset()
    years_on: int = 0
    editions_on: int = 0

    @property
    def asks(self) -> bool:
        """Whether it is worded as a question."""
        return self.aspect is not None or self.shows("yes_no") or self.text.rstrip().endswith(("?", "？"))

    def shows(self, sign: str) -> bool:
        """Tells whether the question shows a sign."""
        return sign in self.signs


def read(text: str, patterns: Mapping[str, Patterns], names: Names, elsewhere: Elsewhere) -> Question:
    """Takes a question apart.

    Args:
        text: as the visitor wrote it.
        patterns: by language; those of all languages are tried, for people mix them.
        names: of the held places.
        elsewhere: of all others.
    """
    normalised = normalise(text)
    found = names.find(normalised)
    signs = {
        sign for p in patterns.values() for sign in p.signs if sign not in BY_PUNCTUATION and p.shows(sign, normalised)
    }
    own_place = "own_place" in signs
    years = YEAR.findall(normalised) + ["20" + short for short in _SHORT_YEAR.findall(normalised)]
    this_year = datetime.date.today().year
    rest = YEAR.sub(" ", _SHORT_YEAR.sub(" ", _without_ordinals(text)))
    return Question(
        text=text,
        normalised=normalised,
        named={n.place: n.name for n in found if n.place not in HOME},
        home=any(n.place in HOME for n in found),
        elsewhere={} if own_place else elsewhere.find(normalised, [n.name for n in found]),
        years=frozenset(year for year in years if int(year) < this_year),
        editions=frozenset(number for p in patterns.values() for number in p.edition_numbers(normalised)),
        figures=frozenset(float(figure.replace(",", "")) for figure in _FIGURE.findall(rest)),
        aspect=next((aspect for p in patterns.values() if (aspect := p.aspect(normalised))), None),
        signs=frozenset(signs),
        years_on=next((on for p in patterns.values() if (on := p.distance("years", normalised))), 0),
        editions_on=next((on for p in patterns.values() if (on := p.distance("editions", normalised))), 0),
    )


def _without_ordinals(text: str) -> str:
    """Takes out figures that count nothing: days and months, editions, distances in time."""
    text = re.sub(r"\d{1,2}(?:st|nd|rd|th)\b|第\s*\d+|\d{1,2}\s*[月日号]", " ", text)
    return re.sub(
        r"\b\d{1,2} (?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
        r"|\b(?:january|february|march|april|may|june|july|august|september|october|november|december) \d{1,2}\b",
        " ",
        text,
        flags=re.IGNORECASE,
    )
