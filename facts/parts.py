"""The parts of a message: several questions, its sentences, what a correction denies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from facts.patterns import Patterns
from facts.reply import Reply
from facts.text import normalise, spoken_length

_SENTENCE = re.compile(r"(?<=[.!?。！？…])\s*(?=\D)|\s[-–—]+\s|[;；]")
MOST_PARTS = 3
LEAST_SAID = 8
"""Letters of a part that asks something by itself, a Han character counted as three."""
SHORTEST = 3
"""Characters of a part, without white space and punctuation."""


def split_question(text: str, patterns: Mapping[str, Patterns]) -> list[str]:
    """Splits a message where a second question begins; one that has none stays whole."""
    parts = [text]
    for of in patterns.values():
        splits = of.signs["splits"]
        parts = [piece for part in parts for piece in splits.split(part)]
    parts = [part.strip() for part in parts if len(normalise(part).replace(" ", "")) >= SHORTEST]
    whole = all(
        spoken_length(normalise(part)) >= LEAST_SAID for part in parts
    )  # "where and when was it" is one question
    return parts if whole and 1 < len(parts) <= MOST_PARTS else [text]


def sentences_of(text: str) -> list[str]:
    """Gives the sentences of a message that has several; none where it is a single one."""
    found = [sentence for sentence in _SENTENCE.split(text) if len(normalise(sentence).replace(" ", "")) >= SHORTEST]
    return found if len(found) > 1 else []


def without_negated(text: str, patterns: Mapping[str, Patterns]) -> str:
    """Takes out what a correction says is not meant ("the state, not the county")."""
    meant = text
    for of in patterns.values():
        meant = of.signs["negated"].sub(" ", meant.lower())
    return meant if len(normalise(meant).replace(" ", "")) >= SHORTEST and len(meant) < len(text) else text


def join_replies(replies: Sequence[Reply]) -> Reply:
    """Makes one reply of several: all that they state, with all their sources; the date is the first one's."""
    first, last = replies[0], replies[-1]
    sources = []
    for reply in replies:
        sources += [source for source in reply.sources if source not in sources]
    return Reply(
        text="\n".join(reply.text for reply in replies),
        outcome="answer",
        language=first.language,
        facts=tuple(dict.fromkeys(key for reply in replies for key in reply.facts)),
        sources=tuple(sources),
        as_of=first.as_of,
        buttons=last.buttons,
        talk=last.talk,
    )
