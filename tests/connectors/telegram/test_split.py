"""Long texts become several messages: nothing is lost, nothing is cut that is one thing to the reader."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.telegram.split import LONGEST, Mark, Written, split, units

WHOLE = ["👨‍👩‍👧‍👦", "👩🏽‍🚀", "👍🏽", "🇨🇳", "❤️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "é", "한", "𠀀", "👋"]
"""One character each to who reads them."""
PIECES = st.one_of(
    st.sampled_from(
        [*WHOLE, " ", "\n", "\n\n", ". ", "。", "！", "，", ", ", "word", "西宁", "<b>", "&amp;", "_*", "שלום"]
    ),
    st.text(max_size=30),
)


def squeezed(text: str) -> str:
    """Gives a text without white space."""
    return "".join(text.split())


def written(text: str, marks: list[tuple[int, int]]) -> Written:
    """Makes a text with marks somewhere."""
    held = [Mark("bold", min(one), max(one)) for one in ([place % (len(text) + 1) for place in mark] for mark in marks)]
    return Written(text, [mark for mark in held if mark.end > mark.start])


@given(
    st.lists(PIECES, max_size=60).map("".join),
    st.lists(st.tuples(st.integers(0, 999), st.integers(0, 999)), max_size=3),
)
@settings(max_examples=150, deadline=None)
def test_nothing_is_lost_and_every_part_fits(text: str, marks: list[tuple[int, int]]) -> None:
    whole = written(text, marks)
    parts = split(whole, 64)
    assert squeezed("".join(part.text for part in parts)) == squeezed(text)
    for part in parts:
        assert 0 < units(part.text) <= 64
        assert part.text == part.text.strip()
        for mark in part.marks:
            assert 0 <= mark.start < mark.end <= len(part.text)
    marked = "".join(text[mark.start : mark.end] for mark in whole.marks)
    kept = "".join(part.text[mark.start : mark.end] for part in parts for mark in part.marks)
    assert sorted(squeezed(kept)) == sorted(squeezed(marked))


@given(st.lists(st.one_of(st.sampled_from(WHOLE), st.sampled_from(list("aé西 ,.!\n"))), min_size=1, max_size=200))
@settings(max_examples=150, deadline=None)
@example(["👨‍👩‍👧‍👦"] * 30)
@example(["🇨🇳"] * 100)
@example(["x", *["🇨🇳"] * 100])
@example(["👍🏽"] * 100)
@example(["1️⃣"] * 100)
@example(["🏴󠁧󠁢󠁥󠁮󠁧󠁿"] * 20)
def test_no_emoji_is_cut(pieces: list[str]) -> None:
    text = "".join(pieces)
    borders, place = {0}, 0
    for piece in pieces:
        place += len(piece)
        borders.add(place)
    found = 0
    for part in split(Written(text), 64):
        found = text.index(part.text, found)
        assert found in borders, part.text
        found += len(part.text)
        assert found in borders, part.text


@given(st.text(alphabet="á☝️\u200d🏽", max_size=1000))
@settings(max_examples=50, deadline=None)
@example("a" + "\u0301" * 1000)
@example("\u200d" * 1000)
def test_no_text_becomes_many_tiny_messages(text: str) -> None:
    assert len(split(Written(text), 64)) <= units(text) // 20 + 1


@given(st.lists(st.tuples(st.text(max_size=40), st.sampled_from(["bold", "italic", None])), max_size=30))
@settings(max_examples=100, deadline=None)
def test_entities_are_counted_as_telegram_does(pieces: list[tuple[str, str | None]]) -> None:
    whole = Written()
    expected = []
    for text, kind in pieces:
        whole.add(text, *([kind] if kind else []))
        if kind and text:
            expected.append(text)
    entities = whole.entities()
    raw = whole.text.encode("utf-16-le", "surrogatepass")
    shown = [raw[2 * e.offset : 2 * (e.offset + e.length)].decode("utf-16-le", "surrogatepass") for e in entities]
    assert shown == expected


def test_a_short_text_stays_whole() -> None:
    (only,) = split(Written("x" * LONGEST))
    assert len(only.text) == LONGEST
    assert [len(part.text) for part in split(Written("x" * (LONGEST + 1)))] == [LONGEST, 1]
    assert [part.text for part in split(Written("😀" * (LONGEST // 2 + 1)))] == ["😀" * (LONGEST // 2), "😀"]


def test_nothing_but_white_space_is_no_message() -> None:
    assert split(Written("")) == []
    assert split(Written(" \n\u3000 ")) == []
    assert split(Written("\n" * 10_000)) == []


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("a" * 40 + "\n\n" + "b. " * 10, "a" * 40),
        ("a. " * 13 + "b\n" + "c" * 40, "a. " * 13 + "b"),
        (
            "This is a sentence of some length. And another one that is longer, with a part of it",
            "This is a sentence of some length.",
        ),
        ("word " * 30, ("word " * 12).strip()),
        (
            "西宁是青海省的省会，海拔两千多米，夏天凉爽，冬天寒冷。" * 3,
            "西宁是青海省的省会，海拔两千多米，夏天凉爽，冬天寒冷。" * 2,
        ),
        (
            "he said “the forum is held in July each year!” and then he went away home",
            "he said “the forum is held in July each year!”",
        ),
    ],
)
def test_a_text_is_cut_at_the_most_sensible_place(text: str, first: str) -> None:
    assert split(Written(text), 64)[0].text == first


@pytest.mark.parametrize(
    "whole",
    ["1,234,567,890", "https://example.org/a?year=2012&b=c,d;e!f", "3.14159", "e.g.", "10:30", "xining@example.org"],
)
def test_numbers_and_addresses_are_not_cut_where_a_blank_is_near(whole: str) -> None:
    for before in range(36, 64):
        text = "w " * (before // 2) + whole + " and so on" * 6
        assert any(re.search(rf"(^|\s){re.escape(whole)}($|\s)", part.text) for part in split(Written(text), 64)), (
            before
        )


def test_an_address_keeps_its_link_in_both_parts() -> None:
    whole = Written().add("x" * 60 + " ").add("a link of many words " * 3, "italic", url="https://example.org/")
    parts = split(whole, 64)
    assert len(parts) > 1
    links = [mark for part in parts for mark in part.marks if mark.url]
    assert len(links) >= 1
    assert all(mark.url == "https://example.org/" for mark in links)


def test_a_very_long_text_is_split_quickly() -> None:
    parts = split(Written("夏都 forum 😀. " * 20_000))
    assert 55 < len(parts) < 130
