"""What speaks for or against a fact beside likeness, worked out once for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from facts.names import HOME, Names
from facts.patterns import Patterns
from facts.question import YEAR
from facts.records import FactRecord
from facts.text import normalise_held


@dataclass(frozen=True)
class Traits:
    """What a fact is about.

    Attributes:
        about: its places, and their countries.
        by_place: whether it is asked for with its place's name.
        years: that it speaks of.
        by_year: whether it is asked for with a year: it is about one edition among several.
        editions: numbers of editions that it speaks of.
        said: all that is asked and said of it, normalised, to look a name up in.
    """

    about: frozenset[str]
    by_place: bool
    years: frozenset[str]
    by_year: bool
    editions: frozenset[int]
    said: str


def traits_of(fact: FactRecord, names: Names, patterns: Mapping[str, Patterns]) -> Traits:
    """Works out what a fact is about."""
    questions = [normalise_held(text) for _, _, text in fact.phrasings]
    statements = [normalise_held(text.short) for text in fact.text.values()]
    said = " \n ".join(questions + statements)
    wh = [normalise_held(text) for texts in fact.questions.values() for text in texts]
    named = Counter(place for question in wh for place in {n.place for n in names.find(question, guess=False)} - HOME)
    asked = {place for place, count in named.items() if 2 * count > len(wh)}
    return Traits(
        about=names.widen({*fact.places, *asked}) - HOME,
        by_place=bool(asked),
        years=_years(fact, said),
        by_year=2 * sum(bool(YEAR.search(question)) for question in wh) > len(wh),
        editions=frozenset(n for p in patterns.values() for n in p.edition_numbers(said)),
        said=f" {said} ",
    )


def _years(fact: FactRecord, said: str) -> frozenset[str]:
    """Gives the years that a fact speaks of: in its questions and statements, and its dates."""
    dates = [date for date in (fact.as_of, fact.valid_from, fact.valid_until) if date]
    spoken = set(YEAR.findall(" ".join([said, *dates])))
    if fact.valid_from and fact.valid_until:
        spoken.update(map(str, range(int(fact.valid_from[:4]), int(fact.valid_until[:4]) + 1)))
    return frozenset(spoken)


def ordinary_words(texts: Iterable[str]) -> frozenset[str]:
    """Gives the words that people write in small letters, and runs of Han characters: they are no misspelt names."""
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for text in texts:
        for word in text.split():
            bare = word.strip(".,;:!?()\"'“”‘’")
            if bare:
                (capital if bare[0].isupper() else small)[normalise_held(bare)] += 1
    return frozenset(word for word, count in small.items() if count > capital[word])
