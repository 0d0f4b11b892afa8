"""Whether a fact answers a question with yes or no, or corrects what it supposes."""

from __future__ import annotations

from typing import Literal

from facts.question import Question
from facts.search import Candidate

Polarity = Literal["", "yes", "no", "figure"]
"""``figure``: no yes or no was asked for, but the figure that the question supposes is not the one on record."""

SIDE = 0.7
"""Likeness with an example that is answered yes or no, from which on its answer is taken."""
PLAINLY_MEANT = 0.6
"""The score from which a question that supposes another figure is surely about this one."""
CLEAR = 0.02
"""How much nearer the one must be than the other."""


def polarity_of(asked: Question, best: Candidate) -> Polarity:
    """Gives the yes, no or correction that comes before a fact, or nothing.

    Args:
        asked: the question.
        best: the fact that answers it.
    """
    wanted = asked.shows("yes_no")
    figure = _figure(asked, best)
    if not wanted:
        return "figure" if figure == "no" and best.score >= PLAINLY_MEANT else ""
    if figure:
        return figure
    if (
        asked.elsewhere
        and best.fact.aspect == "where"
        and not any(form in best.traits.said for form in asked.elsewhere)
    ):
        return "no"
    if asked.years and best.traits.years and not asked.years & best.traits.years:
        return "no" if best.fact.aspect == "when" else ""
    yes, no = best.sides
    side = max(yes, no)
    if side >= SIDE and abs(yes - no) >= CLEAR:
        return "yes" if yes > no else "no"
    return ""


def _figure(asked: Question, best: Candidate) -> Literal["", "yes", "no"]:
    """Compares the figures in a question with that of a fact."""
    number = best.fact.number
    if number is None or not asked.figures:
        return ""
    if number in asked.figures:
        return "yes"
    spoken = best.traits.said
    return "no" if not any(f" {_bare(figure)} " in spoken for figure in asked.figures) else ""


def _bare(figure: float) -> str:
    return str(int(figure)) if figure.is_integer() else str(figure)
