"""Choosing among the candidates."""

from __future__ import annotations

from dataclasses import replace

import pytest

from facts.decide import (
    CHOICES,
    KNOWN_TOPIC,
    OUTSIDE_INTENTS,
    PLAINLY,
    TOPIC_OF_INTENT,
    WORTH_OFFERING,
    Context,
    Decision,
    decide,
)
from facts.question import Question
from facts.records import FactRecord
from facts.search import Candidate
from facts.traits import Traits
from facts.weights import NO_WEIGHTS, Evidence
from tests.helpers.handmade import fact, shipped_weights

WEIGHTS = replace(NO_WEIGHTS, answer=0.6, offer=0.3)
A, B, C, D = (fact(key) for key in "abcd")
GAP = fact("gap", kind="gap")
STAY = fact("stay", topic="homestay")

NOTHING = Context()
FORUM = Context("ask_forum", 0.9)
UNSURE = Context("ask_forum", 0.4)
OUTSIDE = Context("out_of_scope", 0.9)
POLITICS = Context("ask_politics", 0.9)
FALLBACK = Context("nlu_fallback", 0.9)
FOLLOWING = Context("follow_up", 0.9, "forum")
FOLLOWING_NOTHING = Context("follow_up", 0.9)

PLAIN = Question("?", "")
AT_HOME = Question("?", "", home=True)
UTAH = Question("?", "", named={"utah": "utah"})
PARIS = Question("?", "", elsewhere={"paris": "Paris"})
TWO_ELSEWHERE = Question("?", "", elsewhere={"paris": "Paris", "lima": "Lima"})
IN_2012 = Question("?", "", years=frozenset({"2012"}))
FROM_2012 = Question("?", "", years=frozenset({"2012", "2009"}))
IS_IT = Question("?", "", years=frozenset({"2012"}), signs=frozenset({"yes_no"}))


def candidate(
    record: FactRecord,
    score: float,
    *,
    said: str = "",
    years: tuple[str, ...] = (),
    sides: tuple[float, float] = (-1.0, -1.0),
) -> Candidate:
    traits = Traits(frozenset(), False, frozenset(years), False, frozenset(), f" {said} ")
    return Candidate(record, score, "", (), "", score, sides, traits)


def chosen(*scored: tuple[FactRecord, float], asked: Question = PLAIN, context: Context = NOTHING) -> Decision:
    found = decide(asked, [candidate(record, score) for record, score in scored], context, WEIGHTS)
    return replace(found, others=())


@pytest.mark.parametrize(
    ("scored", "context", "decision"),
    [
        # the best is good enough
        ([(A, 0.9), (B, 0.1)], NOTHING, Decision("answer", (A,), "forum")),
        ([(A, 0.6)], NOTHING, Decision("answer", (A,), "forum")),
        ([(STAY, 0.6)], FORUM, Decision("answer", (STAY,), "homestay")),
        ([(GAP, 0.6)], NOTHING, Decision("unknown", (GAP,), "forum")),
        ([(A, 0.6)], OUTSIDE, Decision("answer", (A,), "forum")),
        # it isn't, but a few together are
        ([(A, 0.3), (B, 0.25)], NOTHING, Decision("clarify", (A, B), "forum")),
        ([(A, 0.35)], NOTHING, Decision("clarify", (A,), "forum")),
        ([(A, 0.35), (GAP, 0.2)], NOTHING, Decision("clarify", (A, GAP), "forum")),
        ([(x, 0.2) for x in (A, B, C, D)], NOTHING, Decision("clarify", (A, B, C), "forum")),
        ([(A, 0.35), (B, WORTH_OFFERING - 0.01)], NOTHING, Decision("clarify", (A,), "forum")),
        ([(A, 0.35), (B, 0.3)], OUTSIDE, Decision("out_of_scope")),
        # nor are they
        ([(A, 0.2)], NOTHING, Decision("out_of_scope")),
        ([], NOTHING, Decision("out_of_scope")),
        # the engine tells the subject
        ([(A, 0.2)], FORUM, Decision("unknown", (), "forum")),
        ([], FORUM, Decision("unknown", (), "forum")),
        ([(STAY, 0.2)], FORUM, Decision("unknown", (), "forum")),
        ([(A, 0.2)], UNSURE, Decision("out_of_scope")),
        ([(A, 0.2)], FALLBACK, Decision("out_of_scope")),
        ([(A, 0.2)], OUTSIDE, Decision("out_of_scope")),
        # what came before
        ([], FOLLOWING, Decision("unknown", (), "forum")),
        ([(A, 0.2)], FOLLOWING_NOTHING, Decision("out_of_scope")),
        # politics
        ([(A, 0.7)], POLITICS, Decision("out_of_scope", neutral=True)),
        ([], POLITICS, Decision("out_of_scope", neutral=True)),
        ([(A, PLAINLY)], POLITICS, Decision("answer", (A,), "forum")),
        ([(A, 0.7)], replace(POLITICS, confidence=0.4), Decision("answer", (A,), "forum")),
    ],
)
def test_decide(scored: list[tuple[FactRecord, float]], context: Context, decision: Decision) -> None:
    assert chosen(*scored, context=context) == decision


