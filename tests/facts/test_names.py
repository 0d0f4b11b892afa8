"""Names of places in a question."""

from __future__ import annotations

import pytest

from facts.names import Named, Names
from facts.text import normalise
from tests.helpers.handmade import PLACES, place

NAMES = Names(
    [
        *PLACES,
        place("usa", kind="country", names={"en": ["United States", "United States of America", "U.S."], "zh": ["美国"]}),
        place("utah-valley", country="usa", names={"en": ["Utah Valley"], "zh": ["犹他谷", "犹他"]}),
        place("south-korea", kind="country", names={"en": ["South Korea", "Korea"], "ko": ["대한민국"], "zh": ["韩国"]}),
        place("nepal", kind="country", names={"en": ["Nepal"], "ne": ["नेपाल"]}),
        place("xian", names={"en": ["Xi'an"], "zh": ["西安"]}),
        place("bosnia", kind="country", names={"en": ["Bosnia and Herzegovina"]}),
        place("uk", kind="country", names={"en": ["United Kingdom of Great Britain and Northern Ireland"]}),
    ]
)  # fmt: skip


def find(question: str) -> list[tuple[str, str]]:
    return [(named.place, named.name) for named in NAMES.find(normalise(question))]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Who came?", []),
        ("谁来了？", []),
        ("Is Edirne a partner?", [("edirne", "edirne")]),
        ("is EDIRNE a partner", [("edirne", "edirne")]),
        ("埃迪尔内是友城吗", [("edirne", "埃迪尔内")]),
        ("Edirna", [("edirne", "edirna")]),
        ("埃迪内在哪里", [("edirne", "埃迪内")]),
        ("去Edirne怎么走", [("edirne", "edirne")]),
        ("Türkiye", [("turkiye", "turkiye")]),
        ("turkiye or Turkey", [("turkiye", "turkiye"), ("turkiye", "turkey")]),
        ("the U.S.", [("usa", "u s")]),
        ("대한민국", [("south-korea", normalise("대한민국"))]),
        ("नेपाल", [("nepal", normalise("नेपाल"))]),
        ("Xi’an", [("xian", "xi'an")]),
        ("Edirnes", []),  # a word, not a part of one
        ("Bosnia and Herzegovina", [("bosnia", "bosnia and herzegovina")]),
        ("Utah and Edirne", [("utah", "utah"), ("edirne", "edirne")]),
        ("埃迪尔内和犹他州", [("edirne", "埃迪尔内"), ("utah", "犹他州")]),
    ],
)
def test_names_are_found_in_any_language_alias_and_misspelling(question: str, found: list[tuple[str, str]]) -> None:
    assert find(question) == found


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("United States of America", [("usa", "united states of america")]),
        ("Utah Valley", [("utah-valley", "utah valley")]),
        ("犹他谷", [("utah-valley", "犹他谷")]),
        ("犹他州", [("utah", "犹他州")]),
        ("犹他", [("utah-valley", "犹他")]),
        ("South Korea", [("south-korea", "south korea")]),
    ],
)
def test_the_longest_name_wins(question: str, found: list[tuple[str, str]]) -> None:
    assert find(question) == found


@pytest.mark.parametrize("question", ["When did Edirne's mayor come?", "Edirne’s mayor", "EDIRNE'S"])
def test_a_name_is_found_in_the_possessive(question: str) -> None:
    assert [p for p, _ in find(question)] == ["edirne"]


def test_a_long_official_name_is_found() -> None:
    question = "Is the United Kingdom of Great Britain and Northern Ireland a partner?"
    assert [p for p, _ in find(question)] == ["uk"]


def test_of_two_places_with_one_name_the_first_is_meant() -> None:
    names = Names(
        [place("one", names={"en": ["Same"], "zh": ["同名"]}), place("two", names={"en": ["Same"], "zh": ["同名"]})]
    )
    assert names.find("same") == [Named("one", "same")]
    assert names.find("同名") == [Named("one", "同名")]


def test_a_name_of_nothing_but_signs_is_never_found() -> None:
    assert Names([place("one", misspellings=["?!"])]).find("") == []


@pytest.mark.parametrize(
    ("places", "wider"),
    [
        ([], []),
        (["edirne"], ["edirne", "turkiye"]),
        (["turkiye"], ["turkiye"]),
        (["edirne", "utah-valley"], ["edirne", "turkiye", "usa", "utah-valley"]),
        (["unheard-of"], ["unheard-of"]),
    ],
)
def test_a_place_widens_to_its_country(places: list[str], wider: list[str]) -> None:
    assert sorted(NAMES.widen(places)) == wider
