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
    LEANING,
    LONG,
    PARTS,
    RANKING,
    TALKING,
    Evidence,
    Said,
    Weights,
    accept_features,
    lean_features,
    load_weights,
    probability,
    rank_features,
    talk_features,
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
        (Evidence(), "utah-who", set()),
    ],
)
def test_what_is_known_beside_the_question_speaks_for_its_facts(
    snapshot: Snapshot, evidence: Evidence, fact: str, wanted: set[str]
) -> None:
    beside = {"same_topic", "other_topic"}
    assert signs(snapshot, snapshot.read("and that?"), evidence)[fact] & beside == wanted


TALK = Said("utah-who", "who signed", "utah")


@pytest.mark.parametrize(
    ("text", "fact", "wanted"),
    [
        ("and when?", "utah-who", {"told", "same_subject", "same_talk", "same_talk_place"}),
        ("and when?", "utah-tie", {"same_subject", "same_talk", "same_talk_place"}),
        ("and when?", "edirne-tie", {"same_talk"}),
        ("and when?", "forum-what", set()),
        ("and Edirne?", "utah-tie", {"same_subject", "same_talk"}),  # the named place takes the place of the talk's
    ],
)
def test_the_talk_speaks_for_what_it_is_about(snapshot: Snapshot, text: str, fact: str, wanted: set[str]) -> None:
    near, together = np.linspace(0, 1, len(snapshot.facts)), np.linspace(1, 0, len(snapshot.facts))
    rows = talk_features(snapshot.read(text), snapshot.table, TALK, near, together)
    assert rows.shape == (len(snapshot.facts), len(TALKING))
    row = rows[snapshot.table.row(fact)]
    flags = {name for name in TALKING if name not in ("near_talk", "together", "next_of") and row[TALKING.index(name)]}
    assert flags == wanted
    assert row[TALKING.index("near_talk")] == pytest.approx(near[snapshot.table.row(fact)])
    assert row[TALKING.index("together")] == pytest.approx(together[snapshot.table.row(fact)])


def test_facts_that_name_each_other_as_near_are_next_of_each_other(snapshot: Snapshot) -> None:
    for fact in snapshot.table.facts:
        named = {other.key for other in snapshot.table.facts if other.key in fact.nearest or fact.key in other.nearest}
        flags = snapshot.table.having("next", (fact.key,))
        assert {f.key for f, is_next in zip(snapshot.table.facts, flags, strict=True) if is_next} == named


def test_the_signs_of_leaning_are_named(snapshot: Snapshot) -> None:
    found = lean_features(snapshot.read("and in Edirne?"), 0.75, ("forum", "sister_city"), 0.25, 0.5)
    by_name = dict(zip(LEANING, found.tolist(), strict=True))
    assert by_name == {
        "constant": 1, "leans": 1, "what_about": 1, "follow_up": 0.75, "brief": pytest.approx(1 - 13 / LONG),
        "anchored": 1, "same_topic": 0, "other_topic": 1, "alone": 0.25, "within": 0.5,
    }  # fmt: skip


def test_the_features_of_acceptance_are_named_and_limited(snapshot: Snapshot) -> None:
    like = replace(snapshot.index.likeness("who"), outside=0.5, lacking=0.25)
    row = np.arange(len(RANKING), dtype=np.float32)
    found = dict(
        zip(
            ACCEPTING,
            accept_features(row, np.array([90.0, 1.0]), np.array([0.75, 0.25]), like, Evidence(outside=0.4)).tolist(),
            strict=True,
        )
    )
    assert found["constant"] == 1.0
    assert (found["share"], found["margin"]) == (0.75, 5.0)
    assert found["nearest"] == RANKING.index("nearest")
    assert found["over_outside"] == RANKING.index("nearest") - 0.5
    assert found["over_lacking"] == RANKING.index("nearest") - 0.25
    assert found["outside_intent"] == pytest.approx(0.4)
    assert found["gap"] == RANKING.index("gap")


