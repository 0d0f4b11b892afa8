"""The test sentences and talks as they are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.evaluate.cases import Case, Talk, WrongCase, read_sentences, read_talks
from settings import LANGUAGES

GROUPS = """\
- sentences: ["When was it?", "when"]
  intent: ask_forum
  outcome: answer
  facts: [forum-what, forum-2012]
  says: 2012
- sentences: ["What did it cost?"]
  intent: ask_forum
  outcome: [unknown, out_of_scope]
- sentences: ["About the forum"]
  intent: ask_forum
"""
TALK = """\
- talk: a visitor asks twice
  turns:
    - {ask: "When was it?", outcome: answer, all: [forum-what, forum-2012]}
    - {ask: "and 2016?", outcome: [answer, unknown], facts: [forum-2016], says: "2016|not on record"}
"""


@pytest.fixture
def sentences(tmp_path: Path) -> Path:
    return written(tmp_path / "sentences", "{language}/ask_forum.yml", GROUPS)


@pytest.fixture
def talks(tmp_path: Path) -> Path:
    return written(tmp_path / "talks", "{language}.yml", TALK)


def written(folder: Path, name: str, content: str) -> Path:
    for language in LANGUAGES:
        file = folder / name.format(language=language)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return folder


def test_each_sentence_of_a_group_is_a_case(sentences: Path) -> None:
    both = read_sentences(sentences)
    facts = ("forum-what", "forum-2012")
    assert [case for case in both if case.language == "en"] == [
        Case("When was it?", "en", "ask_forum", ("answer",), facts, says="2012", intent="ask_forum"),
        Case("when", "en", "ask_forum", ("answer",), facts, says="2012", intent="ask_forum"),
        Case("What did it cost?", "en", "ask_forum", ("unknown", "out_of_scope"), intent="ask_forum"),
        Case("About the forum", "en", "ask_forum", (), intent="ask_forum"),
    ]
    assert [case.language for case in both] == ["en"] * 4 + ["zh"] * 4


def test_a_file_without_an_intent_is_read_as_well(sentences: Path) -> None:
    written(sentences, "{language}/_refused.yml", '- {sentences: ["Who won?"], outcome: out_of_scope}\n')
    (refused,) = [case for case in read_sentences(sentences) if case.topic == "_refused" and case.language == "en"]
    assert (refused.outcomes, refused.intent) == (("out_of_scope",), None)


def test_a_talk_is_its_turns_in_order(talks: Path) -> None:
    english, chinese = read_talks(talks)
    assert english == Talk(
        "en: a visitor asks twice",
        (
            Case("When was it?", "en", "talks", ("answer",), all_facts=("forum-what", "forum-2012")),
            Case("and 2016?", "en", "talks", ("answer", "unknown"), ("forum-2016",), says="2016|not on record"),
        ),
    )
    assert chinese.name == "zh: a visitor asks twice"


@pytest.mark.parametrize(
    ("group", "told"),
    [
        ("{sentences: [a], intent: x, outcomes: answer}", "zh/ask_forum.yml: no part is called outcomes."),
        ("{sentences: [a], fact: [x], tone: y}", "zh/ask_forum.yml: no part is called fact, tone."),
        ("{sentences: [88], intent: x}", "zh/ask_forum.yml: 88 must stand in quotes."),
        ("{sentences: [yes], intent: x}", "zh/ask_forum.yml: True must stand in quotes."),
    ],
)
def test_a_wrong_group_is_told_with_its_file(sentences: Path, group: str, told: str) -> None:
    (sentences / "zh" / "ask_forum.yml").write_text(f"- {group}\n")
    with pytest.raises(WrongCase) as refusal:
        read_sentences(sentences)
    assert str(refusal.value) == told


def test_a_wrong_turn_is_told_with_its_talk(talks: Path) -> None:
    (talks / "zh.yml").write_text("- {talk: one, turns: [{ask: a, outcome: answer, fact: [x]}]}\n")
    with pytest.raises(WrongCase, match=r"^zh\.yml: one: no part is called fact\.$"):
        read_talks(talks)
