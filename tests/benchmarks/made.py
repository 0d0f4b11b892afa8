"""Cases and replies made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.evaluate.cases import Case
from benchmarks.evaluate.judge import Judged, Verdict
from facts.files import Located
from facts.follow_ups import FollowUp
from tests.helpers import handmade
from xiadu.checks import Data


def data(follow_ups: Sequence[FollowUp] = ()) -> Data:
    """Gives what is made by hand, as if it were shipped."""
    return Data(
        records=[Located(record, "facts.yml", 1) for record in handmade.RECORDS],
        texts=handmade.TEXTS,
        interface=handmade.TEXTS,
        cards=[],
        patterns=handmade.patterns(),
        weights=handmade.weights(),
        space=handmade.space(),
        outside=list(handmade.OUTSIDE),
        follow_ups=list(follow_ups),
    )


def case(*outcomes: str, **more: Any) -> Case:
    """Makes a question on the forum, with the outcomes that are right."""
    return Case(**{"text": "What was it?", "language": "en", "topic": "ask_forum", "outcomes": outcomes, **more})


def reply(outcome: str = "answer", *facts: str, text: str = "A yearly meeting.") -> dict[str, Any]:
    """Makes a message of the API, as far as it is judged."""
    return {"outcome": outcome, "facts": list(facts), "text": text}


def judged(verdict: Verdict, *, talk: str | None = None, **of_case: Any) -> Judged:
    """Makes a judged question: to be answered, unless its outcomes say otherwise."""
    outcomes = of_case.pop("outcomes", ("answer",))
    return Judged(case(*outcomes, **of_case), reply(), verdict, talk)
