"""Dates as they are spoken."""

from __future__ import annotations

import pytest

from facts.dates import spoken_date


@pytest.mark.parametrize(
    ("partial", "language", "spoken"),
    [
        (None, "en", None),
        (None, "zh", None),
        ("2012", "en", "2012"),
        ("2012-06", "en", "June 2012"),
        ("2012", "zh", "2012年"),
        ("2012-06", "zh", "2012年6月"),
        ("2012-06-10", "zh", "2012年6月10日"),
        ("2012-12-01", "zh", "2012年12月1日"),
    ],
)
def test_a_partial_date_is_spoken(partial: str | None, language: str, spoken: str | None) -> None:
    assert spoken_date(partial, language) == spoken


@pytest.mark.parametrize("part", ["10", "Jun", "2012"])
def test_a_whole_date_is_spoken_in_english(part: str) -> None:
    assert part in str(spoken_date("2012-06-10", "en"))


def test_another_language_writes_it_its_own_way() -> None:
    assert spoken_date("2012-06", "de") == "Juni 2012"
