"""What browsers are told to refuse."""

from __future__ import annotations

import pytest

from web.headers import headers


def policy(*framed_by: str) -> dict[str, str]:
    parts = (part.split(" ", 1) for part in headers(framed_by)["Content-Security-Policy"].split("; "))
    return dict(parts)


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_run_from_the_page() -> None:
    assert policy()["default-src"] == "'none'"
    assert policy()["script-src"] == policy()["style-src"] == policy()["connect-src"] == "'self'"
    assert [value for value in policy().values() if "unsafe" in value or "*" in value or "http" in value] == []


@pytest.mark.parametrize(
    ("framed_by", "ancestors"),
    [((), "'none'"), (("'self'",), "'self'"), (("'self'", "https://a.example"), "'self' https://a.example")],
)
def test_only_named_sites_may_frame_a_page(framed_by: tuple[str, ...], ancestors: str) -> None:
    assert policy(*framed_by)["frame-ancestors"] == ancestors


def test_types_are_not_guessed_and_addresses_not_told_in_full() -> None:
    assert headers()["X-Content-Type-Options"] == "nosniff"
    assert headers()["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "microphone=()" in headers()["Permissions-Policy"]
