"""Facts in the form that pages show them in."""

from __future__ import annotations

from dataclasses import dataclass

from facts.dates import spoken_date
from facts.records import FactRecord
from facts.search import Snapshot

MOST_QUESTIONS = 5
"""So many other example questions stand on a fact's page."""
MOST_RELATED = 6


@dataclass(frozen=True)
class ShownFact:
    """A fact as it stands in a list, and at the head of its page.

    Attributes:
        title: its question.
        title_language: of the title, where the page's has none.
        text_language: of the texts.
        date: the day that it holds for, as it is spoken.
    """

    key: str
    title: str
    title_language: str
    short: str
    full: str | None
    text_language: str
    date: str | None
    gap: bool
    record: FactRecord


def shown(fact: FactRecord, language: str) -> ShownFact:
    """Gives a fact as it is shown in a language, or in another where it isn't held in this one."""
    title, title_language = _title(fact, language)
    text_language = language if language in fact.text else next(iter(fact.text))
    text = fact.text[text_language]
    return ShownFact(
        key=fact.key,
        title=title,
        title_language=title_language,
        short=text.short,
        full=text.full,
        text_language=text_language,
        date=spoken_date(fact.as_of, language),
        gap=fact.kind == "gap",
        record=fact,
    )


def other_questions(fact: ShownFact, language: str) -> list[str]:
    """Gives some more ways to ask for a fact."""
    questions = [_upper(question) for question in fact.record.questions.get(language, ())]
    return [question for question in questions if question != fact.title][:MOST_QUESTIONS]


def related(fact: FactRecord, snapshot: Snapshot, language: str) -> list[ShownFact]:
    """Gives what a reader may want to read next: what the fact names, then what else is held on its subject."""
    named = [snapshot.facts[key] for key in fact.nearest if key in snapshot.facts]
    found = {other.key: other for other in (*named, *snapshot.about(fact.subject)) if other.key != fact.key}
    return [shown(other, language) for other in list(found.values())[:MOST_RELATED]]


def _title(fact: FactRecord, language: str) -> tuple[str, str]:
    """Takes the first example question that is a whole one: many are written as hastily as visitors write."""
    held = language if fact.questions.get(language) else next(iter(fact.questions))
    questions = fact.questions[held]
    whole = (question for question in questions if question.endswith(("?", "？")) and question == _upper(question))
    return _upper(next(whole, questions[0])), held


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
