"""What is a right reply, and what is wrong about another one."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.evaluate.cases import Case
from benchmarks.evaluate.judge import VERDICTS, WRONG, judge
from tests.benchmarks.made import case, reply

FORUM = case("answer", facts=("forum-what", "forum-2012"))
BOTH = case("answer", all_facts=("forum-what", "forum-2012"))
NOT_HELD = case("unknown", "out_of_scope", facts=("forum-cost",))
SAID = case("answer", "unknown", says="270|yearly")


@pytest.mark.parametrize(
    ("of", "given", "verdict"),
    [
        # To be answered.
        (FORUM, reply("answer", "forum-2012"), "right"),
        (FORUM, reply("answer", "edirne-tie", "forum-what"), "right"),
        (FORUM, reply("answer", "edirne-tie"), "wrong claim"),
        (FORUM, reply("unknown"), "refused though known"),
        (FORUM, reply("unknown", "forum-2012"), "refused though known"),
        (FORUM, reply("out_of_scope"), "refused though known"),
        (FORUM, reply("clarify"), "asked back"),
        (FORUM, reply("smalltalk"), "other"),
        (FORUM, reply("handoff"), "other"),
        (case("answer"), reply("answer", "any"), "right"),
        # Two questions in one.
        (BOTH, reply("answer", "forum-2012", "forum-what"), "right"),
        (BOTH, reply("answer", "forum-2012"), "wrong claim"),
        # Not to be answered.
        (NOT_HELD, reply("unknown"), "right"),
        (NOT_HELD, reply("unknown", "forum-2012"), "right"),
        (NOT_HELD, reply("out_of_scope"), "right"),
        (NOT_HELD, reply("answer", "forum-cost"), "answered though unknown"),
        (NOT_HELD, reply("clarify"), "asked back"),
        (NOT_HELD, reply("smalltalk"), "other"),
        (case("out_of_scope"), reply("unknown"), "other"),
        # What the text must say.
        (SAID, reply("answer", "any", text="A YEARLY meeting"), "right"),
        (SAID, reply("answer", "any", text="A meeting"), "wrong claim"),
        (SAID, reply("unknown", text="Not on record."), "refused though known"),
        (case("answer", "clarify", says="270"), reply("clarify", text="Which?"), "right"),
        # Small talk.
        (case("smalltalk", "handoff"), reply("handoff"), "right"),
        (case("smalltalk"), reply("answer", "any"), "answered though unknown"),
        (case("smalltalk"), reply("out_of_scope"), "other"),
    ],
)
def test_how_a_reply_is_judged(of: Case, given: dict[str, Any], verdict: str) -> None:
    assert judge(of, given) == verdict
    assert verdict in VERDICTS


def test_what_counts_as_a_wrong_claim_is_a_statement() -> None:
    statements = {judge(of, reply("answer", "another", text="")) for of in (FORUM, BOTH, NOT_HELD, SAID)}
    assert statements == set(WRONG)
