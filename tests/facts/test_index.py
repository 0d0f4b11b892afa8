"""How like a question is to each fact."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts.encoder import DIMENSIONS, VectorCache
from facts.index import FactIndex, Likeness, Phrase
from facts.text import normalise
from tests.helpers.handmade import encoder, space

QUESTIONS = [
    (0, "How many people came to the forum?", "en", ""),
    (0, "Number of guests", "en", ""),
    (0, "多少人参加论坛？", "zh", ""),
    (0, "Did more than 200 come?", "en", "yes"),
    (0, "Did nobody come to it?", "en", "no"),
    (1, "What does a homestay cost?", "en", ""),
    (1, "寄宿多少钱？", "zh", ""),
    (1, "Is a homestay free of charge?", "en", "no"),
]
STATEMENTS = [(0, "More than 270 guests came."), (0, "来了270多位客人。"), (1, "No fee is on record.")]
OUTSIDE = ["best pizza recipe", "今天股票涨了吗"]
LACKS = [(0, "Which of the guests was the oldest?"), (1, "What do host families eat?")]


def index_of(
    size: int,
    questions: Sequence[tuple[int, str, str, str]] = (),
    statements: Sequence[tuple[int, str]] = (),
    outside: Sequence[str] = (),
    lacks: Sequence[tuple[int, str]] = (),
) -> FactIndex:
    return FactIndex(
        size,
        [Phrase(row, normalise(text), text, language, reply) for row, text, language, reply in questions],
        [(row, normalise(text)) for row, text in statements],
        outside,
        [(row, normalise(text)) for row, text in lacks],
        VectorCache(encoder()),
        space(),
    )


@pytest.fixture(scope="module")
def index() -> FactIndex:
    return index_of(2, QUESTIONS, STATEMENTS, OUTSIDE, LACKS)


def best(like: Likeness) -> int:
    return int(np.argmax(like.whole))


@pytest.mark.parametrize(("row", "text", "language", "reply"), QUESTIONS)
def test_an_example_question_is_surely_its_fact(
    index: FactIndex, row: int, text: str, language: str, reply: str
) -> None:
    like = index.likeness(normalise(text))
    assert like.nearest[row] == pytest.approx(1.0, abs=1e-3)
    assert like.same_words[row] == pytest.approx(1.0, abs=1e-3)
    assert index.nearest_phrase(row, like) == Phrase(row, normalise(text), text, language, reply)
    assert best(like) == row


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("guests, how many", 0),
        ("what was the turnout", 0),  # not a word in common
        ("来论坛的有多少人", 0),
        ("a fee for homestays", 1),
        ("is it expensive to stay with a family", 1),
        ("住一天多少钱", 1),
        ("¿Cuántas personas vinieron al foro?", 0),  # a language that no question is in
    ],
)
def test_a_question_in_other_words_is_most_like_its_fact(index: FactIndex, question: str, row: int) -> None:
    assert best(index.likeness(normalise(question))) == row


def test_the_shapes(index: FactIndex) -> None:
    like = index.likeness("how many")
    for scores in (like.whole, like.nearest, like.words, like.same_words, like.covered):
        assert scores.shape == (2,)
    assert like.each.shape == (len(QUESTIONS),)
    assert like.vector.shape == (DIMENSIONS,)


@pytest.mark.parametrize(("question", "near"), [("pizza recipes", True), ("how many people came to the forum", False)])
def test_what_is_outside_is_told_by_its_nearest_example(index: FactIndex, question: str, near: bool) -> None:
    like = index.likeness(question)
    assert (like.outside > like.nearest.max()) == near


def test_the_very_example_of_another_subject_is_surely_outside(index: FactIndex) -> None:
    assert index.likeness(OUTSIDE[0]).outside == pytest.approx(1.0, abs=1e-3)


def test_without_examples_of_other_subjects_nothing_is_outside() -> None:
    assert index_of(2, QUESTIONS).likeness("best pizza recipe").outside == -1.0


@pytest.mark.parametrize(
    ("text", "row"), [("who was the oldest guest", 0), ("the food in the host families", 1), ("宾客里谁年纪最大", 0)]
)
def test_a_question_for_what_a_fact_lacks_is_told(index: FactIndex, text: str, row: int) -> None:
    like = index.likeness(normalise(text))
    assert like.is_lacking
    assert like.lacks == row


@pytest.mark.parametrize("text", ["how many people came to the forum", "pizza recipes", "寄宿多少钱？"])
def test_other_questions_are_not_taken_for_one(index: FactIndex, text: str) -> None:
    assert not index.likeness(normalise(text)).is_lacking


def test_a_text_can_be_compared_as_a_whole_only(index: FactIndex) -> None:
    assert index.whole("number of guests").tolist() == index.likeness("number of guests").whole.tolist()


def test_each_fact_is_nearest_to_itself(index: FactIndex) -> None:
    for row in (0, 1):
        near = index.near(row)
        assert near.argmax() == row
        assert near[row] == pytest.approx(1.0, abs=1e-5)


def test_the_nearest_phrase_is_one_of_the_fact(index: FactIndex) -> None:
    phrase = index.nearest_phrase(1, index.likeness("how many people came to the forum"))
    assert phrase is not None
    assert phrase.row == 1


def test_a_fact_without_questions_has_no_phrase_and_is_found_by_its_statement() -> None:
    index = index_of(2, [q for q in QUESTIONS if q[0] == 0], [(1, "No fee for a homestay is on record.")])
    like = index.likeness("homestay fee")
    assert index.nearest_phrase(1, like) is None
    assert (best(like), like.nearest[1]) == (1, -1.0)


@pytest.mark.parametrize(
    ("question", "row", "nearer"),
    [("did more than two hundred come", 0, "yes"), ("did no one come", 0, "no"), ("is a homestay free", 1, "no")],
)
def test_the_sides_tell_yes_from_no(index: FactIndex, question: str, row: int, nearer: str) -> None:
    yes, no = index.sides(row, index.likeness(question))
    assert ("yes" if yes > no else "no") == nearer


def test_a_fact_without_yes_or_no_questions_has_no_sides() -> None:
    index = index_of(1, [(0, "Who came?", "en", ""), (0, "Did they come?", "en", "yes")])
    yes, no = index.sides(0, index.likeness("did they come"))
    assert (yes, no) == (pytest.approx(1.0, abs=1e-3), -1.0)


@pytest.mark.parametrize("size", [0, 2])
def test_without_texts_it_can_be_asked_all_the_same(size: int) -> None:
    like = index_of(size).likeness("how many people came")
    assert like.whole.shape == (size,)
    assert like.nearest.tolist() == [-1.0] * size


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters()))
def test_likeness_is_a_cosine_whatever_is_asked(question: str) -> None:
    like = index_of(2, QUESTIONS, STATEMENTS, OUTSIDE, LACKS).likeness(normalise(question))
    for scores in (like.whole, like.nearest, like.each, like.words, like.same_words, like.covered):
        assert np.isfinite(scores).all()
        assert np.abs(scores).max() <= 1.0 + 1e-3
