"""How like a question is to each fact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.index import FactIndex, Likeness
from facts.text import normalise

PHRASINGS = [
    ("forum", "How many people came to the forum?"),
    ("forum", "Number of guests"),
    ("forum", "多少人参加论坛？"),
    ("cost", "What does a homestay cost?"),
    ("cost", "寄宿多少钱？"),
]
STATEMENTS = [("forum", "More than 270 guests came."), ("forum", "来了270多位客人。"), ("cost", "No fee is on record.")]
INDEX = FactIndex(
    [(key, normalise(text), text, "") for key, text in PHRASINGS], [(key, normalise(text)) for key, text in STATEMENTS]
)


@pytest.mark.parametrize(("key", "text"), PHRASINGS)
def test_an_example_question_is_surely_its_fact(key: str, text: str) -> None:
    likeness = INDEX.likeness(normalise(text))
    assert likeness[key].nearest == pytest.approx(1.0, abs=1e-5)
    assert likeness[key].score == pytest.approx(1.0, abs=1e-5)
    assert likeness[key].phrasing == text
    assert max(likeness, key=lambda k: likeness[k].score) == key


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("how many came to forums", "forum"),
        ("guests, how many", "forum"),
        ("来论坛的有多少人", "forum"),
        ("a fee for homestays", "cost"),
        ("住一天多少钱", "cost"),
    ],
)
def test_a_question_in_other_words_is_most_like_its_fact(question: str, key: str) -> None:
    likeness = INDEX.likeness(normalise(question))
    assert max(likeness, key=lambda k: likeness[k].score) == key


def test_what_is_only_in_the_statement_counts_for_the_whole_alone() -> None:
    likeness = INDEX.likeness("270")
    assert set(likeness) == {"forum"}
    assert likeness["forum"].whole > 0.1
    assert (likeness["forum"].nearest, likeness["forum"].phrasing) == (0.0, "")


def test_the_more_a_question_says_of_something_else_the_less_it_is_like() -> None:
    short = INDEX.likeness(normalise("the forum"))["forum"]
    long = INDEX.likeness(normalise("the forum zebra xylophone quartz"))["forum"]
    assert long.score < short.score / 1.2


@pytest.mark.parametrize("question", ["", "zzqq", "ю"])
def test_what_shares_nothing_is_like_nothing(question: str) -> None:
    assert INDEX.likeness(question) == {}


def test_without_facts_nothing_is_like() -> None:
    assert FactIndex([], []).likeness("how many people came") == {}


@pytest.mark.parametrize(
    ("whole", "nearest", "score"), [(0.5, 0.6, 0.5), (0.5, 0.9, 0.81), (0.0, 1.0, 1.0), (0.0, 0.0, 0.0)]
)
def test_the_score_takes_the_whole_or_a_near_repetition(whole: float, nearest: float, score: float) -> None:
    assert Likeness(whole, nearest, "").score == pytest.approx(score)


@given(st.text(st.characters()))
def test_likeness_lies_between_nothing_and_one(question: str) -> None:
    for like in INDEX.likeness(normalise(question)).values():
        assert 0.0 <= like.whole <= 1.0 + 1e-5
        assert 0.0 <= like.nearest <= 1.0 + 1e-5
