"""Questions whose wording the search hasn't seen: each is asked once, where it was left out."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from benchmarks.fit import left_out
from benchmarks.fit.left_out import FOLDS, Asked, folds, space_of
from facts.database import Database
from facts.meaning import Space
from facts.search import Search, Snapshot
from facts.text import normalise
from settings import LANGUAGES
from tests.benchmarks import made
from tests.helpers import handmade
from tests.helpers.handmade import FACTS, OUTSIDE
from xiadu.checks import Data

GAPS = {fact.key for fact in FACTS if fact.kind == "gap"}
TOPICS = {fact.key: fact.topic for fact in FACTS}


@pytest.fixture(scope="module")
def data() -> Data:
    return made.data()


@pytest.fixture
def search(filled: Database) -> Search:
    return handmade.search_on(filled)


Round = tuple[Snapshot, list[Asked], list[str]]


@pytest.fixture
def rounds(data: Data, search: Search, monkeypatch: pytest.MonkeyPatch) -> list[Round]:
    """All folds, each with the examples of other subjects that its search knows; no space is learned for them."""
    monkeypatch.setattr(left_out, "space_of", lambda facts, search: handmade.space())
    return [(snapshot, asked, search.outside) for snapshot, asked in folds(data, search)]


def texts_of(snapshot: Snapshot) -> set[tuple[str, str, str]]:
    return {(fact.key, language, text) for fact in snapshot.facts.values() for _, language, text in fact.phrasings}


def test_every_question_is_asked_once_for_each_kind(rounds: list[Round]) -> None:
    asked = Counter((one.kind, one.language, one.text) for _, questions, _ in rounds for one in questions)
    every = [(fact, language, text) for fact in FACTS for _, language, text in fact.phrasings]
    expected = [("held", language, text) for _, language, text in every]
    expected += [("not held", language, text) for fact, language, text in every if fact.key in GAPS]
    expected += [("not held", language, text) for fact in FACTS for language, text in fact.asked("lacks")]
    expected += [("outside", "en" if text.isascii() else "zh", text) for text in OUTSIDE]
    assert asked == Counter(expected)
    assert len(rounds) == 2 * FOLDS


def test_what_is_asked_was_left_out(rounds: list[Round]) -> None:
    for snapshot, questions, outside in rounds:
        known = texts_of(snapshot)
        assert known
        for one in questions:
            if one.kind == "held":
                assert (one.key, one.language, one.text) not in known
            elif one.kind == "outside":
                assert normalise(one.text) not in outside
            else:
                assert one.text not in {text for _, _, text in known}


def test_the_rest_is_there(rounds: list[Round]) -> None:
    for snapshot, questions, outside in rounds:
        gone = {(one.key, one.language, one.text) for one in questions if one.kind == "held"}
        every = {(fact.key, language, text) for fact in FACTS for _, language, text in fact.phrasings}
        if gone:
            kept = {key for key, _, _ in every - gone}
            assert set(snapshot.facts) <= kept
            assert texts_of(snapshot) == {entry for entry in every - gone if entry[0] in snapshot.facts}
            assert len(snapshot.facts) >= len(FACTS) - 2
        else:
            assert set(TOPICS) - set(snapshot.facts) <= GAPS, "only what says that something isn't held is left out"
            assert outside == sorted(map(normalise, OUTSIDE))


def test_each_question_knows_the_fact_that_answers_it(rounds: list[Round]) -> None:
    questions = {text: fact.key for fact in FACTS for _, _, text in fact.phrasings}
    asked = [one for _, part, _ in rounds for one in part]
    assert [one for one in asked if one.key != (questions[one.text] if one.kind == "held" else "")] == []
    assert {one.language for one in asked} == set(LANGUAGES)


def test_the_engine_is_taken_to_be_right_mostly_and_wrong_sometimes(data: Data, rounds: list[Round]) -> None:
    held = [one for _, part, _ in rounds for one in part if one.kind == "held"]
    right = sum(one.evidence.topic == TOPICS[one.key] for one in held) / len(held)
    assert 0.5 < right < 0.95
    other = [one for one in held if one.evidence.topic not in (None, TOPICS[one.key])]
    assert 0 < len(other) < len(held) / 2
    assert all(0 <= one.evidence.outside <= 1 for one in held)


def test_it_is_the_same_every_time(data: Data, search: Search, rounds: list[Round]) -> None:
    again = [asked for _, asked in folds(data, search)]
    assert again == [asked for _, asked, _ in rounds]


def test_the_space_is_learned_from_all_that_is_asked_and_said(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    monkeypatch.setattr(left_out, "learn_space", lambda *arguments: given.append(arguments) or handmade.space())
    assert isinstance(space_of(FACTS, search), Space)
    ((vectors, rows),) = given
    assert len(vectors) == len(rows)
    expected = [len(list(fact.phrasings)) + len(fact.text) for fact in FACTS]
    # What a fact lacks counts as a fact of its own.
    expected += [lacking for fact in FACTS if (lacking := len(list(fact.asked("lacks"))))]
    assert [Counter(rows.tolist())[row] for row in range(max(rows) + 1)] == expected
    assert len(expected) > len(FACTS)
