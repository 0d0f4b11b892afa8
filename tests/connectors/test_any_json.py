"""Whatever is sent to the API, the answer is a reply or a problem document, never a fault of ours."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.web_chat.routes import LONGEST_BODY
from connectors.web_chat.schemas import LONGEST_TEXT
from tests.connectors.web import Web, answered, answered_or_refused, problem_of

# The same examples each time: a failure can be seen again.
ANY = settings(
    max_examples=200, deadline=None, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)

any_text = st.text(st.characters(exclude_categories=()), max_size=60)  # lone surrogates and control characters, too
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(any_text, inner, max_size=5),
    max_leaves=20,
)
PARTS = ("conversation", "id", "text", "button", "language", "message", "rating", "comment")
any_body = st.dictionaries(st.sampled_from(PARTS) | any_text, any_json, max_size=6)
nearly_right = st.fixed_dictionaries(
    {"text": any_text | any_json},
    optional={
        "id": st.from_regex(r"[\x21-\x7e]{16,30}", fullmatch=True) | any_json,
        "language": st.sampled_from(["en", "zh", "tr", "EN", "en-GB", ""]) | any_json,
        "conversation": any_text | any_json,
        "button": any_text | any_json,
    },
)


@ANY
@given(text=any_text)
def test_any_text(shared_web: Web, text: str) -> None:
    status = answered_or_refused(shared_web.post({"text": text}))
    assert status in (200, 422)


@ANY
@given(body=any_json | any_body | nearly_right)
def test_any_message(shared_web: Web, body: Any) -> None:
    answered_or_refused(shared_web.post(body))


@ANY
@given(body=any_json | any_body)
def test_any_feedback(shared_web: Web, body: Any) -> None:
    response = shared_web.post(body, "/api/feedback")
    assert response.status_code != 204
    answered_or_refused(response)


@ANY
@given(content=st.binary(max_size=200))
def test_any_bytes(shared_web: Web, content: bytes) -> None:
    answered_or_refused(shared_web.post(content))


@ANY
@given(token=st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=60))
def test_any_token(shared_web: Web, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode("latin-1")}
    for method, path in (("GET", "/api/messages"), ("DELETE", "/api/conversation")):
        assert problem_of(shared_web.send(method, path, headers=headers)) == (401, "unknown-token")


@ANY
@given(path=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="?#"), max_size=30))
def test_any_path(shared_web: Web, path: str) -> None:
    response = shared_web.send("GET", "/api/" + quote(path))
    if response.status_code not in (200, 307):  # /api/openapi.json; a slash too many
        answered_or_refused(response)


@pytest.mark.parametrize(
    "text",
    [
        "?!",
        "😀",
        "👩‍👩‍👧‍👦" * 50,
        "é",
        "e\u0301",
        "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘",
        "مرحبا، كم عدد المشاركين؟",
        "‮reversed‬",
        "​",
        "﻿BOM",
        "\x00How many\x07?",
        "line\r\nline\x0bline\x85line",
        "　全角　空格　",
        "/restart",
        " \t/session_start{}",
        "//",
        "/",
        "\x00/restart",
        "／choose",
        "{{7*7}} ${7*7} %s %(x)s {topic} {0}",
        "'; DROP TABLE turn; --",
        "<script>alert(1)</script>",
        "a" * LONGEST_TEXT,
        "西" * LONGEST_TEXT,
        "😀" * LONGEST_TEXT,
        "a " * (LONGEST_TEXT // 2),
        "null",
        "true",
        "0",
        "NaN",
        "\U0010ffff\ufffe\uffff",
    ],
    ids=lambda text: ascii(text)[:30],
)
def test_texts_that_are_answered(shared_web: Web, text: str) -> None:
    answered(shared_web.post({"text": text}))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", (400, "invalid-json")),
        (b"   ", (400, "invalid-json")),
        (b"{", (400, "invalid-json")),
        (b"{'text': 'hi'}", (400, "invalid-json")),
        (b'{"text": "hi"} {}', (400, "invalid-json")),
        (b"text=hi", (400, "invalid-json")),
        (b'{"text": "\xff\xfe"}', (400, "invalid-json")),
        (b'{"text": "\xc0\xaf"}', (400, "invalid-json")),
        (b'{"text": "\\x41"}', (400, "invalid-json")),
        (b'{"text": "\n"}', (400, "invalid-json")),
        (b'{"text": ' + b"9" * 5000 + b"}", (400, "invalid-json")),
        (b"null", (422, "invalid-request")),
        (b"[]", (422, "invalid-request")),
        (b"true", (422, "invalid-request")),
        (b'"hi"', (422, "invalid-request")),
        (b"7", (422, "invalid-request")),
        (b"{}", (422, "invalid-request")),
        (b'{"text": null}', (422, "invalid-request")),
        (b'{"text": 7}', (422, "invalid-request")),
        (b'{"text": 1e999}', (422, "invalid-request")),
        (b'{"text": NaN}', (422, "invalid-request")),
        (b'{"text": -' + b"9" * 4000 + b"}", (422, "invalid-request")),
        (b'{"text": ["hi"]}', (422, "invalid-request")),
        (b'{"text": {"text": "hi"}}', (422, "invalid-request")),
        (b'{"text": ' + b"[" * 500 + b"]" * 500 + b"}", (422, "invalid-request")),
        (b'{"text": "hi", "button": "x"}', (422, "invalid-request")),
        (b'{"text": "hi", "sender": "x"}', (422, "invalid-request")),
        (b'{"text": "hi", "": 1}', (422, "invalid-request")),
        (b'{"text": "hi", "\\ud800": 1}', (422, "invalid-request")),
        (b'{"text": "\\ud800"}', (422, "invalid-request")),
        (b'{"text": "\xed\xa0\x80"}', (422, "invalid-request")),  # the same, written out
        (b'{"text": "\\udc00\\ud800"}', (422, "invalid-request")),
        (b'{"text": "hi", "language": "tr"}', (422, "invalid-request")),
        (b'{"text": "hi", "language": "EN"}', (422, "invalid-request")),
        (b'{"text": "hi", "language": "en\\n"}', (422, "invalid-request")),
        (b'{"text": "hi", "language": "\\ud800"}', (422, "invalid-request")),
        (b'{"text": "hi", "id": "short"}', (422, "invalid-request")),
        (b'{"text": "hi", "id": "sixteen or more, with spaces"}', (422, "invalid-request")),
        (b'{"text": "hi", "id": "sixteen-or-more-and-a-line\\n"}', (422, "invalid-request")),
        (b'{"text": "hi", "id": "' + b"x" * 101 + b'"}', (422, "invalid-request")),
        (b'{"text": "hi", "conversation": ""}', (422, "invalid-request")),
        (b'{"text": "hi", "conversation": "' + b"x" * 201 + b'"}', (422, "invalid-request")),
        (b'{"button": ""}', (422, "invalid-request")),
        (b'{"button": "' + b"x" * 65 + b'"}', (422, "invalid-request")),
        (b'{"text": "' + b"x" * (LONGEST_TEXT + 1) + b'"}', (422, "invalid-request")),
        (b'{"text": "' + b"x" * 10_000 + b'"}', (422, "invalid-request")),
        (b'{"text": ""}', (422, "empty-message")),
        (b'{"text": "  \\t\\n"}', (422, "empty-message")),
        ('{"text": "\u3000\xa0"}'.encode(), (422, "empty-message")),
        (b'{"text": "\\u0000\\u0007"}', (422, "empty-message")),
        (b'{"text": "hi", "conversation": "made up"}', (401, "unknown-token")),
        (b'{"text": "hi", "conversation": "\\u0000"}', (401, "unknown-token")),
        (b'{"button": "unknown"}', (404, "unknown-button")),
        (b'{"text": "' + b"x" * LONGEST_BODY + b'"}', (413, "too-long")),
        (b" " * (LONGEST_BODY + 1), (413, "too-long")),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_bodies_that_are_refused(shared_web: Web, content: bytes, problem: tuple[int, str]) -> None:
    assert problem_of(shared_web.post(content)) == problem


def test_the_longest_body_that_is_read(shared_web: Web) -> None:
    body = json.dumps({"text": "西" * LONGEST_TEXT}).encode()
    answered(shared_web.post(body + b" " * (LONGEST_BODY - len(body))))


@pytest.mark.parametrize("depth", [100, 1000, 5000, 10_000, LONGEST_BODY // 2])
def test_deep_nesting_is_refused(shared_web: Web, depth: int) -> None:
    for content in (b"[" * depth, b"[" * depth + b"]" * depth, b'{"a":' * (depth // 6) + b"1" + b"}" * (depth // 6)):
        assert answered_or_refused(shared_web.post(content)) in (400, 422)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_every_encoding_of_json_is_read(shared_web: Web, encoding: str) -> None:
    answer = answered(shared_web.post('{"text": "西宁"}'.encode(encoding)))
    assert shared_web.get(answer["conversation"]).json()["messages"][0]["text"] == "西宁"


def test_a_refusal_is_short(shared_web: Web) -> None:
    body = json.dumps({f"{n:x}": 0 for n in range(5000)}).encode()
    response = shared_web.post(body)
    assert problem_of(response) == (422, "invalid-request")
    assert len(response.content) < 10_000


def test_nothing_was_a_command_to_the_engine(shared_web: Web) -> None:
    before = len(shared_web.engine.asked)
    answered(shared_web.post({"text": "\x00 /restart"}))
    assert [asked.text for asked in shared_web.engine.asked[before:]] == ["／restart"]
