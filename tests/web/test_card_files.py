"""The check of the cards' file: each thing broken once, told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from facts.files import Located, read_records
from settings import ROOT
from tests.helpers.handmade import fact, place
from web.card_files import load_cards

RECORDS = [
    Located(record, "data/facts/any.yml", 1)
    for record in (
        fact("hall-where", en="The guests met in the People's Hall.", zh="客人在人民会堂见面。"),
        fact("other", en="In Edirne.", zh="在埃迪尔内。"),
        place("caojiabao", country="china", names={"en": ["Caojiabao"], "zh": ["曹家堡"]}),
        place("xining", country="china", names={"en": ["Xining"], "zh": ["西宁", "西宁市"]}),
    )
]
GOOD = """cards:
  - key: hall
    kind: venue
    names: {zh: 人民会堂, en: people's hall}
    pinyin: Rénmín Huìtáng
    facts: [hall-where]
  - key: xining
    kind: place
    names: {zh: 西宁市, en: Xining}
    facts:
      - other
"""


def said(folder: Path, content: str) -> list[str]:
    file = folder / "data" / "cards.yml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(content)
    return [str(problem) for problem in load_cards(file, RECORDS)[1]]


def test_cards_in_order(tmp_path: Path) -> None:
    assert said(tmp_path, GOOD) == []
    cards, _ = load_cards(tmp_path / "data" / "cards.yml", RECORDS)
    assert [(card.key, card.zh, card.pinyin, card.en, card.facts) for card in cards] == [
        ("hall", "人民会堂", "Rénmín Huìtáng", "people's hall", ("hall-where",)),
        ("xining", "西宁市", "Xīníng Shì", "Xining", ("other",)),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (
            "zh: 人民会堂",
            "zh: 人民大会堂",
            4,
            "'人民大会堂' is neither a place's name nor in the text of one of its facts.",
        ),
        ("en: people's hall", "en: Town Hall", 4, "'Town Hall' is neither a place's name"),
        ("zh: 西宁市, en: Xining", "zh: 埃迪, en: Edirnes", 9, "'Edirnes' is neither"),
        ("[hall-where]", "[other]", 4, "'人民会堂' is neither"),
        ("[hall-where]", "[hall-where, nothing]", 6, "no fact is called 'nothing'."),
        ("      - other", "      - others", 11, "no fact is called 'others'."),
        ("Rénmín Huìtáng", "Rénmín Huìtǎng", 5, "'Rénmín Huìtǎng' is not how '人民会堂' is read."),
        ("Rénmín Huìtáng", "Renmin Huitang", 5, "is not how"),
        ("Rénmín Huìtáng", "Rénmín", 5, "is not how"),
        ("en: Xining}", "en: Xining, de: Xining}", 9, "names.de: "),
        ("kind: venue", "kind: castle", 3, "card hall: kind: "),
        ("    facts: [hall-where]\n", "", 2, "card hall: facts: field required."),
        ("facts: [hall-where]", "facts: []", 6, "card hall: facts: "),
        ("key: xining", "key: hall", 7, "card hall: the key is taken."),
        ("key: hall", "key: The Hall", 2, "card The Hall: key: "),
        ("cards:", "card:", 1, "the file needs the part cards, with a list."),
        ("kind: venue", "kind: {venue", 4, "this is not valid YAML"),
        ("    kind: venue", "    kind: venue\n    kind: venue", 4, "'kind' stands here twice."),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert old in GOOD
    problems = said(tmp_path, GOOD.replace(old, new, 1))
    assert [
        problem for problem in problems if problem.startswith(f"data/cards.yml:{line}: ") and words in problem
    ] != []


def test_a_long_name_needs_its_pinyin_written(tmp_path: Path) -> None:
    long = GOOD.replace("zh: 人民会堂", "zh: 在人民会堂").replace("    pinyin: Rénmín Huìtáng\n", "")
    (problem,) = said(tmp_path, long)
    assert problem == "data/cards.yml:4: card hall: its pinyin is missing: where its words end can't be told."


@pytest.mark.parametrize(("pinyin", "right"), [("Cáojiābǎo", True), ("Cáojiā Pù", True), ("Cáojiābāo", False)])
def test_a_sign_with_several_readings_has_each(tmp_path: Path, pinyin: str, right: bool) -> None:
    several = GOOD.replace("{zh: 西宁市, en: Xining}", f"{{zh: 曹家堡, en: Caojiabao}}\n    pinyin: {pinyin}")
    assert (said(tmp_path, several) == []) is right


@pytest.mark.parametrize("content", ["", "[]", "cards: 7", "cards:\n  - nonsense\n"])
def test_a_file_without_cards(tmp_path: Path, content: str) -> None:
    assert len(said(tmp_path, content)) == 1


def test_an_installation_needs_no_cards(tmp_path: Path) -> None:
    assert load_cards(tmp_path / "cards.yml", RECORDS) == ([], [])


def test_what_is_shipped_is_in_order_and_has_what_visitors_show() -> None:
    cards, problems = load_cards(ROOT / "data" / "cards.yml", read_records(ROOT / "data" / "facts")[0])
    assert problems == []
    assert {"airport", "office", "venue", "place", "school"} <= {card.kind for card in cards}
    assert all(card.pinyin[0].isupper() and card.facts for card in cards)
