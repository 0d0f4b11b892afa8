"""Cases put to a product that answers what the test tells it to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from benchmarks.evaluate.ask import Degraded, ask_all
from benchmarks.evaluate.cases import Talk
from tests.benchmarks.made import case, reply
from tests.helpers.http_server import Answer, Answering, answering


def answered(**more: Any) -> Answer:
    return Answer({"conversation": "token", "messages": [{**reply("answer", "forum-what"), **more}]})


@pytest.fixture
def product() -> Iterator[Answering]:
    with answering(answered()) as server:
        yield server


def test_each_case_is_asked_in_a_conversation_of_its_own(product: Answering) -> None:
    cases = [case("answer", text="One?"), case("unknown", text="Two?"), case(text="For its intent only")]
    judged = ask_all(product.url, cases, [])
    assert [(one.case.text, one.verdict, one.talk) for one in judged] == [
        ("One?", "right", None),
        ("Two?", "answered though unknown", None),
    ]
    assert sorted(call.body["text"] for call in product.calls) == ["One?", "Two?"]
    assert [call for call in product.calls if "conversation" in call.body] == []
    assert {(call.method, call.path) for call in product.calls} == {("POST", "/api/messages")}


def test_the_turns_of_a_talk_are_asked_in_one_conversation(product: Answering) -> None:
    turns = (case("answer", text="One?"), case("answer", text="Two?"), case("clarify", text="Three?"))
    judged = ask_all(product.url, [], [Talk("en: a talk", turns)])
    assert [(one.verdict, one.talk) for one in judged] == [
        ("right", "en: a talk"),
        ("right", "en: a talk"),
        ("answered though unknown", "en: a talk"),
    ]
    assert [(call.body["text"], call.body.get("conversation")) for call in product.calls] == [
        ("One?", None),
        ("Two?", "token"),
        ("Three?", "token"),
    ]


def test_an_answer_without_the_engine_ends_the_run(product: Answering) -> None:
    product.answers = [answered(degraded=True)]
    with pytest.raises(Degraded, match=r"^'What was it\?' was answered without the engine\.$"):
        ask_all(product.url, [case("answer")], [])


def test_a_refusal_ends_the_run(product: Answering) -> None:
    product.answers = [Answer({}, status=429)]
    with pytest.raises(requests.HTTPError, match="429"):
        ask_all(product.url, [case("answer")], [])
