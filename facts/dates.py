"""Dates as they are spoken."""

from __future__ import annotations

import datetime

from babel.dates import format_skeleton


def spoken_date(partial: str | None, language: str) -> str | None:
    """Gives a partial date (``2012``, ``2012-06``, ``2012-06-10``) as a language writes it: "10 Jun 2012", 2012年6月10日."""
    if partial is None:
        return None
    numbers = [int(part) for part in partial.split("-")]
    skeleton = ("y", "yMMMM", "yMMMMd")[len(numbers) - 1]
    day = datetime.date(*[*numbers, 1, 1][:3])
    locale = {"en": "en_GB", "zh": "zh_CN"}.get(language, language)
    return format_skeleton(skeleton, day, locale=locale)
