"""How questions show what is asked and how it is meant."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from facts.files import Problem
from facts.patterns import DISTANCES, SIGNS, load_patterns
from facts.text import normalise
from tests.helpers.handmade import LANGUAGES, patterns

SIGN_LINES = "signs:\n" + "".join(f"  {sign}: ['^{sign}$']\n" for sign in SIGNS)
ASPECTS = "aspects:\n  when: ['\\bwhen\\b', '\\byear\\b']\n  who: [who]\n"
DISTANCE_LINES = "distances:\n" + "".join(f"  {distance}: ['^{distance} (.+)$']\n" for distance in DISTANCES)
REST = DISTANCE_LINES + "editions: ['(\\d+)th']\nnumerals: {two: 2}\n"
WHOLE = ASPECTS + SIGN_LINES + REST


def line_of(start: str) -> int:
    return next(n for n, line in enumerate(WHOLE.splitlines(), 1) if line.startswith(start))


def load(folder: Path, yaml: str | None) -> tuple[object, list[Problem]]:
    if yaml is not None:
        (folder / "en.yml").write_text(yaml, encoding="utf-8")
    return load_patterns(folder, ("en",))


def test_patterns_are_read_by_language(tmp_path: Path) -> None:
    (tmp_path / "zh.yml").write_text(WHOLE.replace("[who]", "[谁]"), encoding="utf-8")
    (tmp_path / "en.yml").write_text(WHOLE, encoding="utf-8")
    loaded, problems = load_patterns(tmp_path, LANGUAGES)
    assert problems == []
    assert [loaded[language].aspects["who"].pattern for language in LANGUAGES] == ["who", "谁"]
    assert loaded["en"].aspects["when"].pattern == "\\bwhen\\b|\\byear\\b"
    assert set(loaded["en"].signs) == set(SIGNS)
    assert loaded["en"].numerals == {"two": 2}


def without(sign: str) -> str:
    return WHOLE.replace(f"  {sign}: ['^{sign}$']\n", "")


@pytest.mark.parametrize(
    ("yaml", "line", "said"),
    [
        (None, 1, "this file is missing."),
        ("aspects: {}\naspects: {}\n", 2, "'aspects' stands here twice."),
        (WHOLE.replace("[who]", "['(who']"), 3, "who: missing ), unterminated subpattern at position 0."),
        (WHOLE.replace("[who]", "who"), 3, "who: a list of patterns is needed."),
        (WHOLE.replace("[who]", "[who, '']"), 3, "who: a list of patterns is needed."),
        (WHOLE.replace("[who]", ""), 3, "who: a list of patterns is needed."),
        (WHOLE.replace("who: [who]", "hwo: [who]"), 3, "hwo: no such name is known; there are "),
        (WHOLE.replace("  leans:", "  leens:"), 6, "leens: no such name is known; there are yes_no, leans,"),
        (without("urgent"), 4, "signs: urgent are missing."),
        (SIGN_LINES + REST, 1, "the file needs the part aspects, with patterns for each."),
        (ASPECTS + REST, 1, "the file needs the part signs, with patterns for each."),
        ("- when\n", 1, "the file needs the part aspects"),
        (WHOLE.replace("['(\\d+)th']", "[]"), None, None),
        (WHOLE.replace("['(\\d+)th']", "['(']"), line_of("editions"), "editions: missing )"),
        (
            WHOLE.replace("  years_after:", "  year_after:"),
            line_of("  years_after"),
            "year_after: no such name is known",
        ),
        (WHOLE.replace("['^years_after (.+)$']", "['(']"), line_of("  years_after"), "years_after: missing )"),
        (WHOLE + "elsewhere: Lanzhou\n", len(WHOLE.splitlines()) + 1, "elsewhere: a list of names is needed."),
        (ASPECTS + SIGN_LINES, 1, "the file needs the part distances, with patterns for each."),
        (ASPECTS + SIGN_LINES + DISTANCE_LINES + "numerals: {two: 2}\n", 1, "editions: a list of patterns is needed."),
        (WHOLE.replace("{two: 2}", "{two: second}"), line_of("numerals"), "numerals: numbers by name are needed."),
        (ASPECTS + SIGN_LINES + DISTANCE_LINES + "editions: [x]\n", 1, "numerals: numbers by name are needed."),
    ],
)
def test_what_cannot_be_used_is_a_problem_at_its_line(
    tmp_path: Path, yaml: str | None, line: int | None, said: str | None
) -> None:
    _, problems = load(tmp_path, yaml)
    found = [(p.line, p.path) for p in problems if p.text.startswith(said or "")]
    assert (found[:1] == [(line, f"data/{tmp_path.name}/en.yml")]) if line else problems == [], problems


def test_one_wrong_file_leaves_the_other_language(tmp_path: Path) -> None:
    (tmp_path / "zh.yml").write_text(WHOLE, encoding="utf-8")
    loaded, problems = load_patterns(tmp_path, LANGUAGES)
    assert (set(loaded), len(problems)) == ({"zh"}, 1)


@pytest.mark.parametrize(
    ("language", "question", "aspect"),
    [
        ("en", "How many people came?", "how_many"),
        ("en", "How much does it cost?", "cost"),
        ("en", "Since when are they partners?", "when"),
        ("en", "Who signed?", "who"),
        ("en", "Is it still held?", "status"),
        ("en", "Tell me about the forum", None),
        ("zh", "多少人", "how_many"),
        ("zh", "多少钱", "cost"),
        ("zh", "哪一年签的", "when"),
        ("zh", "是谁签的", "who"),
        ("zh", "论坛现在还在吗", "status"),
        ("zh", "介绍一下论坛", None),
    ],
)
def test_the_shipped_patterns_tell_what_is_asked(language: str, question: str, aspect: str | None) -> None:
    assert patterns()[language].aspect(normalise(question)) == aspect


@pytest.mark.parametrize(
    ("language", "question", "sign", "shown"),
    [
        ("en", "Did Utah sign?", "yes_no", True),
        ("en", "And is there a forum?", "yes_no", True),
        ("en", "When did Utah sign?", "yes_no", False),
        ("en", "and Utah?", "what_about", True),
        ("en", "what about 2010?", "what_about", True),
        ("en", "When did they sign?", "leans", True),
        ("en", "Who signed for Utah?", "leans", False),
        ("en", "Tell me more", "more", True),
        ("en", "Tell me more about Utah", "more", False),
        ("en", "no, the other one", "other", True),
        ("en", "the second one", "second", True),
        ("en", "the second forum", "second", False),
        ("en", "yes please", "affirm", True),
        ("en", "no thanks", "deny", True),
        ("en", "Where did you get that?", "source", True),
        ("en", "Is that still true?", "currency", True),
        ("en", "Help me, I was robbed", "urgent", True),
        ("en", "Who helps with visas?", "urgent", False),
        ("en", "I am from Paris", "own_place", True),
        ("zh", "犹他州签约了吗？", "yes_no", True),
        ("zh", "犹他州什么时候签约？", "yes_no", False),
        ("zh", "那土耳其呢？", "what_about", True),
        ("zh", "那年签了什么", "leans", True),
        ("zh", "详细说说", "more", True),
        ("zh", "第二个", "second", True),
        ("zh", "是的", "affirm", True),
        ("zh", "都不是", "deny", True),
        ("zh", "出处是什么", "source", True),
        ("zh", "现在还有效吗", "currency", True),
        ("zh", "我的护照丢了", "urgent", True),
        ("zh", "我来自法国", "own_place", True),
    ],
)
def test_the_shipped_patterns_tell_how_it_is_meant(language: str, question: str, sign: str, shown: bool) -> None:
    assert patterns()[language].shows(sign, normalise(question)) == shown


@pytest.mark.parametrize(
    ("language", "question", "editions"),
    [
        ("en", "the fifth forum", {5}),
        ("en", "the 12th and the 3rd forum", {12, 3}),
        ("en", "the twenty first fair", {21}),
        ("en", "the first question", set()),
        ("en", "five forums in 2012", set()),
        ("zh", "第五届论坛", {5}),
        ("zh", "第12届和第二十一届", {12, 21}),
        ("zh", "首届论坛", {1}),
        ("zh", "五个论坛", set()),
    ],
)
def test_editions_are_read_as_figures_and_numerals(language: str, question: str, editions: set[int]) -> None:
    assert patterns()[language].edition_numbers(normalise(question)) == editions


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_alternative_of_the_shipped_editions_has_one_group(language: str) -> None:
    pattern = patterns()[language].editions
    assert pattern.groups == len(re.findall(r"\((?!\?)", pattern.pattern)) > 0


@pytest.mark.parametrize(
    ("language", "what", "question", "on"),
    [
        ("en", "years", "and the year before", -1),
        ("en", "years", "who came two years earlier", -2),
        ("en", "years", "and what about the following year", 1),
        ("en", "years", "how many came 3 years later", 3),
        ("en", "years", "how many came two years ago", 0),  # counted from now, not from the talk
        ("en", "years", "will it be held next year", 0),
        ("en", "years", "for five years", 0),
        ("en", "editions", "when did the previous edition open", -1),
        ("en", "editions", "and the one after that", 1),
        ("zh", "years", "前一年来了多少人", -1),
        ("zh", "years", "过了两年之后呢", 2),
        ("zh", "years", "次年还办了没有", 1),
        ("zh", "years", "往前倒两年那届", -2),
        ("zh", "years", "今年还办吗", 0),
        ("zh", "years", "二十五年后", 0),  # more than one numeral
        ("zh", "years", "0 年后", 0),
        ("zh", "editions", "目前期待什么", 0),
        ("zh", "editions", "上一届是什么时候", -1),
        ("zh", "editions", "第三届是什么时候", 0),
    ],
)
def test_how_far_a_question_goes_from_the_talk(language: str, what: str, question: str, on: int) -> None:
    assert patterns()[language].distance(what, normalise(question)) == on


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_pattern_takes_long_over_a_long_message(language: str) -> None:
    for piece in (
        "详细说",
        "说",
        "not the state, ",
        "no, ",
        "一年后",
        "more details ",
        "?",
        "from paris to ",
        "从巴黎来",
    ):
        message = f"详细{piece * 600}x"[:2000]
        for of in (patterns()[language].signs, patterns()[language].aspects, patterns()[language].distances):
            for name, pattern in of.items():
                began = time.perf_counter()
                pattern.search(message)
                pattern.split(message)
                assert time.perf_counter() - began < 1, (name, piece)


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("友好城市是什么", False),
        ("那里怎么样", False),
        ("为什么", False),
        ("有多远多么", False),
        ("来过西宁么", True),
        ("是友好城市么", True),
        ("是友好城市吗", True),
    ],
)
def test_which_chinese_questions_want_a_yes_or_no(question: str, wants: bool) -> None:
    assert bool(patterns()["zh"].signs["yes_no"].search(question)) is wants
