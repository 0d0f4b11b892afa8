"""What speaks for and against facts, and the file that says how much."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from facts.question import Question
from facts.search import Snapshot
from facts.weights import (
    ACCEPTING,
    NO_WEIGHTS,
    RANKING,
    Evidence,
    Weights,
    accept_features,
    load_weights,
    rank_features,
    weights_of,
)
from tests.helpers.handmade import shipped_weights


@pytest.fixture
def snapshot(unchanging_snapshot: Snapshot) -> Snapshot:
    return unchanging_snapshot


def signs(snapshot: Snapshot, asked: Question, evidence: Evidence | None = None) -> dict[str, set[str]]:
    """Gives which yes-or-no signs each fact has."""
    like = snapshot.index.likeness(asked.normalised)
    rows = rank_features(asked, snapshot.table, like, evidence or Evidence())
    assert rows.shape == (len(snapshot.facts), len(RANKING))
    flags = RANKING[RANKING.index("same_place") :]
    return {
        fact: {name for name in flags if row[RANKING.index(name)]}
        for fact, row in zip(snapshot.facts, rows, strict=True)
    }


@pytest.mark.parametrize(
    ("question", "fact", "wanted"),
    [
        ("When did Edirne sign?", "edirne-tie", {"same_place", "same_aspect"}),
        ("When did Turkey sign?", "edirne-tie", {"same_place", "same_aspect"}),
        ("When did Edirne sign?", "utah-tie", {"other_place", "same_aspect"}),
        ("When did Edirne sign?", "utah-who", {"other_place", "other_aspect"}),
        ("When did Edirne sign?", "forum-what", {"no_place", "other_aspect"}),
        ("Who signed?", "utah-tie", {"unnamed_place", "other_aspect"}),
        ("Who signed?", "forum-what", {"other_aspect"}),
        ("the guests in 2010", "forum-2010", {"same_year"}),
        ("the guests in 2010", "forum-2012", {"other_year"}),
        ("the guests", "forum-2012", {"unnamed_year"}),
        ("the guests", "forum-what", set()),
        ("the fifth forum", "forum-what", {"other_edition"}),
        ("the fee of a homestay", "homestay-cost", {"gap", "same_aspect"}),
        ("the tie with Melbourne", "utah-tie", {"unnamed_place", "not_mentioned"}),
    ],
)
def test_what_a_question_shows_of_a_fact(snapshot: Snapshot, question: str, fact: str, wanted: set[str]) -> None:
    found = signs(snapshot, snapshot.read(question))[fact]
    assert wanted <= found
    exclusive = {"same_place", "other_place", "no_place", "same_year", "other_year", "same_aspect", "other_aspect"}
    assert found & (exclusive | {"gap", "not_mentioned", "other_edition"}) == wanted - {"unnamed_place", "unnamed_year"}


@pytest.mark.parametrize(
    ("evidence", "fact", "wanted"),
    [
        (Evidence(topic="homestay"), "homestay-who", {"same_topic"}),
        (Evidence(topic="homestay"), "forum-what", {"other_topic"}),
        (Evidence(talk_topic="homestay"), "homestay-who", {"same_talk"}),
        (Evidence(talk_topic="homestay"), "forum-what", set()),
        (Evidence(talk_subject="utah"), "utah-who", {"same_subject"}),
        (Evidence(talk_subject="utah"), "edirne-tie", set()),
        (Evidence(talk_place="utah"), "utah-who", {"same_talk_place"}),
        (Evidence(talk_place="utah"), "edirne-tie", set()),
        (Evidence(), "utah-who", set()),
    ],
)
def test_what_is_known_beside_the_question_speaks_for_its_facts(
    snapshot: Snapshot, evidence: Evidence, fact: str, wanted: set[str]
) -> None:
    beside = {"same_topic", "other_topic", "same_subject", "same_talk", "same_talk_place"}
    assert signs(snapshot, snapshot.read("and that?"), evidence)[fact] & beside == wanted


def test_a_place_that_is_named_takes_the_place_of_the_talk(snapshot: Snapshot) -> None:
    found = signs(snapshot, snapshot.read("and Edirne?"), Evidence(talk_place="utah"))
    assert "same_talk_place" not in found["utah-tie"]
    assert "same_place" in found["edirne-tie"]


def test_the_features_of_acceptance_are_named_and_limited() -> None:
    row = np.arange(len(RANKING), dtype=np.float32)
    found = dict(
        zip(
            ACCEPTING,
            accept_features(row, np.array([90.0, 1.0]), np.array([0.75, 0.25]), 0.5, Evidence(outside=0.4)).tolist(),
            strict=True,
        )
    )
    assert found["constant"] == 1.0
    assert (found["share"], found["margin"]) == (0.75, 5.0)
    assert found["nearest"] == RANKING.index("nearest")
    assert found["over_outside"] == RANKING.index("nearest") - 0.5
    assert found["outside_intent"] == pytest.approx(0.4)
    assert found["gap"] == RANKING.index("gap")


def test_a_single_fact_has_the_largest_margin() -> None:
    row = np.zeros(len(RANKING), dtype=np.float32)
    alone = accept_features(row, np.array([2.0]), np.array([1.0]), 0.0, Evidence())
    assert alone[ACCEPTING.index("margin")] == 5.0


@pytest.mark.parametrize(("features", "probability"), [(0.0, 0.5), (100.0, 1.0), (-100.0, 0.0)])
def test_acceptance_is_a_probability(features: float, probability: float) -> None:
    held = replace(NO_WEIGHTS, accept=np.ones(len(ACCEPTING), np.float32))
    row = np.zeros(len(ACCEPTING), np.float32)
    row[0] = features
    assert held.accept_probability(row) == pytest.approx(probability, abs=1e-6)


def test_the_shipped_weights_prefer_what_was_named() -> None:
    by_name = dict(zip(RANKING, shipped_weights().rank.tolist(), strict=True))
    for named, other in (
        ("same_place", "other_place"),
        ("same_year", "other_year"),
        ("same_edition", "other_edition"),
        ("same_topic", "other_topic"),
        ("same_aspect", "other_aspect"),
    ):
        assert by_name[named] > by_name[other]
    assert by_name["whole"] > 0
    assert 0 < shipped_weights().offer < shipped_weights().answer < 1


def yaml(rank: tuple[str, ...] = RANKING, accept: tuple[str, ...] = ACCEPTING, more: str = "0.5") -> str:
    rows = [f"rank:\n{''.join(f'  {name}: {n}.5\n' for n, name in enumerate(rank))}"]
    rows.append(f"accept:\n{''.join(f'  {name}: {-n}\n' for n, name in enumerate(accept))}")
    return "".join(rows) + f"thresholds:\n  answer: {more}\n  offer: 0.25\n"


def load(folder: Path, content: str | None) -> object:
    path = folder / "search" / "_weights.yml"
    path.parent.mkdir()
    if content is not None:
        path.write_text(content, encoding="utf-8")
    return load_weights(path)


def test_weights_are_read_by_name(tmp_path: Path) -> None:
    read = load(tmp_path, yaml())
    assert isinstance(read, Weights)
    assert read.rank.tolist() == [n + 0.5 for n in range(len(RANKING))]
    assert read.accept.tolist() == [-n for n in range(len(ACCEPTING))]
    assert (read.answer, read.offer) == (0.5, 0.25)


def test_the_order_of_the_names_does_not_matter() -> None:
    rank, accept = dict.fromkeys(RANKING, 0.0) | {"gap": 1.0}, dict.fromkeys(ACCEPTING, 0.0)
    turned = dict(reversed(rank.items()))
    assert weights_of(turned, accept, 0.5, 0.2).rank.tolist() == weights_of(rank, accept, 0.5, 0.2).rank.tolist()


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        (None, ["1: this file is missing; ./scripts/benchmark fit makes it."]),
        ("rank: {}\nrank: {}\n", ["2: 'rank' stands here twice."]),
        (yaml(rank=RANKING[1:]), ["1: rank needs whole, nearest,"]),
        (yaml(rank=(*RANKING, "more")), ["1: rank needs whole, nearest,"]),
        (yaml(accept=()), ["26: accept needs constant, share,"]),
        (yaml(more="high"), ["46: thresholds: each needs a number."]),
        ("- 1\n", ["1: rank needs", "1: accept needs", "1: thresholds needs answer, offer."]),
    ],
)
def test_what_is_wrong_with_the_file_is_said(tmp_path: Path, content: str | None, problems: list[str]) -> None:
    found = load(tmp_path, content)
    assert isinstance(found, list)
    assert len(found) == len(problems)
    for problem, wanted in zip(found, problems, strict=True):
        assert str(problem).startswith(f"data/search/_weights.yml:{wanted}"), problem
