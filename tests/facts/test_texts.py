"""The words that are no facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from facts.texts import load
from tests.helpers.handmade import TEXTS

GOOD = {
    "en": "greet: Hello {who}!\ncosts:\n  none: Free.\n",
    "zh": "greet: 您好，{who}！\ncosts:\n  none: 免费。\n",
}


def problems(tmp_path: Path, *languages: str, **files: str) -> list[str]:
    folder = tmp_path / "texts"
    for language, content in (GOOD | files).items():
        (folder / language).mkdir(parents=True)
        if content:
            (folder / language / "replies.yml").write_text(content)
    return [str(problem) for problem in load(folder, languages or ("en", "zh"))[1]]


def test_texts_that_agree_have_no_problems(tmp_path: Path) -> None:
    assert problems(tmp_path) == []
    texts, _ = load(tmp_path / "texts", ("en", "zh"))
    assert texts.languages == ("en", "zh")
    assert texts("replies.greet", "en", who="you") == "Hello you!"
    assert texts("replies.greet", "zh", who="你") == "您好，你！"
    assert texts("replies.greet", "tr", who="you") == "Hello you!"  # the first language, where one isn't held
    assert texts("replies.costs.none", "en", more="than is filled in") == "Free."
    assert texts.has("replies.costs.none")
    assert not texts.has("replies.costs")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"zh": "greet: 您好，{who}！\n"},
            ["data/texts/en/replies.yml:3: replies.costs.none has no text in 'zh'."],
        ),
        (
            {"zh": GOOD["zh"] + "bye: 再见\n"},
            ["data/texts/zh/replies.yml:4: replies.bye has no text in 'en'."],
        ),
        (
            {"zh": GOOD["zh"].replace("{who}", "")},
            ["data/texts/zh/replies.yml:1: replies.greet has the fillings {}, in 'en' {'who'}."],
        ),
        (
            {"zh": GOOD["zh"].replace("{who}", "{woh}")},
            ["data/texts/zh/replies.yml:1: replies.greet has the fillings {'woh'}, in 'en' {'who'}."],
        ),
        (
            {"en": GOOD["en"].replace("Hello {who}", "Hello")},
            ["data/texts/zh/replies.yml:1: replies.greet has the fillings {'who'}, in 'en' {}."],
        ),
        (
            {"zh": "greet: 您好，{who}！\ncosts:\n  none:\n"},
            ["data/texts/en/replies.yml:3: replies.costs.none has no text in 'zh'."],
        ),
        (
            {"zh": "greet: 您好\ngreet: 你好\n"},
            [
                "data/texts/en/replies.yml:1: replies.greet has no text in 'zh'.",
                "data/texts/en/replies.yml:3: replies.costs.none has no text in 'zh'.",
                "data/texts/zh/replies.yml:2: 'greet' stands here twice.",
            ],
        ),
        (
            {"zh": ""},
            [
                "data/texts/en/replies.yml:1: replies.greet has no text in 'zh'.",
                "data/texts/en/replies.yml:3: replies.costs.none has no text in 'zh'.",
                "data/texts/zh/:1: there are no .yml files in this folder.",
            ],
        ),
    ],
)
def test_a_text_or_filling_that_one_language_misses_is_a_problem(
    tmp_path: Path, files: dict[str, str], said: list[str]
) -> None:
    assert problems(tmp_path, **files) == said


@pytest.mark.parametrize("ending", ["{", "}", "{}"])
def test_braces_that_cannot_be_filled_are_a_problem(tmp_path: Path, ending: str) -> None:
    found = problems(tmp_path, **{lang: f"{text}more: 'x {ending}'\n" for lang, text in GOOD.items()})
    assert [problem.split(": ")[0] for problem in found] == [
        "data/texts/en/replies.yml:4",
        "data/texts/zh/replies.yml:4",
    ]


@pytest.mark.parametrize("filling", ["name", "language"])
def test_a_filling_may_be_called_anything(tmp_path: Path, filling: str) -> None:
    assert problems(tmp_path, **{lang: f"{text}more: 'x {{{filling}}}'\n" for lang, text in GOOD.items()}) == []
    texts, _ = load(tmp_path / "texts", ("en", "zh"))
    assert texts("replies.more", "en", **{filling: "y"}) == "x y"


def test_topics_come_in_the_order_of_the_file() -> None:
    assert TEXTS.topics == ["forum", "homestay", "sister_city"]
    assert TEXTS.topic_list("en") == "the forum, homestays and sister cities"
    assert TEXTS.topic_list("zh") == "论坛、寄宿、友城"
