"""Talks must go as tests/stories says: Rasa's own conversation tests with the real model."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from facts.text import detect_language
from settings import LANGUAGES, ROOT
from tests.end_to_end.engine import model_in, run, show

STORIES = ROOT / "tests" / "stories"
WITHOUT_LANGUAGE = {"choose"}  # a button


def play(var: Path, stories: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """Runs ``rasa test core`` over a folder of stories."""
    arguments = [
        "-m", "engine", "test", "core", "--e2e", "--fail-on-prediction-errors", "--no-plot",
        "--model", str(model_in(var)), "--stories", str(stories), "--out", str(out),
    ]  # fmt: skip
    return run(var, arguments)


def steps_of(folder: Path, sections: tuple[str, ...]) -> list[dict[str, Any]]:
    """All steps of the rules or stories of a folder."""
    return [
        step
        for path in sorted(folder.glob("*.yml"))
        for section in sections
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")).get(section, ())
        for step in entry["steps"]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_a_talk_of_one_turn_in_each_language(language: str) -> None:
    ruled = {step["intent"] for step in steps_of(ROOT / "data" / "rules", ("rules",)) if "intent" in step}
    stories = yaml.safe_load((STORIES / "test_talks.yml").read_text(encoding="utf-8"))["stories"]
    said = [story["steps"][0] for story in stories if len(story["steps"]) == 2]
    spoken = {step["intent"] for step in said if detect_language(step["user"]) == language}
    assert spoken >= ruled - WITHOUT_LANGUAGE


def test_every_rule_has_a_talk() -> None:
    ruled = {step["intent"] for step in steps_of(ROOT / "data" / "rules", ("rules",)) if "intent" in step}
    assert len(ruled) > 10
    assert {step["intent"] for step in steps_of(STORIES, ("stories",)) if "user" in step} == ruled


def test_the_talks_go_as_they_should(test_var: Path, tmp_path: Path) -> None:
    ended = play(test_var, STORIES, tmp_path)
    assert ended.returncode == 0, show(ended)
    # Rasa passes on nothing, too.
    written = yaml.safe_load((STORIES / "test_talks.yml").read_text(encoding="utf-8"))["stories"]
    report = json.loads((tmp_path / "story_report.json").read_text(encoding="utf-8"))["conversation_accuracy"]
    assert len(written) > 10
    assert (report["correct"], report["total"]) == (len(written), len(written)), show(ended)


@pytest.mark.parametrize(
    ("said", "intent", "action", "told"),
    [
        ("Hello", "greet", "action_answer", "predicted: action_smalltalk"),
        ("Thank you so much", "greet", "action_smalltalk", "predicted: thanks"),
    ],
    ids=["another action", "another intent"],
)
def test_a_talk_that_goes_otherwise_is_found(
    test_var: Path, tmp_path: Path, said: str, intent: str, action: str, told: str
) -> None:
    wrong = [{"user": said, "intent": intent}, {"action": action}]
    content = {"version": "3.1", "stories": [{"story": "a wrong talk", "steps": wrong}]}
    (tmp_path / "test_wrong.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    ended = play(test_var, tmp_path, tmp_path / "out")
    assert ended.returncode != 0, show(ended)
    assert told in ended.stdout, show(ended)
