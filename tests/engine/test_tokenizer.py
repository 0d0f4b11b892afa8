"""The tokenizer for both languages."""

from __future__ import annotations

from itertools import pairwise

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from engine.tokenizer import BilingualTokenizer


def tokenizer() -> BilingualTokenizer:
    return BilingualTokenizer(BilingualTokenizer.get_default_config())


def tokens(text: str) -> list[Token]:
    message = Message(data={TEXT: text})
    tokenizer().process([message])
    found: list[Token] = message.get(TOKENS_NAMES[TEXT])
    return found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("How many people came?", ["How", "many", "people", "came"]),
        ("don't e-mail St. Petersburg's mayor", ["don't", "e-mail", "St", "Petersburg's", "mayor"]),
        ("the city’s forum", ["the", "city’s", "forum"]),
        ("v3.6.21, 2010-2012", ["v3.6.21", "2010-2012"]),
        ("snake_case and/or __x__", ["snake", "case", "and", "or", "x"]),
        ("Türkiye, Сибирь, ก", ["Türkiye", "Сибирь", "ก"]),
        ("西宁有多少友好城市", ["西宁", "有", "多少", "友好城市"]),
        ("西宁，上海！", ["西宁", "上海"]),
        ("forum有多少people参加？", ["forum", "有", "多少", "people", "参加"]),
        ("2010年的forum", ["2010", "年", "的", "forum"]),
    ],
)
def test_words_of_both_languages(text: str, words: list[str]) -> None:
    assert [token.text for token in tokens(text)] == words


@pytest.mark.parametrize("word", ["전주", "안녕하세요", "ꀀꀁꀂ", "ꥠꥡ", "ꬠꬡ"], ids=ascii)
def test_words_of_other_scripts_are_not_taken_for_chinese(word: str) -> None:
    assert [token.text for token in tokens(f"is {word} a partner?")] == ["is", word, "a", "partner"]


@pytest.mark.parametrize("text", ["夏都国际论坛一共有多少人参加", "外国专家来自哪些国家", "我想转人工服务"])
def test_chinese_is_split_as_jieba_does(text: str) -> None:
    assert [token.text for token in tokens(text)] == jieba.lcut(text)
    assert 1 < len(tokens(text)) < len(text)


@pytest.mark.parametrize(
    "text",
    [
        "How many people came to the forum in 2012?",
        "  forum有多少people参加？ 2010年 😀 forum ",
        "西宁, 上海 and 北京!",
        "👩‍👩‍👧西宁👩‍👩‍👧forum",
    ],
)
def test_offsets_lead_into_the_text(text: str) -> None:
    found = tokens(text)
    assert len(found) >= 2
    assert all(text[token.start : token.end] == token.text for token in found)


@pytest.mark.parametrize("text", ["?!", "😀", "...", "＿", "—", " ", "___"])
def test_a_text_without_words_is_one_token(text: str) -> None:
    (token,) = tokenizer().tokenize(Message(data={TEXT: text}), TEXT)
    assert (token.text, token.start) == (text, 0)


def spans(text: str) -> list[tuple[int, int]]:
    return [(t.start, t.end) for t in tokenizer().tokenize(Message(data={TEXT: text}), TEXT)]


# Mixed on purpose: Han from both ranges and beyond the basic plane, Latin, other scripts, marks, lone surrogates.
mixed = st.text(
    st.sampled_from("西宁论坛有㐀豈𠀀aZé'’.-_ 7７?？，\n\u200b\u0301\ud800\x00전กß😀") | st.characters(), max_size=40
)


@settings(max_examples=400, deadline=None, database=None, derandomize=True)
@given(text=mixed)
def test_any_text_is_split_in_order_and_wholly(text: str) -> None:
    found = spans(text)
    assert found
    assert all(start < end for start, end in found) or text == ""
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    covered = {position for start, end in found for position in range(start, end)}
    assert all(position in covered for position, character in enumerate(text) if character.isalnum())


def test_training_examples_are_split_like_messages() -> None:
    message = Message.build(text="forum有多少people", intent="ask_forum")
    tokenizer().process_training_data(TrainingData([message]))
    assert [t.text for t in message.get(TOKENS_NAMES[TEXT])] == ["forum", "有", "多少", "people"]
    assert [t.text for t in message.get(TOKENS_NAMES[INTENT])] == ["ask_forum"]


def test_both_languages_are_supported() -> None:
    assert BilingualTokenizer.supported_languages() is None
    assert BilingualTokenizer.not_supported_languages() is None
