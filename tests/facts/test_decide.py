"""Choosing among the candidates."""

from __future__ import annotations

import pytest

from facts.decide import (
    ANSWER,
    ANSWER_OUTSIDE,
    CHOICES,
    CLARIFY,
    SURE,
    TIE,
    TOPIC_OF_INTENT,
    Context,
    Decision,
    decide,
)
from facts.search import Candidate
from tests.helpers.handmade import fact

A, B, C, D = (fact(key) for key in "abcd")
GAP = fact("gap", kind="gap")
OTHER_GAP = fact("other-gap", kind="gap")
STAY = fact("stay", topic="homestay")

NOTHING = Context()
FORUM = Context("ask_forum", 0.9)
UNSURE = Context("ask_forum", 0.4)
OUTSIDE = Context("out_of_scope", 0.9)
FALLBACK = Context("nlu_fallback", 0.3)
FOLLOWING = Context("follow_up", 0.9, "forum")
FOLLOWING_NOTHING = Context("follow_up", 0.9)


def candidates(*scored: tuple[object, float]) -> list[Candidate]:
    return [Candidate(record, score, "", (), "") for record, score in scored]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        (SURE, SURE - 2 * TIE, "answer"),  # nearly an example question of the first, and not of the second
        (SURE, SURE, "clarify"),
        (SURE - 0.01, 0.0, "clarify"),
    ],
)
def test_a_tie_is_broken_by_an_example_question_alone(first: float, second: float, outcome: str) -> None:
    tied = [Candidate(A, 0.95, "", (), "", first), Candidate(B, 0.95 - TIE / 2, "", (), "", second)]
    assert decide("", tied, FORUM).outcome == outcome


@pytest.mark.parametrize(
    ("scored", "context", "decision"),
    [
        # one stands out
        ([(A, 0.9), (B, 0.3)], NOTHING, Decision("answer", (A,), "forum")),
        ([(A, ANSWER)], FORUM, Decision("answer", (A,), "forum")),
        ([(STAY, 0.5)], FORUM, Decision("answer", (STAY,), "homestay")),
        ([(GAP, 0.9)], NOTHING, Decision("unknown", (GAP,), "forum")),
        # two are equally near
        ([(A, 0.5), (B, 0.5 - TIE / 2), (C, 0.3)], FORUM, Decision("clarify", (A, B), "forum")),
        ([(x, 0.5) for x in (A, B, C, D)], FORUM, Decision("clarify", (A, B, C), "forum")),
        ([(A, 0.5), (B, 0.5 - 2 * TIE)], FORUM, Decision("answer", (A,), "forum")),
        ([(A, 0.5), (GAP, 0.5)], FORUM, Decision("answer", (A,), "forum")),
        ([(GAP, 0.5), (A, 0.49)], FORUM, Decision("unknown", (GAP,), "forum")),
        ([(GAP, 0.5), (OTHER_GAP, 0.49)], FORUM, Decision("clarify", (GAP, OTHER_GAP), "forum")),
        # none is near enough
        ([(A, 0.3), (B, 0.25), (C, 0.1)], FORUM, Decision("clarify", (A, B), "forum")),
        ([(A, 0.3), (STAY, 0.29)], FORUM, Decision("clarify", (A,), "forum")),
        ([(STAY, 0.3)], FORUM, Decision("unknown", (), "forum")),
        ([(GAP, 0.3)], FORUM, Decision("unknown", (), "forum")),
        ([(A, CLARIFY - 0.01)], FORUM, Decision("unknown", (), "forum")),
        ([(x, 0.3) for x in (A, B, C, D)], FORUM, Decision("clarify", (A, B, C), "forum")),
        ([], FORUM, Decision("unknown", (), "forum")),
        # no engine to tell the subject
        ([(A, 0.3)], NOTHING, Decision("clarify", (A,), "forum")),
        ([(A, 0.1)], NOTHING, Decision("out_of_scope")),
        ([], NOTHING, Decision("out_of_scope")),
        # the engine isn't sure, or sure that it's another subject
        ([(A, 0.3)], UNSURE, Decision("out_of_scope")),
        ([(A, 0.3)], FALLBACK, Decision("out_of_scope")),
        ([(A, 0.4)], FALLBACK, Decision("answer", (A,), "forum")),
        ([(A, ANSWER_OUTSIDE - 0.01)], OUTSIDE, Decision("out_of_scope")),
        ([(A, ANSWER_OUTSIDE)], OUTSIDE, Decision("answer", (A,), "forum")),
        ([], OUTSIDE, Decision("out_of_scope")),
        # what came before
        ([(A, 0.3)], FOLLOWING, Decision("clarify", (A,), "forum")),
        ([], FOLLOWING, Decision("unknown", (), "forum")),
        ([(A, 0.3)], FOLLOWING_NOTHING, Decision("out_of_scope")),
    ],
)
def test_decide(scored: list[tuple[object, float]], context: Context, decision: Decision) -> None:
    assert decide("?", candidates(*scored), context) == decision


@pytest.mark.parametrize(
    ("context", "asked_topic", "follows_up", "outside"),
    [
        (NOTHING, None, False, False),
        (FORUM, "forum", False, False),
        (UNSURE, None, False, False),
        (OUTSIDE, None, False, True),
        (Context("out_of_scope", 0.4), None, False, False),
        (FOLLOWING, None, True, False),
        (FOLLOWING_NOTHING, None, False, False),
        (Context("greet", 1.0, "forum"), None, False, False),
    ],
)
def test_what_a_context_tells(context: Context, asked_topic: str | None, follows_up: bool, outside: bool) -> None:
    assert (context.asked_topic, context.follows_up, context.outside) == (asked_topic, follows_up, outside)


@pytest.mark.parametrize(("intent", "topic"), TOPIC_OF_INTENT.items())
def test_each_intent_of_a_subject_tells_its_topic(intent: str, topic: str) -> None:
    assert Context(intent, 0.5).asked_topic == topic
    assert decide("?", [], Context(intent, 0.5)) == Decision("unknown", (), topic)


def test_thresholds_are_in_order() -> None:
    assert 0 < TIE < CLARIFY < ANSWER < ANSWER_OUTSIDE < SURE < 1
    assert CHOICES == 3
