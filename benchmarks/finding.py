"""How well and how fast facts are found, beside the plain way: ``./scripts/benchmark finding``.

The plain way is the nearest example question by rapidfuzz's WRatio, as many a FAQ bot does it. Both are asked the same
questions in the same run: a fifth of the shipped example questions, left out of what either knows (:mod:`benchmarks.fit.left_out`);
the space is learned without them. The speed is measured on as many phrasings as are shipped, and on 5,000 of them.

Prints a table and writes it to ``benchmarks/results/finding.md``.
"""

from __future__ import annotations

import datetime
import os
import platform
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from benchmarks.fit.left_out import Asked, folds
from facts.database import Database
from facts.search import Search, Snapshot
from facts.text import normalise
from settings import LANGUAGES, ROOT
from xiadu.serve import checked_data

OUTPUT = ROOT / "benchmarks" / "results" / "finding.md"
HEAD = """# Finding a fact

{asked} example questions that neither way knows, asked in one run on {day} (`./scripts/benchmark finding`); {processors} processors,
Python {python}.

| facts | phrasings | asked | way | right fact first, {languages} | p50 | p99 |
| ---: | ---: | ---: | --- | --- | ---: | ---: |
"""
ASKED = 400
SIZE = 5000
SEED = 3


@dataclass(frozen=True)
class Way:
    """A way to find a fact: gives keys, the best first."""

    name: str
    find: Callable[[Asked], list[str]]


def main() -> None:
    """Prints the table and writes it."""
    head = HEAD.format(
        asked=ASKED,
        day=datetime.date.today(),
        processors=os.cpu_count(),
        python=platform.python_version(),
        languages=", ".join(LANGUAGES),
    )
    rows: list[str] = []
    data = checked_data()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'facts.db'}")
        search = Search(database, data.patterns, data.weights, data.space, data.outside)
        snapshot, asked = next(iter(folds(data, search)))
        sample = random.Random(SEED).sample([one for one in asked if one.kind == "held"], ASKED)
        for size in (len(snapshot.index.phrases), SIZE):
            rows += _compare(search, _cut(search, snapshot, size), sample)
        database.close()
    table = head + "".join(rows)
    print(table)
    OUTPUT.write_text(table, encoding="utf-8")


def _compare(search: Search, snapshot: Snapshot, asked: Sequence[Asked]) -> Iterator[str]:
    """Asks in both ways, and gives a row of the table for each."""
    phrases = snapshot.index.phrases
    keys = list(snapshot.facts)
    texts = [phrase.text for phrase in phrases]

    def ours(one: Asked) -> list[str]:
        return [c.fact.key for c in search.search(one.text, one.language, one.evidence, snapshot=snapshot)]

    def plain(one: Asked) -> list[str]:
        found = process.extract(normalise(one.text), texts, scorer=fuzz.WRatio, limit=8)
        return list(dict.fromkeys(keys[phrases[number].row] for _, _, number in found))

    held = [one for one in asked if one.key in snapshot.facts]
    for way in (Way("ours", ours), Way("nearest by rapidfuzz", plain)):
        right: Counter[str] = Counter()
        times = []
        for one in held:
            began = time.perf_counter()
            found = way.find(one)
            times.append((time.perf_counter() - began) * 1000)
            right[one.language] += found[:1] == [one.key]
        counts = Counter(one.language for one in held)
        shares = ", ".join(f"{right[language] / counts[language]:.0%}" for language in LANGUAGES)
        ordered = sorted(times)
        p50, p99 = statistics.median(ordered), ordered[int(len(ordered) * 0.99)]
        found_in = f"{p50:.1f} ms | {p99:.1f} ms"
        yield f"| {len(keys)} | {len(phrases)} | {len(held)} | {way.name} | {shares} | {found_in} |\n"


def _cut(search: Search, snapshot: Snapshot, size: int) -> Snapshot:
    """Takes facts away until at most some number of phrasings is left."""
    kept, count = [], 0
    for fact in sorted(snapshot.facts.values(), key=lambda fact: random.Random(fact.key).random()):
        count += sum(1 for _ in fact.phrasings)
        if count > size:
            break
        kept.append(fact)
    return search.make_snapshot(0, kept, list(snapshot.sources.values()), list(snapshot.places.values()))


if __name__ == "__main__":
    main()
