"""Puts the cases to a running product."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from benchmarks.evaluate.cases import Case, Talk
from benchmarks.evaluate.judge import Judged, judge

VISITORS = 4


class Degraded(Exception):
    """An answer came without the engine: the run would measure something else."""


def ask_all(url: str, cases: Sequence[Case], talks: Sequence[Talk]) -> list[Judged]:
    """Asks every case in a conversation of its own, and every talk in one.

    Raises:
        Degraded: an answer came without the engine.
        requests.RequestException: the product can't be reached, or refuses.
    """
    with ThreadPoolExecutor(VISITORS) as visitors:
        alone = visitors.map(lambda case: _talk(url, Talk("", (case,))), [case for case in cases if case.outcomes])
        together = visitors.map(lambda talk: _talk(url, talk), talks)
        return [one for judged in (*alone, *together) for one in judged]


def _talk(url: str, talk: Talk) -> list[Judged]:
    judged = []
    token: str | None = None
    for case in talk.turns:
        reply, token = _ask(url, case.text, token)
        judged.append(Judged(case, reply, judge(case, reply), talk.name or None))
    return judged


def _ask(url: str, text: str, token: str | None) -> tuple[dict[str, Any], str]:
    body = {"text": text} | ({"conversation": token} if token else {})
    response = requests.post(f"{url}/api/messages", json=body, timeout=15)
    response.raise_for_status()
    answer = response.json()
    (message,) = answer["messages"]
    if message.get("degraded"):
        raise Degraded(f"{text!r} was answered without the engine.")
    return message, answer["conversation"]
