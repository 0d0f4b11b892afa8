"""What a turn leans on: which fact "the second one" is, what "and Türkiye?" asks, when a question goes on with the last one."""

from __future__ import annotations

from dataclasses import replace

from facts.decide import OUTSIDE_INTENTS, Context
from facts.question import Question
from facts.search import Snapshot
from facts.text import is_chinese
from facts.weights import Evidence

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


def leans(asked: Question, context: Context) -> bool:
    """Tells whether a question leans on the last answer."""
    if not (context.facts or context.choices or context.asked):
        return False
    return context.is_sure_of("follow_up") or asked.shows("leans") or asked.shows("what_about")


def is_short(asked: Question) -> bool:
    """Tells whether a message is no more than a name or a few words: what is asked of it, the last question says."""
    return asked.aspect is None and len(asked.normalised) <= SHORT and not asked.shows("yes_no")


def is_anchored(asked: Question) -> bool:
    """Tells whether a question names what it is about: a place or a year."""
    return bool(asked.named or asked.home or asked.elsewhere or asked.years or asked.editions)


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


def evidence(asked: Question, context: Context, snapshot: Snapshot) -> Evidence:
    """Adds to the engine's findings what the talk is about."""
    last = snapshot.facts.get(context.facts[0]) if context.facts else None
    topic = context.asked_topic if context.asked_topic not in (None, context.topic) else None
    return Evidence(
        topic=topic,
        outside=0.0 if asked.shows("leans") or asked.shows("what_about") else context.evidence.outside,
        talk_topic=context.topic,
        talk_place=None if asked.named else context.place,
        talk_subject=last.subject if last is not None else None,
    )
