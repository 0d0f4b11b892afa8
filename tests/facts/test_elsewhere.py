"""Names of the rest of the world."""

from __future__ import annotations

import pytest

from facts.elsewhere import SHORTEST, Elsewhere, world
from facts.names import Names
from facts.text import is_chinese, normalise
from tests.helpers.handmade import PLACES

HELD = Names(PLACES)
ELSEWHERE = Elsewhere(HELD.is_name, {"nice", "reading"})


def find(question: str, taken: tuple[str, ...] = ()) -> dict[str, str]:
    return ELSEWHERE.find(normalise(question), taken)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Who came?", {}),
        ("谁来了？", {}),
        ("When did Paris sign?", {"paris": "Paris"}),
        ("PARIS's mayor", {"paris": "Paris"}),
        ("Is there a tie with São Tomé?", {"sao tome": "Sao Tome"}),
        ("New York and Melbourne", {"new york": "New York", "melbourne": "Melbourne"}),
        ("Tie with New Zealand?", {"new zealand": "New Zealand"}),
        ("墨尔本什么时候签约", {"墨尔本": "墨尔本"}),
        ("巴黎和新西兰", {"巴黎": "巴黎", "新西兰": "新西兰"}),
        ("去Paris怎么走", {"paris": "Paris"}),
        ("parish", {}),
        ("Is it nice there? Reading matter", {}),  # ordinary words, though towns are called so
    ],
)
def test_places_that_the_facts_say_nothing_about_are_found(question: str, found: dict[str, str]) -> None:
    assert find(question) == found


@pytest.mark.parametrize("question", ["When did Edirne sign?", "Turkey", "土耳其", "西宁", "China"])
def test_a_held_place_is_not_elsewhere(question: str) -> None:
    assert find(question) == {}


@pytest.mark.parametrize(
    ("question", "taken", "found"),
    [
        ("the state of utah and paris", ("utah",), ["paris"]),
        ("south korea", ("south korea",), []),
        ("from new york state", ("new york state",), []),
        ("墨尔本和巴黎", ("墨尔本",), ["巴黎"]),
    ],
)
def test_what_is_a_part_of_a_held_name_is_not_elsewhere(
    question: str, taken: tuple[str, ...], found: list[str]
) -> None:
    assert list(find(question, taken)) == found


def test_the_longest_name_wins() -> None:
    assert list(find("papua new guinea")) == ["papua new guinea"]
    assert list(find("巴布亚新几内亚")) == ["巴布亚新几内亚"]


def test_names_are_normalised_long_enough_and_say_how_they_are_written() -> None:
    assert len(world()) > 5_000
    assert [form for form in world() if len(form) < (2 if is_chinese(form) else SHORTEST)] == []
    assert [form for form in world() if normalise(form) != form] == []
    assert (world()["paris"], world()["法国"]) == ("Paris", "法国")


def test_more_names_can_be_given() -> None:
    more = Elsewhere(lambda name: False, frozenset(), more=["成都"])
    assert more.find("成都有几个友城") == {"成都": "成都"}
    assert Elsewhere(lambda name: False, frozenset()).find("成都有几个友城") == {}


@pytest.mark.parametrize(("name", "found"), [("london", True), ("nice", False), ("center", False)])
def test_a_well_known_place_stays_one_though_texts_in_small_letters_name_it(name: str, found: bool) -> None:
    places = Elsewhere(lambda name: False, {"center"}, perhaps={"london", "nice"})
    assert (name in places.find(f"the weather in {name}")) is found
