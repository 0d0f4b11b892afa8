"""What a turn leans on: which fact "the second one" is, what "and Türkiye?" asks, when a question goes on with the last one."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from facts.decide import OUTSIDE_INTENTS, Context
from facts.question import Question
from facts.records import FactRecord
from facts.search import Candidate, Snapshot
from facts.text import is_chinese, normalise_held
from facts.weights import Said

SHORT = 18
"""Letters and characters of a message that leans on the last question whatever it says."""
BRIEF, BRIEF_HAN = 40, 12
"""Letters, or Han characters, of a message that may describe one of the choices."""
ORDINALS = {"first": 0, "second": 1, "third": 2}


def chosen(asked: Question, context: Context) -> str | None:
    """Gives the key of the fact that a short reply picks from the last choices, or None."""
    if not context.choices:
        return None
    for sign, position in ORDINALS.items():
        if asked.shows(sign) and position < len(context.choices):
            return context.choices[position]
    if asked.shows("affirm") and not context.facts:
        return context.choices[0]
    return None


def is_short(asked: Question) -> bool:
    """Tells whether a message is no more than a name or a few words: what is asked of it, the last question says."""
    return asked.aspect is None and len(asked.normalised) <= SHORT and not asked.shows("yes_no")


def may_choose(asked: Question, context: Context) -> bool:
    """Tells whether a brief message may describe one of the choices of the last reply."""
    outside = any(context.is_sure_of(intent) for intent in OUTSIDE_INTENTS)
    return bool(context.choices) and not context.facts and not outside and is_brief(asked)


def is_brief(asked: Question) -> bool:
    """Tells whether a message is short enough to describe one of the choices."""
    return len(asked.normalised) <= (BRIEF_HAN if is_chinese(asked.normalised) else BRIEF)


def completed(asked: Question, context: Context, snapshot: Snapshot) -> Question | None:
    """Makes a whole question of "and Türkiye?": the last one with another place, year or edition; None where it isn't one."""
    names = [*asked.named.values(), *asked.elsewhere]
    if not context.asked or not (names or asked.years) or not (asked.shows("what_about") or is_short(asked)):
        return None
    last = snapshot.read(context.asked)
    text = last.normalised
    for old, new in (
        (list({**last.named, **last.elsewhere}.values()), names),
        (sorted(last.years), sorted(asked.years)),
    ):
        if not new:
            continue
        held = [name for name in old if name and name in text]
        text = text.replace(held[0], new[0], 1) if held else f"{text} {new[0]}"
        for name in held[1:]:
            text = text.replace(name, new[0], 1)
    return replace(snapshot.read(text), text=text)


def last_fact(context: Context, snapshot: Snapshot) -> FactRecord | None:
    """Gives the fact that was given last, if it is still held."""
    return snapshot.facts.get(context.facts[0]) if context.facts else None


def located(asked: Question, context: Context, snapshot: Snapshot) -> Question:
    """Puts in the year or edition that "two years later" means after the last fact."""
    last = last_fact(context, snapshot)
    if last is None:
        return asked
    date = last.valid_from or last.as_of
    year = int(date[:4]) + asked.years_on if date else 0
    if asked.years_on and not asked.years and 0 < year < datetime.date.today().year:
        asked = replace(asked, years=frozenset({str(year)}))
    editions = snapshot.table.traits[snapshot.table.row(last.key)].editions
    if asked.editions_on and not asked.editions and len(editions) == 1 and min(editions) + asked.editions_on > 0:
        asked = replace(asked, editions=frozenset({min(editions) + asked.editions_on}))
    return asked


def said(asked: Question, context: Context, snapshot: Snapshot, language: str) -> Said | None:
    """Gives what a question may lean on; None where nothing was said yet."""
    last = last_fact(context, snapshot)
    if last is None:
        return None
    return Said(last.key, normalise_held(whole_question(last, language)), None if asked.named else context.place)


def whole_question(fact: FactRecord, language: str) -> str:
    """Gives a whole question that a fact answers: what was asked in pieces. A fact without any gives its statement."""
    asked = fact.questions.get(language) or next(iter(fact.questions.values()), None)
    return asked[0] if asked else next(iter(fact.text.values())).short


def weighed(alone: Sequence[Candidate], within: Sequence[Candidate], leaning: float) -> list[Candidate]:
    """Makes one list of what a question finds alone and within the talk.

    Args:
        alone: candidates of the question alone.
        within: its candidates within the talk.
        leaning: how likely it is that the question leans on the talk, 0 to 1: by so much each list counts.
    """
    found: dict[str, Candidate] = {}
    for share, candidates in ((1 - leaning, alone), (leaning, within)):
        for candidate in candidates:
            held = found.get(candidate.fact.key)
            score = share * candidate.score + (held.score if held else 0.0)
            found[candidate.fact.key] = replace(candidate, score=score)
    return sorted(found.values(), key=lambda candidate: -candidate.score)


def likelier(*lists: Sequence[Candidate]) -> list[Candidate]:
    """Makes one list of several: each fact with its best score."""
    found: dict[str, Candidate] = {}
    for candidate in chain(*lists):
        held = found.get(candidate.fact.key)
        if held is None or held.score < candidate.score:
            found[candidate.fact.key] = candidate
    return sorted(found.values(), key=lambda candidate: -candidate.score)