@pytest.mark.parametrize(
    ("asked", "score", "context", "decision"),
    [
        (UTAH, 0.2, NOTHING, Decision("unknown", (), "forum")),
        (AT_HOME, 0.2, NOTHING, Decision("unknown", (), "forum")),
        (AT_HOME, 0.2, OUTSIDE, Decision("out_of_scope")),
        (AT_HOME, 0.01, NOTHING, Decision("out_of_scope")),
        (PLAIN, 0.2, NOTHING, Decision("out_of_scope")),
        (PARIS, 0.2, FORUM, Decision("unknown", (), "forum", missing="Paris")),
    ],
)
def test_a_question_about_our_places_that_has_no_answer_is_not_out_of_scope(
    asked: Question, score: float, context: Context, decision: Decision
) -> None:
    assert chosen((A, score), asked=asked, context=context) == decision


@pytest.mark.parametrize(
    ("asked", "said", "years", "missing"),
    [
        (PARIS, "", (), "Paris"),
        (PARIS, "unlike paris", (), None),
        (TWO_ELSEWHERE, "", (), "Paris"),
        (TWO_ELSEWHERE, "unlike lima", (), None),  # one of them will do
        (IN_2012, "", ("2010",), "2012"),
        (IN_2012, "", ("2010", "2012"), None),
        (IN_2012, "", (), None),  # a fact of no year in particular
        (FROM_2012, "", ("2010",), "2009"),
        (PLAIN, "", ("2010",), None),
    ],
)
def test_the_best_fact_is_only_the_nearest_where_it_is_not_about_what_was_named(
    asked: Question, said: str, years: tuple[str, ...], missing: str | None
) -> None:
    found = decide(asked, [candidate(A, 0.9, said=said, years=years)], NOTHING, WEIGHTS)
    assert found == Decision("unknown" if missing else "answer", (A,), "forum", missing=missing)


def test_a_no_comes_before_what_is_missing() -> None:
    when = fact("when", aspect="when")
    found = decide(IS_IT, [candidate(when, 0.9, years=("2010",))], NOTHING, WEIGHTS)
    assert found == Decision("answer", (when,), "forum", polarity="no")


@pytest.mark.parametrize(("sides", "polarity"), [((0.9, 0.1), "yes"), ((0.1, 0.9), "no"), ((0.1, 0.1), "")])
def test_the_polarity_comes_with_the_answer(sides: tuple[float, float], polarity: str) -> None:
    asked = Question("?", "", signs=frozenset({"yes_no"}))
    assert decide(asked, [candidate(A, 0.9, sides=sides)], NOTHING, WEIGHTS).polarity == polarity


