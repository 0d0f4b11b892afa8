"""The check of all data: each thing broken once, told with file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from facts.meaning import NO_SPACE
from facts.text import normalise
from facts.weights import NO_WEIGHTS
from settings import LANGUAGES, ROOT
from xiadu.checks import check

READ = ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml")


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is read, with few facts: the fact files have tests of their own."""
    root = tmp_path_factory.mktemp("unbroken")
    for name in READ:
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / "data", root / "data", ignore=shutil.ignore_patterns("facts", "follow_ups", "cards.yml"))
    (root / "data" / "facts").mkdir()
    (root / "data" / "facts" / "places.yml").write_text("places: []\n")
    (root / "data" / "follow_ups").mkdir()
    for language in LANGUAGES:
        (root / "data" / "follow_ups" / f"{language}.yml").write_text("[]\n")
    return root


@pytest.fixture
def root(unbroken: Path, tmp_path: Path) -> Path:
    return shutil.copytree(unbroken, tmp_path / "root")


def said(root: Path) -> list[str]:
    return [str(problem) for problem in check(root, LANGUAGES)[1]]


def number_of(root: Path, file: str, line: str) -> int:
    return (root / file).read_text().splitlines().index(line) + 1


def swap(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    content = path.read_text()
    assert content.count(old) >= 1, f"{old!r} is not in {file}"
    path.write_text(content.replace(old, new, 1))


def test_what_is_shipped_is_in_order() -> None:
    data, problems = check(ROOT, LANGUAGES)
    assert [str(problem) for problem in problems] == []
    assert data.records
    assert data.cards
    assert {one.language for one in data.follow_ups} == set(LANGUAGES)
    assert data.texts.languages == LANGUAGES
    assert set(data.patterns) == set(LANGUAGES)
    assert 0 < data.weights.offer < data.weights.answer < 1
    assert data.space.axes.any()


def test_examples_of_other_subjects_are_kept_for_the_search() -> None:
    outside = set(check(ROOT, LANGUAGES)[0].outside)
    assert len(outside) > 200
    for intent, ours in (("out_of_scope", True), ("ask_politics", True), ("greet", True), ("ask_forum", False)):
        for language in LANGUAGES:
            (entry,) = yaml.safe_load((ROOT / f"data/nlu/{language}/{intent}.yml").read_text())["nlu"]
            examples = {normalise(line.removeprefix("- ")) for line in entry["examples"].splitlines()} - {""}
            assert (examples <= outside) is ours, (intent, language)


def test_the_copy_is_in_order(root: Path) -> None:
    assert said(root) == []


def test_cards_are_checked_with_the_facts(root: Path) -> None:
    (root / "data" / "cards.yml").write_text(
        "cards:\n  - {key: a, kind: place, names: {zh: 西宁, en: Xining}, facts: [b]}\n"
    )
    assert (
        said(root)[0]
        == "data/cards.yml:2: card a: 'Xining' is neither a place's name nor in the text of one of its facts."
    )
    assert {problem.split(":")[0] for problem in said(root)} == {"data/cards.yml"}


@pytest.mark.parametrize("name", READ)
def test_a_missing_file_of_rasa(root: Path, name: str) -> None:
    (root / name).unlink()
    assert f"{name}:1: this file is missing." in said(root)


@pytest.mark.parametrize(
    "name",
    [
        *READ,
        "data/rules/topics.yml",
        "data/stories/talks.yml",
        "data/nlu/en/greet.yml",
        "data/nlu/zh/greet.yml",
        "data/texts/zh/replies.yml",
        "data/search/en.yml",
        "data/facts/places.yml",
    ],
)
@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"a: 1\nb: {c\nd: 2\n", 3, "this is not valid YAML: "),
        (b"a: 1\nb: \xff\xfe\n", 2, "the file is not UTF-8; save it as UTF-8."),
        (b"a: 1\nb: 2\na: 3\n", 3, "'a' stands here twice."),
    ],
    ids=["yaml", "utf-8", "twice"],
)
def test_a_file_that_cannot_be_read(root: Path, name: str, content: bytes, line: int, words: str) -> None:
    (root / name).write_bytes(content)
    assert [p for p in said(root) if p.startswith(f"{name}:{line}: {words}")] != []


