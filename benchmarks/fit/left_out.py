"""Questions whose wording the search hasn't seen: a part of the shipped example questions is left out of the index and then asked.

Three kinds are made, all from what is shipped, none from the test sentences:

* **held**: an example question of a fact, left out;
* **not held**: a question for something that isn't known, with the record that says so left out, or for what a fact lacks,
  left out of its examples: no statement answers it (of statements left out that can't be said: often another one answers as well);
* **outside**: an example of another subject, left out of the examples of other subjects.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmarks.fit.space import learn_space
from facts.meaning import Space
from facts.records import ASKED_PARTS, FactRecord, PlaceRecord, SourceRecord
from facts.search import Search, Snapshot
from facts.text import is_chinese, normalise
from facts.weights import Evidence
from xiadu.checks import Data

FOLDS = 5
SEED = 1
TOPIC_KNOWN, TOPIC_WRONG = 0.70, 0.16
"""How often the engine is taken to know the subject of a question, and to be wrong about it: as measured on test sentences."""
OUTSIDE_KNOWN, OUTSIDE_WRONG = 0.8, 0.05
"""How often it is taken to know that a question is of another subject, and to think so wrongly."""

Kind = Literal["held", "not held", "outside"]


@dataclass(frozen=True)
class Asked:
    """A question that was left out.

    Attributes:
        kind: see above.
        key: of the fact that answers it; empty where none does.
        text: as it was written.
        language: of it.
        evidence: what the engine would say of it.
        misled: whether its topic would be a wrong one.
    """

    kind: Kind
    key: str
    text: str
    language: str
    evidence: Evidence
    misled: bool = False


def folds(data: Data, search: Search) -> Iterator[tuple[Snapshot, list[Asked]]]:
    """Gives each fold's facts, ready to be searched, and the questions that were left out of them."""
    chance = random.Random(SEED)
    facts = [located.record for located in data.records if isinstance(located.record, FactRecord)]
    topics = sorted({fact.topic for fact in facts})
    asked = [(fact.key, language, text) for fact in facts for _, language, text in fact.phrasings]
    lacking = [(fact.topic, language, text) for fact in facts for language, text in fact.asked("lacks")]
    outside = sorted(set(data.outside))
    for list_ in (asked, lacking, outside):
        chance.shuffle(list_)
    gaps = sorted((fact for fact in facts if fact.kind == "gap"), key=lambda fact: chance.random())

    def ask(kind: Kind, key: str, text: str, language: str, topic: str | None) -> Asked:
        luck = chance.random()
        misled = luck >= OUTSIDE_KNOWN if topic is None else TOPIC_KNOWN <= luck < TOPIC_KNOWN + TOPIC_WRONG
        if misled:
            evidence = Evidence(topic=chance.choice(topics))
        elif topic is None:
            evidence = Evidence(outside=0.9)
        elif luck < TOPIC_KNOWN:
            evidence = Evidence(topic=topic)
        else:
            evidence = Evidence(outside=0.7) if luck > 1 - OUTSIDE_WRONG else Evidence()
        return Asked(kind, key, text, language, evidence, misled)

    topic_of = {fact.key: fact.topic for fact in facts}
    for fold in range(FOLDS):
        left = {(language, text) for _, language, text in asked[fold::FOLDS] + lacking[fold::FOLDS]}
        kept = [shortened for fact in facts if (shortened := _without(fact, left))]
        yield (
            snapshot_of(data, search, kept, [text for n, text in enumerate(outside) if n % FOLDS != fold]),
            [ask("held", key, text, language, topic_of[key]) for key, language, text in asked[fold::FOLDS]]
            + [ask("not held", "", text, language, topic) for topic, language, text in lacking[fold::FOLDS]]
            + [ask("outside", "", text, "zh" if is_chinese(text) else "en", None) for text in outside[fold::FOLDS]],
        )
        gone = {fact.key for fact in gaps[fold::FOLDS]}
        yield (
            snapshot_of(data, search, [fact for fact in facts if fact.key not in gone], outside),
            [ask("not held", "", text, language, topic_of[key]) for key, language, text in asked if key in gone],
        )


def space_of(facts: Sequence[FactRecord], search: Search) -> Space:
    """Learns the space from some facts' questions and statements."""
    texts = [(row, normalise(text)) for row, fact in enumerate(facts) for _, _, text in fact.phrasings]
    texts += [(row, normalise(text.short)) for row, fact in enumerate(facts) for text in fact.text.values()]
    # What a fact lacks lies apart from it: it counts as another fact.
    texts += [(len(facts) + row, normalise(text)) for row, fact in enumerate(facts) for _, text in fact.asked("lacks")]
    vectors = search.vectors.encode([text for _, text in texts])
    return learn_space(vectors, np.unique([row for row, _ in texts], return_inverse=True)[1])


def _without(fact: FactRecord, left: set[tuple[str, str]]) -> FactRecord | None:
    """Takes questions out of a fact; None where none is left."""
    parts = {
        part: {
            language: kept
            for language, texts in getattr(fact, part).items()
            if (kept := [text for text in texts if (language, text) not in left])
        }
        for part in ASKED_PARTS
    }
    return fact.model_copy(update=parts) if parts["questions"] else None


def snapshot_of(data: Data, search: Search, facts: Sequence[FactRecord], outside: Sequence[str]) -> Snapshot:
    """Makes some facts ready to be searched, in a space that is learned from them."""
    records = [located.record for located in data.records]
    search.outside = sorted({normalise(text) for text in outside})
    search.space = space_of(facts, search)
    return search.make_snapshot(
        0,
        facts,
        [record for record in records if isinstance(record, SourceRecord)],
        [record for record in records if isinstance(record, PlaceRecord)],
    )
