"""Yes, no, or another figure, before a fact."""

from __future__ import annotations

import pytest

from facts.polarity import CLEAR, SIDE, polarity_of
from facts.question import Question
from facts.records import FactRecord
from facts.search import Candidate, Search
from facts.traits import Traits
from tests.helpers.handmade import fact

FAR = (-1.0, -1.0)


def candidate(
    sides: tuple[float, float] = FAR, *, record: FactRecord | None = None, years: tuple[str, ...] = (), said: str = ""
) -> Candidate:
    traits = Traits(frozenset(), False, frozenset(years), False, frozenset(), f" {said} ")
    return Candidate(record or fact("it"), 0.9, "", (), "", 0.9, sides, traits)


def asked(*figures: float, yes_no: bool = True, years: tuple[str, ...] = ()) -> Question:
    signs = frozenset({"yes_no"} if yes_no else ())
    return Question("?", "", years=frozenset(years), figures=frozenset(figures), signs=signs)


@pytest.mark.parametrize(
    ("sides", "polarity"),
    [
        ((SIDE, FAR[1]), "yes"),
        ((FAR[0], SIDE), "no"),
        ((SIDE - 0.01, FAR[1]), ""),
        ((FAR[0], SIDE - 0.01), ""),
        ((0.9, 0.9 - CLEAR / 2), ""),
        ((0.9, 0.9 - 2 * CLEAR), "yes"),
        ((0.9 - 2 * CLEAR, 0.9), "no"),
        (FAR, ""),
    ],
)
def test_the_nearer_example_tells_yes_or_no(sides: tuple[float, float], polarity: str) -> None:
    assert polarity_of(asked(), candidate(sides)) == polarity


def test_without_a_yes_or_no_question_there_is_none() -> None:
    assert polarity_of(asked(yes_no=False), candidate((1.0, FAR[1]))) == ""


@pytest.mark.parametrize(
    ("number", "said", "figures", "yes_no", "polarity"),
    [
        (100, "100 came", (100,), True, "yes"),
        (100, "100 came", (300,), True, "no"),
        (100, "100 came of 300 invited", (300,), True, ""),
        (100, "100 came", (100, 300), True, "yes"),
        (100, "100 came", (), True, ""),
        (None, "100 came", (300,), True, ""),
        (100, "100 came", (300,), False, "figure"),
        (100, "100 came", (100,), False, ""),
        (2.5, "2.5 days", (2,), True, "no"),
        (2.5, "2.5 days", (2.5,), True, "yes"),
    ],
)
def test_a_figure_is_held_against_that_of_the_fact(
    number: float | None, said: str, figures: tuple[float, ...], yes_no: bool, polarity: str
) -> None:
    held = candidate(record=fact("it", number=number), said=said)
    assert polarity_of(asked(*figures, yes_no=yes_no), held) == polarity


def test_a_figure_outweighs_an_example() -> None:
    held = candidate((FAR[0], 1.0), record=fact("it", number=100))
    assert polarity_of(asked(100), held) == "yes"


@pytest.mark.parametrize(
    ("aspect", "years", "asked_years", "polarity"),
    [
        ("when", ("2014",), ("2012",), "no"),
        ("when", ("2014",), ("2014",), "yes"),
        ("when", ("2014",), (), "yes"),
        ("when", (), ("2012",), "yes"),
        ("how_many", ("2014",), ("2012",), ""),  # another year isn't a no to how many
    ],
)
def test_another_year_is_a_no_to_when(
    aspect: str, years: tuple[str, ...], asked_years: tuple[str, ...], polarity: str
) -> None:
    held = candidate((1.0, FAR[1]), record=fact("it", aspect=aspect), years=years)
    assert polarity_of(asked(years=asked_years), held) == polarity


@pytest.mark.parametrize(
    ("question", "polarity"),
    [
        ("Has Edirne signed a letter of intent?", "yes"),
        ("Did Edirne sign a letter of intent?", "yes"),
        ("埃迪尔内签意向书了吗", "yes"),
        ("Does Edirne have a full agreement?", "no"),
        ("埃迪尔内有正式协议吗", "no"),
        ("Did Edirne sign in 2012?", "no"),
        ("When did Edirne sign?", ""),
        ("Did 100 people come to the forum in 2012?", "yes"),
        ("Did 300 people come to the forum in 2012?", "no"),
        ("2012年有300人参加论坛吗", "no"),
        ("How come 300 people came to the forum in 2012?", "figure"),
        ("Did many people come to the forum in 2012?", ""),
    ],
)
def test_whole_questions(unchanging: Search, question: str, polarity: str) -> None:
    taken = unchanging.snapshot().read(question)
    assert polarity_of(taken, unchanging.search(taken, "en")[0]) == polarity
