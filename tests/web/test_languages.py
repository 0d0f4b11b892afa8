"""Which language a page is shown in."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from web.languages import chosen, preferred

OURS = ("en", "zh")


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-TW", "zh"),
        ("zh-Hans-CN", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("en;q=0.5, zh;q=0.7", "zh"),
        ("ZH-cn", "zh"),
        ("tr,ja;q=0.9", "en"),
        ("tr,zh;q=0.3", "zh"),
        ("zh;q=0,en", "en"),
        ("zh;q=0", "en"),
        ("*", "en"),
        (";;;,,=", "en"),
        ("zh;q=many", "en"),
    ],
)
def test_the_browsers_language_is_taken(accept: str, language: str) -> None:
    assert preferred(accept, OURS) == language


@pytest.mark.parametrize(
    ("query", "accept", "language"),
    [
        ("language=zh", "en", "zh"),
        ("language=en", "zh", "en"),
        ("language=xx", "zh", "zh"),
        ("language=", "zh", "zh"),
        ("language=zh%0d%0aX", "", "en"),
    ],
)
def test_what_the_address_asks_for_comes_first(query: str, accept: str, language: str) -> None:
    headers = [(b"accept-language", accept.encode())]
    request = Request({"type": "http", "query_string": query.encode(), "headers": headers})
    assert chosen(request, OURS) == language


def test_a_third_language_is_taken_when_it_is_there() -> None:
    assert preferred("tr-TR,en;q=0.5", ("en", "zh", "tr")) == "tr"
