"""What a fact is about."""

from __future__ import annotations

import pytest

from facts.names import Names
from facts.records import FactRecord
from facts.traits import Traits, ordinary_words, traits_of
from tests.helpers.handmade import FACTS, PLACES, fact, patterns


def traits(record: FactRecord) -> Traits:
    return traits_of(record, Names(PLACES), patterns())


def held(key: str) -> Traits:
    return traits(next(record for record in FACTS if record.key == key))


@pytest.mark.parametrize(
    ("key", "about", "by_place", "years", "by_year"),
    [
        ("forum-what", set(), False, {"2012"}, False),
        ("forum-2010", set(), False, {"2010"}, True),
        ("edirne-tie", {"edirne", "turkiye"}, True, {"2014"}, False),
        ("utah-tie", {"utah"}, True, {"2009"}, False),
        ("homestay-who", set(), False, {"2011"}, False),
        ("homestay-cost", set(), False, set(), False),
    ],
)
def test_the_handmade_facts(key: str, about: set[str], by_place: bool, years: set[str], by_year: bool) -> None:
    found = held(key)
    assert (found.about, found.by_place, found.years, found.by_year) == (about, by_place, years, by_year)


@pytest.mark.parametrize(
    ("questions", "places", "about", "by_place"),
    [
        (["When did Utah sign?", "Since when Utah?"], [], {"utah"}, True),
        (["When did Utah sign?", "Since when?"], [], set(), False),  # half of them is no majority
        (["Who came?"], ["utah"], {"utah"}, False),
        (["Who came to Xining?", "Who came to China?"], ["xining"], set(), False),  # home tells nothing
        (["When did Edirne sign?"], ["utah"], {"edirne", "turkiye", "utah"}, True),
    ],
)
def test_a_fact_is_about_its_places_and_those_it_is_asked_with(
    questions: list[str], places: list[str], about: set[str], by_place: bool
) -> None:
    found = traits(fact("it", questions={"en": questions}, places=places))
    assert (found.about, found.by_place) == (about, by_place)


@pytest.mark.parametrize(
    ("more", "years"),
    [
        ({}, set()),
        ({"as_of": "2012-06"}, {"2012"}),
        ({"valid_from": "2010", "valid_until": "2013-05"}, {"2010", "2011", "2012", "2013"}),
        ({"valid_from": "2010"}, {"2010"}),
        ({"en": "It met in 2009 and 2011."}, {"2009", "2011"}),
        ({"questions": {"en": ["Who came in 2008?"]}}, {"2008"}),
        ({"yes": {"en": ["Was it in 2007?"]}}, {"2007"}),
    ],
)
def test_years_that_a_fact_speaks_of(more: dict[str, object], years: set[str]) -> None:
    assert traits(fact("it", **more)).years == years  # type: ignore[arg-type]


def test_editions_of_either_language() -> None:
    record = fact("it", en="The fifth forum.", questions={"en": ["What of the 7th forum?"], "zh": ["首届论坛？"]})
    assert traits(record).editions == {5, 7, 1}


@pytest.mark.parametrize("part", ["the full story", "was it so", "no it wasn't", "what was it"])
def test_all_that_is_asked_and_said_can_be_looked_up(part: str) -> None:
    record = fact(
        "it",
        en="The full story.",
        questions={"en": ["What was it?"]},
        yes={"en": ["Was it so?"]},
        no={"en": ["No, it wasn't?"]},
    )
    assert f" {part} " in traits(record).said


@pytest.mark.parametrize(
    ("texts", "ordinary"),
    [
        ([], set()),
        (["a reading room"], {"a", "reading", "room"}),
        (["Reading is in England", "the reading", "they read Reading"], {"is", "in", "the", "they", "read"}),
        (["“what” (is) it?"], {"what", "is", "it"}),
        (["西宁 Xining"], {"西宁"}),
        (["?!"], set()),
    ],
)
def test_words_in_small_letters_are_ordinary(texts: list[str], ordinary: set[str]) -> None:
    assert ordinary_words(texts) == ordinary