@pytest.mark.parametrize(
    ("best", "rest", "others"),
    [
        (A, [(B, 0.1), (C, 0.05), (D, 0.0)], (B, C)),
        (GAP, [(B, 0.1)], (B,)),
        (A, [], ()),
        (A, [(B, 0.1), (C, 0.1), (D, 0.1), (STAY, 0.1)], (B, C, D)),
    ],
)
def test_what_came_next_is_kept(
    best: FactRecord, rest: list[tuple[FactRecord, float]], others: tuple[FactRecord, ...]
) -> None:
    scored = [candidate(best, 0.7), *(candidate(record, score) for record, score in rest)]
    assert decide(PLAIN, scored, NOTHING, WEIGHTS).others == others


@pytest.mark.parametrize(
    ("context", "asked_topic", "evidence"),
    [
        (NOTHING, None, Evidence()),
        (FORUM, "forum", Evidence(topic="forum")),
        (UNSURE, None, Evidence()),
        (OUTSIDE, None, Evidence(outside=0.9)),
        (Context("out_of_scope", 0.4), None, Evidence(outside=0.4)),
        (POLITICS, None, Evidence()),
        (FOLLOWING, None, Evidence()),
        (Context("ask_forum", 0.9, "homestay", "utah", ("x",)), "forum", Evidence(topic="forum")),
        (Context("greet", 1.0, "forum"), None, Evidence()),
    ],
)
def test_what_a_context_tells(context: Context, asked_topic: str | None, evidence: Evidence) -> None:
    assert (context.asked_topic, context.evidence) == (asked_topic, evidence)


@pytest.mark.parametrize(("intent", "topic"), TOPIC_OF_INTENT.items())
def test_each_intent_of_a_subject_tells_its_topic(intent: str, topic: str) -> None:
    assert Context(intent, KNOWN_TOPIC).asked_topic == topic
    assert Context(intent, KNOWN_TOPIC - 0.01).asked_topic is None
    assert chosen(context=Context(intent, KNOWN_TOPIC)) == Decision("unknown", (), topic)


def test_no_intent_is_both_of_a_subject_and_outside() -> None:
    assert not set(OUTSIDE_INTENTS) & set(TOPIC_OF_INTENT)


def test_thresholds_are_in_order() -> None:
    assert 0 < WORTH_OFFERING < shipped_weights().offer < shipped_weights().answer < PLAINLY < 1
    assert CHOICES == 3


def lacking(record: FactRecord, score: float, lacks: FactRecord) -> Candidate:
    return replace(candidate(record, score), lacks=lacks)


def test_a_detail_that_a_fact_lacks_is_not_known_and_that_fact_is_the_nearest() -> None:
    found = decide(PLAIN, [lacking(A, 0.4, B), candidate(C, 0.3)], NOTHING, WEIGHTS)
    assert (found.outcome, found.facts, found.topic) == ("unknown", (B,), "forum")


def test_what_a_fact_of_another_topic_lacks_is_no_nearest_thing() -> None:
    found = decide(PLAIN, [lacking(A, 0.4, STAY)], NOTHING, WEIGHTS)
    assert (found.outcome, found.facts, found.topic) == ("unknown", (), "forum")


def test_a_likely_answer_is_given_whatever_its_fact_lacks() -> None:
    assert decide(PLAIN, [lacking(A, 0.7, A)], NOTHING, WEIGHTS).outcome == "answer"


def test_what_is_no_subject_of_ours_is_no_detail_either() -> None:
    assert decide(PLAIN, [lacking(A, 0.4, A)], OUTSIDE, WEIGHTS).outcome == "out_of_scope"


@pytest.mark.parametrize(("score", "outcome"), [(0.6, "unknown"), (0.3, "unknown"), (0.29, "out_of_scope")])
def test_less_is_needed_to_say_that_something_is_not_known(score: float, outcome: str) -> None:
    assert decide(PLAIN, [candidate(GAP, score)], NOTHING, WEIGHTS).outcome == outcome
