"""Which language a page is shown in."""

from __future__ import annotations

from collections.abc import Sequence

from babel import negotiate_locale
from starlette.requests import Request


def chosen(request: Request, available: Sequence[str]) -> str:
    """Chooses the language of a page: what the address asks for, or what the browser prefers, or the first.

    Args:
        request: ``?language=zh`` and ``Accept-Language`` are read.
        available: codes such as ``en``, ``zh``, the fallback first.
    """
    wanted = request.query_params.get("language", "")
    if wanted in available:
        return wanted
    return preferred(request.headers.get("Accept-Language", ""), available)


def preferred(accept: str, available: Sequence[str]) -> str:
    """Chooses by an ``Accept-Language`` header (RFC 9110, 12.5.4), e.g. ``zh-CN,zh;q=0.9,en;q=0.8``."""
    weighted: list[tuple[float, str]] = []
    for part in accept.split(","):
        tag, _, parameters = part.strip().partition(";")
        try:
            weight = float(parameters.partition("q=")[2] or 1)
        except ValueError:
            weight = 0.0
        if tag and weight > 0:
            weighted.append((weight, tag.lower()))  # case says nothing in a tag (RFC 5646, 2.1.1)
    tags = [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])]
    return negotiate_locale(tags, available, sep="-") or available[0]
