"""Shared words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.text import normalise
from facts.words import WordIndex

QUESTIONS = [
    (0, "How many people came to the forum?"),
    (0, "Number of guests"),
    (0, "多少人参加论坛？"),
    (1, "What does a homestay cost?"),
    (1, "寄宿多少钱？"),
]
STATEMENTS = [(0, "More than 270 guests came."), (0, "来了270多位客人。"), (1, "No fee is on record.")]


def index_of(size: int, questions: list[tuple[int, str]], statements: list[tuple[int, str]]) -> WordIndex:
    return WordIndex(
        size,
        [normalise(text) for _, text in questions],
        np.array([row for row, _ in questions], dtype=np.int64),
        [(row, normalise(text)) for row, text in statements],
    )


INDEX = index_of(2, QUESTIONS, STATEMENTS)


@pytest.mark.parametrize(("row", "text"), QUESTIONS)
def test_an_example_question_is_surely_its_facts(row: int, text: str) -> None:
    whole, nearest, covered, _ = INDEX.likeness(normalise(text))
    assert int(np.argmax(whole)) == row
    assert nearest[row] == pytest.approx(1.0, abs=1e-5)
    assert covered[row] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("question", "row"),
    [("how many came to forums", 0), ("guests, how many", 0), ("来论坛的有多少人", 0), ("fee of homestays", 1), ("住一天多少钱", 1)],
)  # fmt: skip
def test_a_question_in_other_words_is_most_like_its_fact(question: str, row: int) -> None:
    whole, _, _, _ = INDEX.likeness(normalise(question))
    assert int(np.argmax(whole)) == row


def test_what_is_only_in_the_statement_counts_for_the_whole_alone() -> None:
    whole, nearest, covered, _ = INDEX.likeness("270")
    assert whole[0] > 0.1
    assert (nearest[0], whole[1], covered[1]) == (0, 0, 0)
    assert covered[0] == pytest.approx(1.0)


def test_the_more_a_question_says_of_something_else_the_less_it_is_like() -> None:
    short = INDEX.likeness(normalise("the forum"))
    long = INDEX.likeness(normalise("the forum zebra xylophone quartz"))
    for of_short, of_long in zip(short[:3], long[:3], strict=True):
        assert of_long[0] < of_short[0] / 1.2
    assert long[3][0] > short[3][0] + 0.1


@pytest.mark.parametrize(("more", "least"), [("", 0.0), (" in zanzibar", 0.05), (" by hydrofoil from zanzibar", 0.1)])
def test_what_is_asked_beyond_a_fact_is_noticed(more: str, least: float) -> None:
    *_, beyond = INDEX.likeness(normalise(QUESTIONS[0][1] + more))
    assert beyond[0] == pytest.approx(0.0, abs=1e-5) if not more else beyond[0] > least


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    texts = [(row, f"forum {name}") for row, name in enumerate(("alpha", "beta", "gamma", "delta"))]
    whole, _, _, _ = index_of(4, texts, []).likeness("forum gamma")
    others = {round(float(whole[row]), 4) for row in (0, 1, 3)}
    assert whole[2] == pytest.approx(1.0, abs=1e-5)
    assert max(others) < 0.5


@pytest.mark.parametrize("question", ["", "zzqq", "ю"])
def test_what_shares_nothing_is_like_nothing(question: str) -> None:
    for likeness in INDEX.likeness(question)[:3]:
        assert likeness.tolist() == [0, 0]


@pytest.mark.parametrize("size", [0, 2])
def test_without_texts_nothing_is_like(size: int) -> None:
    for likeness in index_of(size, [], []).likeness("how many people came")[:3]:
        assert likeness.tolist() == [0] * size


def test_a_fact_without_questions_is_found_by_its_statement() -> None:
    whole, nearest, _, _ = index_of(2, [(0, "Who came?")], [(1, "Edirne signed.")]).likeness("edirne")
    assert whole[1] > whole[0]
    assert nearest.tolist() == [0, 0]


@given(st.text(st.characters()))
def test_likeness_lies_between_nothing_and_one(question: str) -> None:
    *shares, beyond = INDEX.likeness(normalise(question))
    assert beyond.min() >= -1e-4
    for likeness in shares:
        assert likeness.min() >= 0.0
        assert likeness.max() <= 1.0 + 1e-4
