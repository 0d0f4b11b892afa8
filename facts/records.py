"""Facts, sources and places as plain records: the form in files, in the history and between the rooms."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator
from typing import Annotated, Literal, cast, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=120)]


def _once(keys: list[str]) -> list[str]:
    """Names each key once, in order."""
    return list(dict.fromkeys(keys))


Keys = Annotated[list[Key], AfterValidator(_once)]


def _is_real(partial: str) -> str:
    """Refuses a day that never was, like 2013-02-30."""
    if len(partial) == len("2012-06-10"):
        datetime.date.fromisoformat(partial)
    return partial


PartialDate = Annotated[
    str,
    StringConstraints(pattern=r"^[12]\d{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"),
    AfterValidator(_is_real),
]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z]+)?$", max_length=12)]

Aspect = Literal[
    "what", "how_many", "when", "where", "who", "which", "why", "result", "how", "cost", "contact", "status"
]
Kind = Literal["fact", "source", "place"]
Reply = Literal["", "yes", "no"]
AskedPart = Literal["questions", "yes", "no", "lacks"]
ASKED_PARTS: tuple[AskedPart, ...] = get_args(AskedPart)
"""The parts of a fact that hold questions."""
Questions = Annotated[list[Said], Field(min_length=1)]


class Record(BaseModel):
    """What all records have: a stable key, strict fields, a fingerprint."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Key

    def fingerprint(self) -> str:
        """Returns a hash of the content (SHA-256, hexadecimal); a part that a later version adds doesn't change it while unused."""
        content = json.dumps(self.model_dump(mode="json", exclude_defaults=True), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()


class SourceRecord(Record):
    """Where a statement comes from. Reliability: A official or named press, B a mirror of it, C a re-post, D volunteers."""

    title: Said
    publisher: Said | None = None
    author: Said | None = None
    date: PartialDate | None = None
    date_note: dict[Language, Said] = Field(default_factory=dict)
    language: Language
    reliability: Literal["A", "B", "C", "D"]
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None


class StepRecord(BaseModel):
    """A dated step in the tie with a partner."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: PartialDate | None = None
    kind: Literal["letter_of_intent", "agreement", "friendly_exchange", "visit", "other"]
    text: dict[Language, Said]
    sources: list[Key] = Field(min_length=1)


class PlaceRecord(Record):
    """A place that is spoken of; a partner when it has a tie."""

    kind: Literal["country", "city", "county", "town", "district", "province", "state"]
    country: Key | None = None
    names: dict[Language, Annotated[list[Said], Field(min_length=1)]]
    misspellings: list[Said] = Field(default_factory=list)
    tie: Literal["agreement", "letter_of_intent", "friendly_exchange", "listed", "homestay"] | None = None
    steps: list[StepRecord] = Field(default_factory=list)


class TextRecord(BaseModel):
    """What is said of a fact in one language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    short: Said
    full: Said | None = None


class FactRecord(Record):
    """A statement that answers one question, or (``kind: gap``) what is asked and not known.

    ``subject`` names the one thing (an edition, a partner, a programme) that several facts are about. ``yes`` and ``no`` are
    example questions that it answers so; ``lacks`` are questions for a detail that it seems to answer and doesn't.
    """

    kind: Literal["statement", "gap"] = "statement"
    topic: Annotated[str, StringConstraints(pattern=r"^[a-z_]+$", max_length=40)]
    subject: Key | None = None
    aspect: Aspect
    number: float | None = None
    unit: Said | None = None
    as_of: PartialDate | None = None
    valid_from: PartialDate | None = None
    valid_until: PartialDate | None = None
    state: Literal["draft", "published", "retired"] = "published"
    certainty: Literal["stated", "inferred", "conflicting"] = "stated"
    places: Keys = Field(default_factory=list)
    nearest: Keys = Field(default_factory=list)
    sources: Keys = Field(default_factory=list)
    text: dict[Language, TextRecord]
    questions: dict[Language, Questions]
    yes: dict[Language, Questions] = Field(default_factory=dict)
    no: dict[Language, Questions] = Field(default_factory=dict)
    lacks: dict[Language, Questions] = Field(default_factory=dict)

    @property
    def phrasings(self) -> Iterator[tuple[Reply, str, str]]:
        """All example questions: which answer they get (``yes``, ``no`` or none of both), language, text."""
        for part in ("questions", "yes", "no"):
            for language, text in self.asked(part):
                yield cast(Reply, part if part != "questions" else ""), language, text

    def asked(self, part: AskedPart) -> Iterator[tuple[str, str]]:
        """The questions of one part: language, text."""
        for language, texts in getattr(self, part).items():
            for text in texts:
                yield language, text


AnyRecord = FactRecord | SourceRecord | PlaceRecord

KINDS: dict[Kind, type[FactRecord] | type[SourceRecord] | type[PlaceRecord]] = {
    "source": SourceRecord,
    "place": PlaceRecord,
    "fact": FactRecord,
}


def kind_of(record: AnyRecord) -> Kind:
    """Names the kind of a record."""
    return next(kind for kind, cls in KINDS.items() if isinstance(record, cls))
