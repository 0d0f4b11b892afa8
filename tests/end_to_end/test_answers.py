"""A first question answered: the real engine and service, in both languages."""

from __future__ import annotations

import pytest

from tests.helpers.product import Product


@pytest.mark.parametrize(
    ("question", "language", "outcome", "facts"),
    [
        ("What is the total number of participants across the Xiadu forums?", "en", "answer", ["forum-participants"]),
        ("三届夏都国际论坛总共来了多少人？", "zh", "answer", ["forum-participants"]),
        ("How many foreign experts did the city invite to Xining?", "en", "answer", ["experts-number"]),
        ("服务百家企业活动一共服务了多少家企业", "zh", "answer", ["enterprise-number"]),
        ("Good morning!", "en", "smalltalk", []),
        ("谢谢你", "zh", "smalltalk", []),
        ("Can I talk to a real person please?", "en", "handoff", []),
        ("Can you recommend a good laptop?", "en", "out_of_scope", []),
        ("给我讲个笑话", "zh", "out_of_scope", []),
    ],
)
def test_a_question_gets_its_answer(
    product: Product, question: str, language: str, outcome: str, facts: list[str]
) -> None:
    reply = product.reply(question)
    assert (reply["outcome"], reply["facts"], reply["language"]) == (outcome, facts, language)
    assert "degraded" not in reply


@pytest.mark.parametrize(
    ("question", "outcome", "begins"),
    [
        ("Is Xining in Tibet?", "answer", "No."),
        ("埃迪尔内是西宁的友好城市吗？", "answer", "是的。"),
        ("What will the weather be like in Xining tomorrow?", "unknown", "The weather of today and forecasts are not"),
        ("Who are the 13 foreign experts?", "unknown", "Who the 13 foreign experts were is not on record here."),
        (
            "Is Taiwan a country?",
            "out_of_scope",
            "I give information on Xining's international exchanges only and take no",
        ),
        ("Help, my passport was stolen!", "answer", "Call 110"),
        ("This is useless, your answers are terrible", "smalltalk", "I'm sorry"),
    ],
)
def test_how_a_reply_begins(product: Product, question: str, outcome: str, begins: str) -> None:
    reply = product.reply(question)
    assert (reply["outcome"], reply["text"][: len(begins)]) == (outcome, begins)
    assert "degraded" not in reply


def test_two_questions_in_one_are_both_answered(product: Product) -> None:
    reply = product.reply("How many students took part in the homestays? And how many foreign experts were invited?")
    assert (reply["outcome"], reply["facts"]) == ("answer", ["homestay-students", "experts-number"])


def test_an_answer_is_dated_and_sourced(product: Product) -> None:
    reply = product.reply("Is Edirne a sister city of Xining?")
    assert reply["outcome"] == "answer"
    assert reply["as_of"]
    assert all(source["title"] and "publisher" in source and "date" in source for source in reply["sources"])
    assert any(source.get("url", "").startswith("http") for source in reply["sources"])


def test_sources_of_low_reliability_are_named_without_a_link(product: Product) -> None:
    reply = product.reply("How many foreign experts did the city invite to Xining?")
    assert reply["sources"]
    assert all("url" not in source for source in reply["sources"])


def test_the_language_that_is_asked_for_wins(product: Product) -> None:
    assert product.reply("How many people came to the three forums?", language="zh")["language"] == "zh"


def test_a_follow_up_keeps_the_topic(product: Product) -> None:
    first = product.ask("How many students took part in the homestays?")
    assert first["messages"][0]["facts"] == ["homestay-students"]
    second = product.ask("and in how many batches?", first["conversation"])
    assert second["messages"][0]["facts"] == ["homestay-batches"]


@pytest.mark.parametrize(
    ("asked", "told"), [("Where did you get that from?", "That comes from"), ("Is that still so?", "That is as of")]
)
def test_source_and_date_of_an_answer_can_be_asked_for(product: Product, asked: str, told: str) -> None:
    first = product.ask("How many foreign experts did the city invite to Xining?")
    (reply,) = product.ask(asked, first["conversation"])["messages"]
    assert (reply["facts"], reply["text"][: len(told)]) == (["experts-number"], told)


def test_a_button_is_what_it_says(product: Product) -> None:
    first = product.ask("How many foreign experts did the city invite to Xining?")
    (message,) = first["messages"]
    assert message["buttons"]
    pressed = product.ask(button=message["buttons"][0]["id"], conversation=first["conversation"])
    (reply,) = pressed["messages"]
    assert reply["outcome"] in ("answer", "unknown")
    assert "degraded" not in reply


@pytest.mark.parametrize("text", ["/restart", "/choose", "  /greet", '/ask_forum{"x": 1}', "/", "//session_start"])
def test_plain_text_is_never_a_command(product: Product, text: str) -> None:
    first = product.ask("How many students took part in the homestays?")
    second = product.ask(text, first["conversation"])
    assert "degraded" not in second["messages"][0]
    history = product.history(first["conversation"])
    assert [said["text"] for said in history if said["from"] == "visitor"][1] == text.strip()
