"""Names of places in a question."""

from __future__ import annotations

import pytest

from facts.names import Named, Names
from facts.text import normalise
from tests.helpers.handmade import PLACES, place

ALL = (
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
NAMES = Names(ALL)
GUESSABLE = [
    place("melbourne", names={"en": ["Melbourne"], "zh": ["墨尔本"]}),
    place("kathmandu", names={"en": ["Kathmandu"], "zh": ["加德满都"]}),
]


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
        ("EdirneEdirne", []),  # a word, not a part of one
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
    ("question", "places"),
    [
        ("Is Melborne a partner?", ["melbourne"]),
        ("melbourn", ["melbourne"]),
        ("Melbuorne's mayor", ["melbourne"]),
        ("South Koera", ["south-korea"]),
        ("Bosnai and Herzegovina", []),  # three words are too many to guess
        ("Nepol", []),  # too short to guess
        ("welbourne", []),  # another first letter
        ("unites", []),
        ("Melborne and Edirne", ["edirne", "melbourne"]),
        ("墨尔笨吧", []),  # three characters are too few to guess
        ("加德满多是友城吗", ["kathmandu"]),
        ("加德漫都", ["kathmandu"]),
        ("加拿大", []),
        ("张家满都", []),  # another first character
    ],
)
def test_a_misspelling_that_nobody_wrote_down_is_guessed(question: str, places: list[str]) -> None:
    names = Names([*GUESSABLE, *ALL])
    assert [named.place for named in names.find(normalise(question))] == places
    exact = [named.place for named in names.find(normalise(question), guess=False)]
    assert exact == [place for place in places if place == "edirne"]


def test_a_guess_is_named_as_it_was_written() -> None:
    assert Names(GUESSABLE).find("from melborne") == [Named("melbourne", "melborne")]
    assert Names(GUESSABLE).find("去加德满多吧") == [Named("kathmandu", "加德满多")]


@pytest.mark.parametrize(
    ("ordinary", "places"), [((), ["melbourne"]), (("melbourn",), ["melbourne"]), (("melborne",), [])]
)
def test_an_ordinary_word_is_no_misspelling(ordinary: tuple[str, ...], places: list[str]) -> None:
    names = Names(GUESSABLE, ordinary)
    assert [named.place for named in names.find("melborne")] == places


def test_an_ordinary_word_that_is_a_name_is_the_name() -> None:
    assert Names(GUESSABLE, ["melbourne"]).find("melbourne") == [Named("melbourne", "melbourne")]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Edirne", True),
        ("edirna", True),
        ("埃迪内", True),
        ("犹他州", True),
        ("Edirne and Utah", False),
        ("Paris", False),
        ("", False),
    ],
)
def test_which_names_are_held(text: str, known: bool) -> None:
    assert NAMES.is_name(normalise(text)) == known


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