@pytest.mark.parametrize("content", [None, b"no numbers", b""], ids=["missing", "broken", "empty"])
@pytest.mark.parametrize(("name", "part"), [("_weights.yml", "weights"), ("_meaning.npz", "space")])
def test_what_the_search_has_learned_must_be_there(root: Path, name: str, part: str, content: bytes | None) -> None:
    file = root / "data" / "search" / name
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    data, problems = check(root, LANGUAGES)
    assert {problem.path for problem in problems} == {f"data/search/{name}"}
    assert all(problem.text for problem in problems)
    assert getattr(data, part) is {"weights": NO_WEIGHTS, "space": NO_SPACE}[part]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("signs:", "sings:", "the file needs the part signs, with patterns for each."),
        ("  cost: ['", "  prize: ['", "prize: no such name is known"),
        ("  cost: ['", "  cost: ['(", "cost: missing ), unterminated subpattern"),
        ("  deny: [", "  # deny: [", "signs: deny are missing."),
    ],
)
def test_a_pattern_that_cannot_be_used(root: Path, old: str, new: str, words: str) -> None:
    swap(root, "data/search/en.yml", old, new)
    (problem,) = said(root)
    assert problem.startswith("data/search/en.yml:")
    assert words in problem


BROKEN = [
    # file, what stands there, what stands there then, the problem with the line number of (file, line)
    ("data/nlu/en/greet.yml", "- intent: greet", "- intent: gret", "this is the file of 'greet', not of 'gret'."),
    ("data/nlu/en/greet.yml", "    - hi there", "    hi there", "an example must begin with '- '."),
    ("data/nlu/en/greet.yml", "    - hi there", "    -hi there", "an example must begin with '- '."),
    (
        "data/rules/smalltalk.yml",
        "    steps: [{intent: greet}, {action: action_smalltalk}]",
        "    steps: [{intent: gret}, {action: action_smalltalk}]",
        "the intent 'gret' is not in domain.yml.",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "words"), BROKEN)
def test_one_mistake_at_its_line(root: Path, file: str, old: str, new: str, words: str) -> None:
    line = number_of(root, file, old)
    swap(root, file, f"{old}\n", f"{new}\n")
    assert f"{file}:{line}: {words}" in said(root)


def test_an_example_of_two_intents_is_told_with_both_places(root: Path) -> None:
    hello = number_of(root, "data/nlu/en/greet.yml", "    - hi there")
    path = root / "data/nlu/en/thanks.yml"
    path.write_text(path.read_text().rstrip("\n") + "\n    - HI, there!\n")
    line = len(path.read_text().splitlines())
    assert said(root) == [
        f"data/nlu/en/thanks.yml:{line}: 'HI, there!' is an example of greet too (data/nlu/en/greet.yml:{hello})."
    ]


def test_an_example_twice_in_one_intent_is_no_problem(root: Path) -> None:
    swap(root, "data/nlu/en/greet.yml", "    - hi there\n", "    - hi there\n    - Hi there!\n")
    assert said(root) == []


def test_examples_that_are_no_block_of_lines(root: Path) -> None:
    (root / "data/nlu/en/greet.yml").write_text('version: "3.1"\nnlu:\n- intent: greet\n  examples: [hello]\n')
    assert said(root) == ["data/nlu/en/greet.yml:3: greet: examples must be a block of lines that begin with '- '."]


@pytest.mark.parametrize("content", ["", "nlu: []\n", 'version: "3.1"\n', "- intent: greet\n", "text\n"])
def test_a_training_file_without_its_parts(root: Path, content: str) -> None:
    (root / "data/nlu/en/greet.yml").write_text(content)
    assert said(root) == ["data/nlu/en/greet.yml:1: the file needs the parts version and nlu."]


@pytest.mark.parametrize(
    "nlu",
    [
        "",
        "[]",
        "greet",
        "{intent: greet, examples: '- hello'}",
        "[hello]",
        '[{intent: greet, examples: ""}]',
        "[{itnent: greet, examples: '- hello'}]",
    ],
)
def test_a_training_file_without_examples(root: Path, nlu: str) -> None:
    (root / "data/nlu/en/greet.yml").write_text(f'version: "3.1"\nnlu: {nlu}\n')
    assert [problem for problem in said(root) if problem.startswith(("data/nlu/en/greet.yml:", "domain.yml:"))] != []


