"""The report of an evaluation, and what counts as worse than the last kept one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks.evaluate.__main__ import TOLERANCE, compare
from benchmarks.evaluate.judge import VERDICTS, Judged
from benchmarks.evaluate.report import as_plot, as_text, kind_of, summarise, write
from tests.benchmarks.made import judged

JUDGED = [
    judged("right"),
    judged("right", topic="ask_event"),
    judged("wrong claim", text="a wrong claim", facts=("forum-what",)),
    judged("answered though unknown", text="an invention", outcomes=("unknown",)),
    judged("asked back", text="asked back", talk="en: a talk", topic="talks"),
    judged("right", language="zh", outcomes=("smalltalk",)),
]


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (judged("right"), "to be answered"),
        (judged("right", outcomes=("answer", "unknown")), "to be answered"),
        (judged("right", outcomes=("unknown",)), "not to be answered"),
        (judged("right", outcomes=("out_of_scope",)), "not to be answered"),
        (judged("right", outcomes=("handoff",)), "small talk"),
        (judged("right", outcomes=("unknown",), talk="a talk"), "talk"),
    ],
)
def test_the_kinds_of_questions(one: Judged, kind: str) -> None:
    assert kind_of(one) == kind


def test_shares_are_of_each_language_kind_and_topic() -> None:
    summary = summarise(JUDGED)
    assert set(summary) == {"en", "zh"}
    english = summary["en"]
    assert english["all"] == {
        "asked": 5,
        "wrong": 0.4,
        "right": 0.4,
        "wrong claim": 0.2,
        "answered though unknown": 0.2,
        "refused though known": 0.0,
        "asked back": 0.2,
        "other": 0.0,
    }
    assert {kind: shares["asked"] for kind, shares in english["by kind"].items()} == {
        "to be answered": 3,
        "not to be answered": 1,
        "talk": 1,
    }
    assert english["by topic"]["ask_event"]["right"] == 1.0
    for of in summary.values():
        assert sum(of["all"][verdict] for verdict in VERDICTS) == pytest.approx(1)


def test_the_text_shows_the_shares_and_the_worst_first() -> None:
    text = as_text(summarise(JUDGED), JUDGED, {"date": "2024-06-11"})
    assert "* date: 2024-06-11" in text
    assert "| **all** | 5 | 40.0% | 40.0% | 0.0% | 20.0% | 0.0% |" in text
    shown = ["“an invention”", "“a wrong claim”", "“asked back” (en: a talk)"]
    assert [text.index(one) for one in shown] == sorted(text.index(one) for one in shown)
    assert "wanted answer forum-what; got answer: A yearly meeting." in text
    assert text.count("What was it?") == 0, "what is right is none of the worst"


def test_the_plot_has_a_bar_for_each_row() -> None:
    summary = summarise(JUDGED)
    drawn = ElementTree.fromstring(as_plot(summary))
    named = [element.text or "" for element in drawn.iter() if element.tag.endswith("text")]
    rows = [f"{lang} {key}" for lang, of in summary.items() for part in ("by kind", "by topic") for key in of[part]]
    assert {"en all", "zh all", *rows} <= set(named)
    assert "40% of 5" in named


def test_what_is_written_can_be_compared_with(tmp_path: Path) -> None:
    summary = write(tmp_path / "new", JUDGED, {"date": "today"})
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        f"evaluation.{end}" for end in ("md", "json", "svg")
    }
    kept = json.loads((tmp_path / "new" / "evaluation.json").read_text(encoding="utf-8"))
    assert kept == {"surroundings": {"date": "today"}, "summary": summary}
    assert compare(kept["summary"], summary) == []


def run(right: float, wrong: float, language: str = "en") -> dict[str, Any]:
    return {language: {"all": {"right": right, "wrong": wrong}}}


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        (0.90, 0.03, []),
        (0.95, 0.01, []),
        (0.90 - TOLERANCE * 0.9, 0.03 + TOLERANCE * 0.9, []),
        (0.90 - TOLERANCE * 1.1, 0.03, ["en: 88.9% right, in the last kept run 90.0%."]),
        (0.90, 0.03 + TOLERANCE * 1.1, ["en: 4.1% wrong claims, in the last kept run 3.0%."]),
        (0.95, 0.05, ["en: 5.0% wrong claims, in the last kept run 3.0%."]),
        (
            0.5,
            0.5,
            ["en: 50.0% right, in the last kept run 90.0%.", "en: 50.0% wrong claims, in the last kept run 3.0%."],
        ),
    ],
)
def test_what_became_worse_is_told(right: float, wrong: float, told: list[str]) -> None:
    assert compare(run(0.90, 0.03), run(right, wrong)) == told


def test_one_language_does_not_make_up_for_another() -> None:
    last, now = run(0.9, 0.03) | run(0.9, 0.03, "zh"), run(1.0, 0.0) | run(0.8, 0.03, "zh")
    assert compare(last, now) == ["zh: 80.0% right, in the last kept run 90.0%."]


def test_a_new_language_is_no_worse() -> None:
    assert compare(run(0.9, 0.03), run(0.9, 0.03) | run(0.1, 0.9, "tr")) == []
