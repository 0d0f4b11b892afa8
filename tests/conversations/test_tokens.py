"""Conversation tokens: nobody can make one up."""

from __future__ import annotations

import pytest

from conversations.tokens import Tokens, UnknownToken
from settings import Secret

TOKENS = Tokens(Secret("one key that is long enough to use"))
OTHERS = Tokens(Secret("another key that is long enough too"))


@pytest.mark.parametrize("conversation", ["c-abc", "c-with.dots", "c-夏都", ""])
def test_a_token_gives_its_conversation(conversation: str) -> None:
    assert TOKENS.read(TOKENS.issue(conversation)) == conversation


def test_a_token_holds_for_as_long_as_the_key() -> None:
    same_key = Tokens(Secret("one key that is long enough to use"))
    assert same_key.read(TOKENS.issue("c-abc")) == "c-abc"


GOOD = TOKENS.issue("c-abc")


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "c-abc",
        "c-abc.",
        GOOD[:-1],
        GOOD + "x",
        GOOD.replace("c-abc", "c-abd"),
        GOOD.swapcase(),
        "c-x." + GOOD.partition(".")[2],
        OTHERS.issue("c-abc"),
        "夏都.夏都",
        "\ud800",
        "\0",
        "x" * 100_000,
    ],
)
def test_a_token_that_is_not_ours_is_unknown(token: str) -> None:
    with pytest.raises(UnknownToken):
        TOKENS.read(token)
