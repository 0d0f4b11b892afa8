"""How well the search finds a fact whose wording it hasn't seen: ``./scripts/benchmark finding``.

The shipped example questions are split in five; each fifth is left out of the index in turn and then asked. They were written to
differ from each other, so this is harder than what visitors ask; it serves to compare ways of searching and to choose thresholds,
never on the test sentences. Beside it stand training examples of other subjects, none of which should be answered.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import yaml

from facts.database import Database
from facts.decide import TOPIC_OF_INTENT, Context, decide
from facts.index import FactIndex
from facts.records import FactRecord
from facts.search import Candidate, Search, Snapshot
from facts.text import is_chinese, normalise
from settings import LANGUAGES, ROOT
from xiadu.database import fill, migrate
from xiadu.serve import checked_data

FOLDS = 5
SEED = 1
INTENTS = {topic: intent for intent, topic in TOPIC_OF_INTENT.items()}


class _Indexed(Search):
    """A search over an index that was made without some of the questions."""

    def __init__(self, whole: Search, index: FactIndex) -> None:
        super().__init__(whole._database, whole._aspects)
        self._with = replace(whole.snapshot(), index=index)

    def snapshot(self) -> Snapshot:
        """Gives that index."""
        return self._with


def main() -> None:
    """Prints a table by language."""
    data = checked_data()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'facts.db'}")
        migrate(database)
        fill(database, (located.record for located in data.records))
        search = Search(database, data.aspects)
        counted = _cross_validate(search)
        counted.update(_others(search))
        database.close()
    for language in LANGUAGES:
        asked = counted[language, "asked"]
        others = counted[language, "others"]
        print(f"{language}: {asked} left-out questions, {others} of other subjects")
        for what in ("first", "first three", "answered right", "offered", "answered wrong"):
            print(f"  {what:22} {counted[language, what] / asked:6.1%}")
        print(f"  {'others answered':22} {counted[language, 'others answered'] / others:6.1%}")


def _cross_validate(search: Search) -> Counter[tuple[str, str]]:
    facts = search.snapshot().facts
    asked = [(key, text) for key, fact in facts.items() for texts in fact.questions.values() for text in texts]
    random.Random(SEED).shuffle(asked)
    statements = [(fact.key, normalise(text.short)) for fact in facts.values() for text in fact.text.values()]
    counted: Counter[tuple[str, str]] = Counter()
    for fold in range(FOLDS):
        kept = [(key, normalise(text), text, "") for n, (key, text) in enumerate(asked) if n % FOLDS != fold]
        indexed = _Indexed(search, FactIndex(kept, statements))
        for key, text in asked[fold::FOLDS]:
            counted.update(_judge(indexed, facts[key], text))
    return counted


def _judge(search: Search, fact: FactRecord, text: str) -> Counter[tuple[str, str]]:
    language = "zh" if is_chinese(text) else "en"
    found = search.search(text, language, topic=fact.topic)
    decision = decide(text, found, Context(intent=INTENTS[fact.topic], confidence=0.9))
    keys = [candidate.fact.key for candidate in found]
    chosen = [chosen.key for chosen in decision.facts]
    stated = decision.outcome in ("answer", "unknown") and bool(chosen)
    what = {
        "asked": True,
        "first": keys[:1] == [fact.key],
        "first three": fact.key in keys[:3],
        "answered right": stated and chosen == [fact.key],
        "answered wrong": stated and chosen != [fact.key],
        "offered": decision.outcome == "clarify" and fact.key in chosen,
    }
    return Counter({(language, name): int(held) for name, held in what.items()})


def _others(search: Search) -> Counter[tuple[str, str]]:
    counted: Counter[tuple[str, str]] = Counter()
    for language in LANGUAGES:
        content = yaml.safe_load((ROOT / f"data/nlu/{language}/out_of_scope.yml").read_text(encoding="utf-8"))
        for line in content["nlu"][0]["examples"].splitlines():
            found: list[Candidate] = search.search(line.removeprefix("- "), language)
            outcome = decide(line, found, Context(intent="out_of_scope", confidence=0.9)).outcome
            counted[language, "others"] += 1
            counted[language, "others answered"] += outcome == "answer"
    return counted


if __name__ == "__main__":
    main()
