"""What the chat suggests to ask is answered: nobody's first question, given by us, should come to nothing."""

from __future__ import annotations

import pytest

from facts.texts import load
from settings import DATA, LANGUAGES
from tests.helpers.product import Product


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_suggested_question_is_answered(product: Product, language: str) -> None:
    interface, _ = load(DATA / "interface", LANGUAGES)
    suggested = interface.below("chat.suggestions", language)
    assert len(suggested) > 20
    outcomes = {question: product.reply(question)["outcome"] for question in suggested.values()}
    assert {question: outcome for question, outcome in outcomes.items() if outcome != "answer"} == {}
