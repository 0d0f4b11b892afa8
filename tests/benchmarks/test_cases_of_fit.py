"""The questions that the numbers are fitted on."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.fit import left_out
from benchmarks.fit.__main__ import fit
from benchmarks.fit.cases import Case, TalkCase, collect
from facts.follow_ups import FollowUp
from facts.index import Likeness
from facts.weights import ACCEPTING, PARTS, RANKING, TALKING, Evidence
from tests.benchmarks import made
from tests.helpers import handmade

FOLLOW_UPS = [
    FollowUp("utah-tie", "and who put his name to it?", ("utah-who",), "en"),
    FollowUp("utah-tie", "what did they eat", (), "en"),
    FollowUp("utah-tie", "谁住在别人家里", ("homestay-who",), "zh"),
]


@pytest.fixture(scope="module")
def collected() -> tuple[list[Case], list[TalkCase]]:
    """All that is collected of what is made by hand; no space is learned for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(left_out, "space_of", lambda facts, search: handmade.space())
        cases, talks, space = collect(made.data(FOLLOW_UPS))
    assert space.axes.any()
    return cases, talks


def test_a_held_question_has_its_fact_among_the_rivals(collected: tuple[list[Case], list[TalkCase]]) -> None:
    cases, _ = collected
    assert {case.kind for case in cases} == {"held", "not held", "outside"}
    for case in cases:
        assert case.table.shape == (len(case.facts), len(RANKING))
        assert len(case.right) == len(case.facts)
        assert case.right.any() == (case.kind == "held")


def test_a_question_in_a_talk_is_looked_at_alone_and_within(collected: tuple[list[Case], list[TalkCase]]) -> None:
    _, talks = collected
    for talk in talks:
        assert talk.alone.table.shape[1] == len(RANKING)
        assert talk.within.table.shape[1] == len(RANKING) + len(TALKING)
        assert talk.alone.evidence.talk is None
        assert talk.within.evidence.talk is not None


def test_follow_ups_lean_unless_they_change_the_subject(collected: tuple[list[Case], list[TalkCase]]) -> None:
    _, talks = collected
    asked, none, changed = talks[-len(FOLLOW_UPS) :]
    assert [talk.leans for talk in (asked, none, changed)] == [True, True, False]
    assert [fact.key for fact, right in zip(asked.within.facts, asked.within.right, strict=True) if right] == [
        "utah-who"
    ]
    assert not none.within.right.any()
    assert not any(talk.leans for talk in talks[: -len(FOLLOW_UPS)])
    assert len(talks) > len(FOLLOW_UPS)


def case_of(right: list[bool], *, kind: str = "held") -> Case:
    """A question with as many rivals, each less like it than the one before."""
    facts = [handmade.fact(f"f{n}", kind="statement") for n in range(len(right))]
    table = np.zeros((len(right), len(RANKING)))
    table[:, 0] = np.linspace(1, 0, len(right))
    nothing = np.zeros(len(right), dtype=np.float32)
    like = Likeness(*[nothing] * 7, 0.0, 0.0, -1, np.zeros(1, dtype=np.float32))
    return Case(kind, table, facts, np.array(right), like, Evidence())  # type: ignore[arg-type]


def test_a_look_tells_the_best_and_whether_it_is_right() -> None:
    rank = np.zeros(len(RANKING))
    rank[0] = 5.0
    for right in ([True, False, False], [False, True, False]):
        best, is_right, share, signs = case_of(right).look(rank)
        assert (best.key, is_right) == ("f0", right[0])
        assert 1 / 3 < share < 1
        assert len(signs) == len(ACCEPTING)


def test_the_chance_of_a_right_answer_is_its_share_or_that_of_none() -> None:
    rank, accept = np.zeros(len(RANKING)), np.zeros(len(ACCEPTING))
    best, right = case_of([False, True]).chance(rank, accept)
    assert (best, right) == (pytest.approx(0.25), pytest.approx(0.25))
    best, right = case_of([False, False], kind="not held").chance(rank, accept)
    assert (best, right) == (pytest.approx(0.25), pytest.approx(0.75))


def test_every_part_of_the_weights_is_fitted(collected: tuple[list[Case], list[TalkCase]]) -> None:
    numbers = fit(*collected)
    assert {part: len(numbers[part]) for part in numbers} == {part: len(names) for part, names in PARTS.items()}
    assert all(np.isfinite(of).all() for of in numbers.values())