def test_an_intent_that_the_domain_has_not(root: Path) -> None:
    line = number_of(root, "domain.yml", "  - greet")
    swap(root, "domain.yml", "  - greet\n", "  - gret\n")
    rule = number_of(root, "data/rules/smalltalk.yml", "    steps: [{intent: greet}, {action: action_smalltalk}]")
    problems = said(root)
    for expected in (
        "data/nlu/en/greet.yml:1: the intent 'greet' is not in domain.yml.",
        "data/nlu/zh/greet.yml:1: the intent 'greet' is not in domain.yml.",
        f"data/rules/smalltalk.yml:{rule}: the intent 'greet' is not in domain.yml.",
        f"domain.yml:{line}: data/nlu/en/gret.yml is missing.",
        f"domain.yml:{line}: data/nlu/zh/gret.yml is missing.",
        f"domain.yml:{line}: no rule in data/rules/ says what follows 'gret'.",
    ):
        assert expected in problems


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_intent_without_its_file_in_a_language(root: Path, language: str) -> None:
    line = number_of(root, "domain.yml", "  - thanks")
    (root / f"data/nlu/{language}/thanks.yml").unlink()
    assert said(root) == [f"domain.yml:{line}: data/nlu/{language}/thanks.yml is missing."]


@pytest.mark.parametrize("intent", ["ask_person", "thanks"])  # the second is spoken of in a story
def test_an_intent_without_a_rule(root: Path, intent: str) -> None:
    line = number_of(root, "domain.yml", f"  - {intent}")
    swap(root, "data/rules/smalltalk.yml", f"{{intent: {intent}}}", "{intent: goodbye}")
    assert said(root) == [f"domain.yml:{line}: no rule in data/rules/ says what follows '{intent}'."]


def test_an_intent_of_the_domain_may_have_settings(root: Path) -> None:
    swap(root, "domain.yml", "  - greet\n", "  - greet: {use_entities: []}\n")
    assert said(root) == []


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("domain.yml", "- intents\n"),
        ("domain.yml", "text\n"),
        ("domain.yml", "intents: greet\n"),
        ("domain.yml", "intents: {greet: {}}\n"),
        ("data/rules/topics.yml", "- rule\n"),
        ("data/rules/topics.yml", "rules: {rule: greeting}\n"),
        ("data/rules/topics.yml", "rules: [greeting]\n"),
        ("data/rules/topics.yml", "rules:\n  - {rule: x, steps: intent}\n"),
        ("data/stories/talks.yml", "stories: talk\n"),
        ("data/search/en.yml", "- aspects\n"),
        ("data/texts/en/replies.yml", "- text\n"),
    ],
)
def test_a_file_of_another_shape_is_a_problem_not_a_fault(root: Path, file: str, content: str) -> None:
    (root / file).write_text(content)
    assert [problem for problem in said(root) if problem.startswith(f"{file}:") or "domain.yml" in problem] != []


def test_a_topic_that_no_text_names(root: Path) -> None:
    for language in LANGUAGES:
        path = root / f"data/texts/{language}/topics.yml"
        path.write_text(path.read_text().replace("forum:", "forums:"))
    assert said(root) == [
        "facts/decide.py:1: the intent ask_forum leads to 'forum', which data/texts/*/topics.yml has not."
    ]


def test_all_at_once_sorted_by_file_and_line(root: Path) -> None:
    (root / "data/facts/places.yml").write_text("palces: []\n")
    (root / "data/search/zh.yml").unlink()
    (root / "data/texts/zh/topics.yml").write_bytes(b"\xff")
    (root / "data/nlu/en/greet.yml").write_text("")
    problems = check(root, LANGUAGES)[1]
    assert problems == sorted(problems)
    assert {problem.path for problem in problems} == {
        "data/facts/places.yml",
        "data/search/zh.yml",
        "data/texts/zh/topics.yml",
        "data/texts/en/topics.yml",
        "data/nlu/en/greet.yml",
    }
