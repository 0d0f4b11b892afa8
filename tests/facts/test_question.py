"""A question taken apart."""

from __future__ import annotations

import datetime

import pytest

from facts import question as module
from facts.elsewhere import Elsewhere
from facts.names import Names
from facts.question import Question
from tests.helpers.handmade import PLACES, patterns

NAMES = Names(PLACES)
ELSEWHERE = Elsewhere(NAMES.is_name, ())


def read(text: str) -> Question:
    return module.read(text, patterns(), NAMES, ELSEWHERE)


def test_a_whole_question() -> None:
    asked = read("Did 1,500 people from Edirna and Paris come to Xining for the 5th forum in 2012?")
    assert asked.text.startswith("Did 1,500 people")
    assert asked.normalised == "did 1 500 people from edirna and paris come to xining for the 5th forum in 2012"
    assert (asked.named, asked.home, asked.elsewhere) == ({"edirne": "edirna"}, True, {"paris": "Paris"})
    assert (asked.years, asked.editions, asked.figures) == ({"2012"}, {5}, {1500.0})
    assert asked.shows("yes_no")
    assert not asked.shows("urgent")


def test_nothing_is_made_of_nothing() -> None:
    assert read("") == Question("", "")


@pytest.mark.parametrize(
    ("text", "named", "home"),
    [
        ("When did Türkiye sign?", {"turkiye": "turkiye"}, False),
        ("埃迪内和西宁", {"edirne": "埃迪内"}, True),
        ("Is Xining in China?", {}, True),
        ("Who came?", {}, False),
    ],
)
def test_places(text: str, named: dict[str, str], home: bool) -> None:
    asked = read(text)
    assert (asked.named, asked.home) == (named, home)


@pytest.mark.parametrize(
    ("text", "elsewhere"),
    [
        ("When did Paris sign?", {"paris": "Paris"}),
        ("I am from Paris, when did Utah sign?", {}),  # the speaker's own place
        ("我来自巴黎，犹他州什么时候签约？", {}),
        ("从巴黎到西宁怎么走", {}),
        ("巴黎什么时候签约？", {"巴黎": "巴黎"}),
    ],
)
def test_places_that_are_not_held(text: str, elsewhere: dict[str, str]) -> None:
    assert read(text).elsewhere == elsewhere


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("in 2010 and 2012", {"2010", "2012"}),
        ("2012年", {"2012"}),
        ("２０１２", {"2012"}),
        ("in 1998", {"1998"}),
        ("12年的论坛", {"2012"}),
        ("in 12", set()),
        ("20123", set()),
        ("1850", set()),
        (f"in {datetime.date.today().year}", set()),  # this one and those to come ask for what is now
        ("in 2090", set()),
    ],
)
def test_years(text: str, years: set[str]) -> None:
    assert read(text).years == years


@pytest.mark.parametrize(
    ("text", "editions"),
    [
        ("the fifth forum", {5}),
        ("the 5th forum", {5}),
        ("第五届", {5}),
        ("第5届", {5}),
        ("首届", {1}),
        ("5 forums", set()),
    ],
)
def test_editions(text: str, editions: set[int]) -> None:
    assert read(text).editions == editions


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("did 300 come", {300}),
        ("300人参加了吗", {300}),
        ("1,500 or 12,345,678", {1500, 12345678}),
        ("in 2012", set()),
        ("2012年300人", {300}),
        ("on 12 June", set()),
        ("on June 12, 40 came", {40}),
        ("6月12日来了40人", {40}),
        ("the 5th forum", set()),
        ("第5届", set()),
        ("3.5 percent", set()),
        ("none", set()),
    ],
)
def test_figures(text: str, figures: set[float]) -> None:
    assert read(text).figures == figures


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("How many came?", "how_many"),
        ("多少人", "how_many"),
        ("多少钱", "cost"),
        ("When?", "when"),
        ("the forum", None),
    ],
)
def test_the_aspect_is_told_by_the_words_of_either_language(text: str, aspect: str | None) -> None:
    assert read(text).aspect == aspect


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Is it so?", "yes_no"),
        ("是这样吗", "yes_no"),
        ("and Edirne?", "what_about"),
        ("那土耳其呢", "what_about"),
        ("報警", "urgent"),
    ],
)
def test_signs_of_either_language(text: str, sign: str) -> None:
    assert read(text).shows(sign)