def test_a_single_fact_has_the_largest_margin(snapshot: Snapshot) -> None:
    row = np.zeros(len(RANKING), dtype=np.float32)
    alone = accept_features(row, np.array([2.0]), np.array([1.0]), snapshot.index.likeness("who"), Evidence())
    assert alone[ACCEPTING.index("margin")] == 5.0


def test_within_a_talk_its_signs_come_with_those_of_acceptance(snapshot: Snapshot) -> None:
    row = np.arange(len(RANKING) + len(TALKING), dtype=np.float32)
    found = accept_features(row, np.array([2.0]), np.array([1.0]), snapshot.index.likeness("who"), Evidence())
    assert found[len(ACCEPTING) :].tolist() == row[len(RANKING) :].tolist()


@pytest.mark.parametrize(("feature", "expected"), [(0.0, 0.5), (100.0, 1.0), (-100.0, 0.0)])
def test_acceptance_is_a_probability(feature: float, expected: float) -> None:
    features, weights = np.array([feature, 0.0]), np.array([1.0, 5.0])
    assert probability(features, weights) == pytest.approx(expected, abs=1e-6)


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


def yaml(**parts: str | tuple[str, ...]) -> str:
    """The file's text; a part is given by its names, or as it stands in the file."""
    text = ""
    for part, names in (PARTS | parts).items():
        rows = names if isinstance(names, str) else "".join(f"  {name}: {n}.5\n" for n, name in enumerate(names))
        text += f"{part}:\n{rows}"
    return text


def line_of(part: str, text: str) -> int:
    return text.splitlines().index(f"{part}:") + 1


def load(folder: Path, content: str | None) -> object:
    path = folder / "search" / "_weights.yml"
    path.parent.mkdir(exist_ok=True)
    if content is not None:
        path.write_text(content, encoding="utf-8")
    return load_weights(path)


def test_weights_are_read_by_name(tmp_path: Path) -> None:
    read = load(tmp_path, yaml())
    assert isinstance(read, Weights)
    for part, names in PARTS.items():
        if part != "thresholds":
            assert getattr(read, part).tolist() == [n + 0.5 for n in range(len(names))]
    assert (read.answer, read.offer) == (0.5, 1.5)


def test_the_order_of_the_names_does_not_matter(tmp_path: Path) -> None:
    turned = "".join(f"  {name}: {n}.5\n" for n, name in reversed(list(enumerate(RANKING))))
    read, expected = load(tmp_path, yaml(rank=turned)), load(tmp_path, yaml())
    assert isinstance(read, Weights)
    assert isinstance(expected, Weights)
    assert read.rank.tolist() == expected.rank.tolist()


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("names", [(), ("more",)], ids=["one missing", "one too many"])
def test_each_part_needs_its_names(tmp_path: Path, part: str, names: tuple[str, ...]) -> None:
    text = yaml(**{part: PARTS[part] + names if names else PARTS[part][1:]})
    found = load(tmp_path, text)
    wanted = f"data/search/_weights.yml:{line_of(part, text)}: {part} needs {', '.join(PARTS[part])}."
    assert list(map(str, found)) == [wanted]  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        (None, ["1: this file is missing; ./scripts/benchmark fit makes it."]),
        ("rank: {}\nrank: {}\n", ["2: 'rank' stands here twice."]),
        ("- 1\n", [f"1: {part} needs" for part in PARTS]),
        (
            yaml(thresholds="  answer: high\n  offer: 0.2\n"),
            [f"{line_of('thresholds', yaml())}: thresholds: each needs a number."],
        ),
    ],
)
def test_what_is_wrong_with_the_file_is_said(tmp_path: Path, content: str | None, problems: list[str]) -> None:
    found = load(tmp_path, content)
    assert isinstance(found, list)
    assert len(found) == len(problems)
    for problem, wanted in zip(found, problems, strict=True):
        assert str(problem).startswith(f"data/search/_weights.yml:{wanted}"), problem
