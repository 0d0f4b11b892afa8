"""Examples of what visitors say next."""

from __future__ import annotations

from pathlib import Path

import pytest

from facts.follow_ups import FollowUp, load_follow_ups

FACTS = ("forum", "theme", "guests")


def load(folder: Path, **files: str) -> tuple[list[FollowUp], list[str]]:
    for language, text in files.items():
        (folder / f"{language}.yml").write_text(text, encoding="utf-8")
    found, problems = load_follow_ups(folder, ("en",), FACTS)
    return found, [str(problem).removeprefix(f"data/{folder.name}/") for problem in problems]


def test_one_fact_several_or_none_may_answer(tmp_path: Path) -> None:
    found, problems = load(
        tmp_path,
        en="- {after: forum, ask: 'the theme?', fact: theme}\n"
        "- {after: forum, ask: who came, fact: [guests, forum]}\n"
        "- {after: forum, ask: what did they eat, fact: none}\n",
    )
    assert problems == []
    assert found == [
        FollowUp("forum", "the theme?", ("theme",), "en"),
        FollowUp("forum", "who came", ("guests", "forum"), "en"),
        FollowUp("forum", "what did they eat", (), "en"),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{after: forum}", "en.yml:1: a list of entries is needed, each with after, ask and fact."),
        ("- {after: forum, ask: who}", "en.yml:1: an entry needs after, ask and fact, and nothing else."),
        ("- {after: forum, ask: '', fact: none}", "en.yml:1: an entry needs after, ask and fact, and nothing else."),
        ("- a text", "en.yml:1: an entry needs after, ask and fact, and nothing else."),
        ("\n- {after: gone, ask: who, fact: theme}", "en.yml:2: no fact is called 'gone'."),
        ("- {after: forum, ask: who, fact: [guests, none]}", "en.yml:1: no fact is called 'none'."),
        ("- {after: none, ask: who, fact: none}", "en.yml:1: no fact is called 'none'."),
        ("- {after: [forum], ask: who, fact: theme}", "en.yml:1: after and ask are texts,"),
        ("- {after: forum, ask: who, fact: {a: b}}", "en.yml:1: after and ask are texts,"),
        ("- {", "en.yml:1: this is not valid YAML: "),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, problem: str) -> None:
    found, problems = load(tmp_path, en=text)
    assert found == []
    (said,) = problems
    assert said.startswith(problem)


def test_every_language_needs_its_file(tmp_path: Path) -> None:
    assert load(tmp_path) == ([], ["en.yml:1: this file is missing."])
