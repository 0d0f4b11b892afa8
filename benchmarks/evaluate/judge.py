"""Whether a reply is right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from benchmarks.evaluate.cases import Case

Verdict = Literal["right", "wrong claim", "answered though unknown", "refused though known", "asked back", "other"]
VERDICTS: tuple[Verdict, ...] = (
    "right", "wrong claim", "answered though unknown", "refused though known", "asked back", "other",
)  # fmt: skip
WRONG: tuple[Verdict, ...] = ("wrong claim", "answered though unknown")
"""Verdicts by which something was stated that is no answer to the question."""


@dataclass(frozen=True)
class Judged:
    """A question, its reply, and the verdict."""

    case: Case
    reply: dict[str, Any]
    verdict: Verdict
    talk: str | None = None


def judge(case: Case, reply: dict[str, Any]) -> Verdict:
    """Judges a reply of the API by what its case says is right."""
    outcome, facts = reply["outcome"], set(reply["facts"])
    fits = outcome in case.outcomes
    if fits and outcome == "answer":
        fits = set(case.all_facts) <= facts and (not case.facts or bool(facts & set(case.facts)))
    if fits and case.says is not None and outcome in ("answer", "unknown"):
        fits = re.search(case.says, reply["text"], re.IGNORECASE) is not None
    if fits:
        return "right"
    if outcome == "answer":
        return "wrong claim" if "answer" in case.outcomes else "answered though unknown"
    if outcome == "clarify":
        return "asked back"
    if "answer" in case.outcomes and outcome in ("unknown", "out_of_scope"):
        return "refused though known"
    return "other"
