"""All that is published, by topic, and found again by plain words."""

from __future__ import annotations

from facts.records import FactRecord
from facts.search import Snapshot
from facts.text import normalise, normalise_held

MOST_FOUND = 50


def by_topic(snapshot: Snapshot, topics: list[str]) -> dict[str, list[FactRecord]]:
    """Sorts the facts by topic, in the topics' order; what is answered stands before what isn't known."""
    sorted_: dict[str, list[FactRecord]] = {topic: [] for topic in topics}
    for fact in snapshot.facts.values():
        sorted_.setdefault(fact.topic, []).append(fact)
    return {topic: sorted(facts, key=lambda fact: fact.kind == "gap") for topic, facts in sorted_.items() if facts}


def find(snapshot: Snapshot, words: str) -> list[FactRecord]:
    """Finds the facts in whose questions and texts, of whatever language, all the words stand; statements first."""
    wanted = normalise(words).split()
    if not wanted:
        return []
    found = [fact for fact in snapshot.facts.values() if all(word in _said(fact) for word in wanted)]
    return sorted(found, key=lambda fact: fact.kind == "gap")


def _said(fact: FactRecord) -> str:
    # Normalised already for the search, which remembers them.
    texts = [part for text in fact.text.values() for part in (text.short, text.full) if part]
    return "\n".join(normalise_held(text) for text in (*texts, *(asked for _, _, asked in fact.phrasings)))
