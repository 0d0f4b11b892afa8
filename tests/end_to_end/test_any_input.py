"""Whatever a visitor writes, the running product answers, and its engine lives on."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from connectors.web_chat.schemas import LONGEST_TEXT, Answer, ProblemDocument
from tests.helpers.product import Product, until

QUESTION = "How many foreign experts did the city invite to Xining?"

WRITTEN = [
    "",
    " \t\r\n",
    "\x00\x01\x02\x1b[31m",
    "?",
    "?!...",
    "_",
    "😀",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "\u200b\u200d\ufeff",
    "\u202eHow many?\u202c",
    "H̸̡̪̯ͨ͊̽̅̾o̷w many people?",
    "مرحبا، كم عدد الخبراء؟",
    "전주는 자매도시입니까?",
    "𠀀𠀁𠀂 西宁",
    "西寧有幾個友好城市？",
    "Ｈｏｗ　ｍａｎｙ？",
    "/",
    "//",
    "/restart",
    " /session_start",
    '/ask_forum{"topic": "x"}',
    "/choose",
    "／restart",
    "\u200b/restart",
    "EXTERNAL: restart",
    '{"sender": "x", "text": "/restart"}',
    "[[](){}]",
    "[Edirne](place)",
    '[Edirne]{"entity": "place"}',
    "{topic} {0} %s %(x)s ${x} {{7*7}}",
    "'; DROP TABLE turn; --",
    '" OR 1=1 --',
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "http://example.org/?a=b&c=d#e",
    "null",
    "None",
    "true",
    "-1e999",
    "9" * LONGEST_TEXT,
    "a" * LONGEST_TEXT,
    "西" * LONGEST_TEXT,
    "😀" * LONGEST_TEXT,
    "how many " * (LONGEST_TEXT // 9),
    "?" * LONGEST_TEXT,
    "(" * LONGEST_TEXT,
    "x" * 10_000,
    "a\x85b\x0bc\x0cd\u2028e\u2029f",
    "\ud800",
    "before \udfff after",
    "\ud83d\ude00",
    "\U0010ffff\ufffe\uffff",
]


def made_up(seed: int, count: int) -> list[str]:
    """Texts of arbitrary characters, the same ones at each run."""
    chance = random.Random(seed)
    ranges = [
        (0, 0x20),
        (0x20, 0x7F),
        (0x80, 0x250),
        (0x300, 0x370),
        (0x4E00, 0xA000),
        (0xAC00, 0xD7A4),
        (0xD800, 0xE000),
    ]
    ranges += [(0x1F300, 0x1FAFF), (0x20000, 0x2A6D0), (0, 0x110000)]
    return [
        "".join(chr(chance.randrange(*chance.choice(ranges))) for _ in range(chance.randrange(1, 80)))
        for _ in range(count)
    ]


TEXTS = [*WRITTEN, *made_up(20240611, 20)]


def send(product: Product, body: Any) -> requests.Response:
    """Posts JSON with every character escaped, or bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return requests.post(f"{product.url}/api/messages", data=content, timeout=15)


def check(response: requests.Response) -> int:
    """Checks that it is an answer of the engine or a problem of the client's."""
    if response.status_code == 200:
        answer = Answer.model_validate(response.json())
        assert answer.messages
        assert all(said.text.strip() for said in answer.messages)
        assert not any(said.degraded for said in answer.messages), response.text
    else:
        assert 400 <= response.status_code < 500, response.text
        assert response.headers["Content-Type"] == "application/problem+json"
        assert ProblemDocument.model_validate(response.json()).status == response.status_code
    return response.status_code


def well(product: Product) -> None:
    """Checks that a plain question is answered by the engine."""
    reply = product.reply(QUESTION)
    assert (reply["outcome"], reply["facts"]) == ("answer", ["experts-number"])
    assert "degraded" not in reply


def test_any_text_is_answered_or_refused_and_the_engine_lives(product: Product) -> None:
    until(lambda: "degraded" not in product.reply(QUESTION), 15, product.log)
    engine = product.engine_pid
    assert engine is not None
    statuses = []
    for text in TEXTS:
        statuses.append(check(send(product, {"text": text})))
        assert product.engine_pid == engine, ascii(text)
    assert len(TEXTS) >= 60
    assert statuses.count(200) >= 40
    assert set(statuses) == {200, 422}
    well(product)
    assert product.engine_pid == engine


def test_any_text_within_one_talk(product: Product) -> None:
    """A talk that becomes long, too: no text of it spoils the next turn."""
    engine = product.engine_pid
    token = product.ask(QUESTION)["conversation"]
    for text in TEXTS:
        check(send(product, {"text": text, "conversation": token}))
    answer = product.ask(QUESTION, token)
    assert answer["messages"][0]["facts"] == ["experts-number"]
    assert "degraded" not in answer["messages"][0]
    said = product.history(token)
    assert len(said) >= 2 * 40
    assert said[0]["text"] == said[-2]["text"] == QUESTION
    assert product.engine_pid == engine


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"text": "\xff"}',
        b"[" * 60_000,
        b'{"text": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        b'{"text": ' + b"9" * 60_000 + b"}",
        b'{"text": "' + b"x" * 100_000 + b'"}',
        b'{"text": "hi", "\\ud800": 1}',
        b'{"text": "hi", "conversation": "made up"}',
        b'{"button": "made up"}',
        b"null",
        b'{"text": NaN}',
    ],
    ids=lambda body: ascii(body)[:30],
)
def test_a_nasty_body_is_refused(product: Product, body: bytes) -> None:
    assert check(send(product, body)) != 200


def test_many_nasty_texts_at_once(product: Product) -> None:
    engine = product.engine_pid
    with ThreadPoolExecutor(8) as visitors:
        responses = list(visitors.map(lambda text: send(product, {"text": text}), TEXTS))
    assert {response.status_code for response in responses} <= {200, 422}
    until(lambda: "degraded" not in product.reply(QUESTION), 15, product.log)
    well(product)
    assert product.engine_pid == engine
