"""Texts with marked parts, and how a long one becomes several messages."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from telegram import MessageEntity

LONGEST = 4096
"""UTF-16 code units in a message: https://core.telegram.org/bots/api#sendmessage."""

# Where a text is best cut, best first: after a paragraph, a line, a sentence, a part of one, a word.
# A Latin sign ends something only where white space follows: 1,234 and https://example.org/?a are one thing.
_SENTENCE, _PART = r"[。！？]+[”’」』）)\"]*|[.!?]+[”’)\"]*(?=\s)", r"[；，、]|[;,](?=\s)"
_CUTS = tuple(map(re.compile, (r"\n\n+", r"\n", _SENTENCE, _PART, r"\s+")))
_JOINER = "\u200d"  # within an emoji
_HALF_FLAGS = re.compile("[\U0001f1e6-\U0001f1ff]+$")
_ADDED = re.compile("[\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")  # shades of skin, and the signs of some flags


def units(text: str) -> int:
    """Counts as Telegram does: in UTF-16 code units."""
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


@dataclass(frozen=True)
class Mark:
    """A part of a text that looks otherwise; positions in code points."""

    kind: str
    start: int
    end: int
    url: str | None = None


@dataclass
class Written:
    """A text with its marks. Marks travel beside the text, so that nothing in it can be taken for markup.

    Attributes:
        text: what is read.
        marks: parts that look otherwise.
    """

    text: str = ""
    marks: list[Mark] = field(default_factory=list)

    def add(self, text: str, *kinds: str, url: str | None = None) -> Written:
        """Adds a text, e.g. in ``italic``, and returns itself."""
        start, self.text = len(self.text), self.text + text
        if text:
            self.marks += [Mark(kind, start, len(self.text)) for kind in kinds]
            if url:
                self.marks.append(Mark(MessageEntity.TEXT_LINK, start, len(self.text), url))
        return self

    def entities(self) -> list[MessageEntity]:
        """Gives the marks as Telegram wants them, counted in UTF-16 code units."""
        before = [0]
        for character in self.text:
            before.append(before[-1] + (2 if ord(character) > 0xFFFF else 1))
        return [
            MessageEntity(mark.kind, before[mark.start], before[mark.end] - before[mark.start], mark.url)
            for mark in sorted(self.marks, key=lambda mark: (mark.start, -mark.end))
        ]

    def part(self, start: int, end: int) -> Written:
        """Gives what stands between two positions, without white space around it."""
        text = self.text[start:end]
        start += len(text) - len(text.lstrip())
        text = text.strip()
        end = start + len(text)
        cut = [
            Mark(mark.kind, max(mark.start, start) - start, min(mark.end, end) - start, mark.url)
            for mark in self.marks
            if mark.start < end and mark.end > start
        ]
        return Written(text, cut)


def split(written: Written, longest: int = LONGEST) -> list[Written]:
    """Cuts a text into messages, at the most sensible place of the second half of each.

    Args:
        written: any text.
        longest: UTF-16 code units in a message.

    Returns:
        The parts that have anything in them, in order.
    """
    bounds = [0, *_bounds(written.text, longest)]
    parts = (written.part(start, end) for start, end in itertools.pairwise(bounds))
    return [part for part in parts if part.text]


def _bounds(text: str, longest: int) -> Iterator[int]:
    """Gives the ends of the parts."""
    start = 0
    while units(text[start:]) > longest:
        start = _cut(text, start, start + _fitting(text[start:], longest))
        yield start
    yield len(text)


def _fitting(text: str, longest: int) -> int:
    """Gives how many code points fit."""
    room = longest
    for position, character in enumerate(text):
        room -= 2 if ord(character) > 0xFFFF else 1
        if room < 0:
            return position
    return len(text)


def _cut(text: str, start: int, end: int) -> int:
    """Gives the best place to cut in ``text[start:end]``."""
    middle = start + (end - start) // 2
    for pattern in _CUTS:
        places = [match.end() for match in pattern.finditer(text, middle, end)]
        if places:
            return places[-1]
    whole = end
    while whole > middle and _sticks(text, whole):
        whole -= 1
    return whole if whole > middle else end  # no sign is as long as that


def _sticks(text: str, position: int) -> bool:
    """Tells whether the characters around a position are one to the reader."""
    after, before = text[position], text[position - 1]
    if _HALF_FLAGS.match(after) and (halves := _HALF_FLAGS.search(text[:position])):
        return len(halves.group()) % 2 == 1
    joined = _JOINER in (after, before) or _ADDED.match(after) is not None
    return joined or unicodedata.category(after).startswith("M")
