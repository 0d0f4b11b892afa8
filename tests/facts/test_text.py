"""Text as the search sees it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.text import clean, detect_language, features, is_chinese, normalise, normalise_held, spoken_length

ANY_TEXT = st.text(st.characters())  # lone surrogates and all
WITH_SURROGATES = st.text(st.characters(categories=["Cs", "Cc", "Zs", "Lu", "Mn"]))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("", ""),
        ("  two\t words\r\n\u3000here ", "two words here"),
        ("bell\x07 and nul\x00", "bell and nul"),
        ("a\x85b\x1fc", "a b c"),
        ("half \ud800 of a pair", "half \ufffd of a pair"),
        ("\ud83d\ude00", "😀"),  # two halves that belong together
        ("西宁\u00a0夏都", "西宁 夏都"),
        ("Türkiye’s", "Türkiye’s"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("", ""),
        ("?!…", ""),
        ("😀", ""),
        ("How many people came, in 2012?", "how many people came in 2012"),
        ("Türkiye", "turkiye"),
        ("İstanbul", "istanbul"),
        ("Straße", "strasse"),
        ("ＸＩＮＩＮＧ　２０１２", "xining 2012"),
        ("what’s up", "what's up"),
        ("snake_case", "snake case"),
        ("2012年的论坛！", "2012 年的论坛"),
        ("去Edirne玩", "去 edirne 玩"),
        ("Россия", "россия"),
        ("論壇是什麼時候？", "论坛是什么时候"),
        ("夏都國際論壇 forum", "夏都国际论坛 forum"),
    ],
)
def test_normalise(text: str, normalised: str) -> None:
    assert normalise(text) == normalised
    assert normalise_held(text) == normalised


@pytest.mark.parametrize(
    ("simplified", "traditional"), [("犹他州签约", "猶他州簽約"), ("发展", "發展"), ("头发", "頭髮")]
)
def test_both_scripts_have_one_form(simplified: str, traditional: str) -> None:
    assert normalise(traditional) == simplified


@pytest.mark.parametrize("text", ["𝐗𝐢𝐧𝐢𝐧𝐠", "ᴬ", "㎒", "™", "ϒ"])
def test_case_does_not_count_in_compatibility_forms_either(text: str) -> None:
    folded = unicodedata.normalize("NFKD", text)
    assert normalise(text) == normalise(folded)


@given(ANY_TEXT | WITH_SURROGATES)
def test_clean_takes_any_text_and_has_nothing_left_to_do(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    cleaned.encode("utf-8")


@given(ANY_TEXT | WITH_SURROGATES)
def test_normalise_takes_any_text(text: str) -> None:
    normalised = normalise(text)
    normalised.encode("utf-8")
    assert normalised == clean(normalised)


@given(ANY_TEXT)
def test_normalise_has_nothing_left_to_do(text: str) -> None:
    normalised = normalise(text)
    assert normalise(normalised) == normalised


def test_normalise_has_nothing_left_to_do_for_any_character_of_another_form() -> None:
    others = [c for c in map(chr, range(0x110000)) if unicodedata.decomposition(c) or c.casefold() != c]
    assert len(others) > 5_000
    assert [f"U+{ord(c):04X}" for c in others if normalise(form := normalise(c)) != form] == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How many?", "en"),
        ("Türkiye", "en"),
        ("多少", "zh"),
        ("Edirne在哪里", "zh"),
        ("What does 夏都 mean?", "en"),  # a name in the other script
        ("夏都 Forum 是什么", "zh"),
        ("夏都 forum", "zh"),
        ("2012", None),
        ("2012年", "zh"),
        ("?", None),
        ("", None),
    ],
)
def test_detect_language(text: str, language: str | None) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "has"), [("多少", True), ("What does 夏都 mean?", True), ("Türkiye", False), ("", False)]
)
def test_is_chinese_where_there_are_han_characters(text: str, has: bool) -> None:
    assert is_chinese(text) == has


@pytest.mark.parametrize(
    ("normalised", "found"),
    [
        ("", []),
        ("ab", ["wab", "c ab", "cab ", "c ab "]),
        ("西宁市", ["h西", "h宁", "h市", "h西宁", "h宁市", "h西宁市"]),
        ("a b", ["wa", "c a ", "wb", "pa b", "c b "]),
        ("a 西 b", ["wa", "c a ", "h西", "wb", "c b "]),  # words on both sides of Han are no pair
    ],
)
def test_features(normalised: str, found: list[str]) -> None:
    assert list(features(normalised)) == found


@given(ANY_TEXT)
def test_features_takes_whatever_normalise_gives(text: str) -> None:
    normalised = normalise(text)
    assert bool(list(features(normalised))) == bool(normalised)


def test_a_han_character_says_as_much_as_three_letters() -> None:
    assert spoken_length("forum 论坛") == 6 + 2 * 3
