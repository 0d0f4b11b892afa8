"""The order of things: train, start each alone, then load all in turn, so that a machine whose speed drifts favours none."""

from __future__ import annotations

import itertools
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from benchmarks.engine.client import Load, at_once, one_by_one
from benchmarks.engine.systems import DATA, Ours, Product, Running, Stock, System
from settings import ROOT

CLIENTS = 8
TURNS = 50
WARM_UP = 30
SEED = 20
PAUSE = 1.0  # seconds between two loads


@dataclass(frozen=True)
class Plan:
    """How much is measured: starts of each, rounds, messages a round one by one and at once, talks in all."""

    starts: int = 3
    rounds: int = 6
    singles: int = 100
    crowd: int = 136
    talks: int = 9


QUICK = Plan(starts=1, rounds=2, singles=30, crowd=40, talks=3)


@dataclass
class Figures:
    """The raw numbers of one system: seconds, bytes, and milliseconds by round or talk."""

    train_seconds: float | None = None
    train_bytes: int | None = None
    ready_seconds: list[float] = field(default_factory=list)
    engine_bytes: list[int] = field(default_factory=list)
    both_bytes: list[int] = field(default_factory=list)
    engine_bytes_after: int | None = None
    both_bytes_after: int | None = None
    singles: list[Load] = field(default_factory=list)
    crowd: list[Load] = field(default_factory=list)
    talks: list[Load] = field(default_factory=list)
    failures_before: int = 0

    def summary(self) -> dict[str, Any]:
        """Returns the figures that the table shows."""
        loads = [*self.singles, *self.crowd, *self.talks]
        cuts = statistics.quantiles([t for load in self.singles for t in load.times], n=100, method="inclusive")
        whole = [talk.times for talk in self.talks if len(talk.times) == TURNS]
        turns = [statistics.median(turn) for turn in zip(*whole, strict=True)]
        return {
            "train_seconds": self.train_seconds,
            "train_bytes": self.train_bytes,
            "ready_seconds": statistics.median(self.ready_seconds),
            "engine_bytes": statistics.median(self.engine_bytes),
            "both_bytes": statistics.median(self.both_bytes),
            "engine_bytes_after": self.engine_bytes_after,
            "both_bytes_after": self.both_bytes_after,
            "p50": cuts[49],
            "p95": cuts[94],
            "p99": cuts[98],
            "rate_1": _rate(self.singles),
            "rate_many": _rate(self.crowd),
            "turn_first": turns[0] if turns else None,
            "turn_last": turns[-1] if turns else None,
            "turns": turns,
            "p50_rounds": [statistics.median(load.times) for load in self.singles if load.times],
            "rate_many_rounds": [_rate([load]) for load in self.crowd],
            "messages": sum(len(load.times) + load.failures for load in loads),
            "failures": self.failures_before + sum(load.failures for load in loads),
        }


def _rate(loads: Sequence[Load]) -> float:
    return sum(len(load.times) for load in loads) / sum(load.seconds for load in loads)


def measure(plan: Plan, *, reuse: bool) -> tuple[dict[str, Figures], list[float]]:
    """Measures all.

    Args:
        plan: how much.
        reuse: whether an earlier training of stock's will do, with its figures.

    Returns:
        The figures by system, and how busy others kept the machine in each pause, as shares.
    """
    figures = {name: Figures() for name in ("stock", "ours", "product")}
    stock, ours = Stock(), Ours()
    for learner in (stock, ours):
        say(f"{learner.name}: training ...")
        done = learner.train(reuse=reuse)
        figures[learner.name].train_seconds, figures[learner.name].train_bytes = done.seconds, done.peak
        say(f"{learner.name}: trained in {done.seconds:.0f} s, {done.peak / 1e6:.0f} MB")
    product = Product(ours.model)
    systems: list[System] = [stock, ours, product]
    sentences = _sentences()
    _first_start(product, next(sentences))
    for _, system in itertools.product(range(plan.starts), systems):
        _measure_start(system, figures[system.name], sentences)
    return figures, _measure_load(systems, figures, sentences, plan)


def _first_start(product: Product, sentence: str) -> None:
    """Lets the product fill its database, which later starts find filled."""
    running = product.start()
    running.wait(sentence)
    running.stop()


def _measure_start(system: System, figures: Figures, sentences: itertools.cycle[str]) -> None:
    """Starts a system while nothing else runs: its time and, warmed up, its memory."""
    began = time.monotonic()
    running = system.start()
    running.wait(next(sentences))
    figures.ready_seconds.append(time.monotonic() - began)
    figures.failures_before += _warm_up(running, sentences).failures
    engine, both = running.memory()
    figures.engine_bytes.append(engine)
    figures.both_bytes.append(both)
    running.stop()
    text = f"ready after {figures.ready_seconds[-1]:.1f} s, engine {engine / 1e6:.0f} MB, both {both / 1e6:.0f} MB"
    say(f"{system.name}: {text}")


def _warm_up(running: Running, sentences: itertools.cycle[str]) -> Load:
    return one_by_one(running.port, running.kind, list(itertools.islice(sentences, WARM_UP)))


def _measure_load(
    systems: list[System], figures: dict[str, Figures], sentences: itertools.cycle[str], plan: Plan
) -> list[float]:
    """Starts all, and loads one at a time, in turns, with the same sentences; returns how busy the machine was between."""
    running = {}
    busy = []
    for system in systems:
        running[system.name] = system.start()
        running[system.name].wait(next(sentences))
        figures[system.name].failures_before += _warm_up(running[system.name], sentences).failures

    def in_turns(n: int, count: int, load: Callable[[Running, list[str]], Load], into: str) -> None:
        chosen = list(itertools.islice(sentences, count))
        names = [system.name for system in systems]
        shift = n % len(names)
        for name in names[shift:] + names[:shift]:
            busy.append(_pause())
            getattr(figures[name], into).append(load(running[name], chosen))

    for n in range(plan.rounds):
        say(f"round {n + 1} of {plan.rounds} ...")
        in_turns(n, plan.singles, lambda to, texts: one_by_one(to.port, to.kind, texts), "singles")
        in_turns(n, plan.crowd, lambda to, texts: at_once(to.port, to.kind, texts, CLIENTS), "crowd")
    for n in range(plan.talks):
        say(f"talk {n + 1} of {plan.talks} ...")
        in_turns(n, TURNS, lambda to, texts: one_by_one(to.port, to.kind, texts, one_talk=True), "talks")
    # The product shares the engine's files with ours, so its memory can't be told apart while both run.
    running.pop("product").stop()
    for name, each in running.items():
        figures[name].engine_bytes_after, figures[name].both_bytes_after = each.memory()
        each.stop()
    return busy


def _pause() -> float:
    """Lets what was left to be written be written; returns the share of the processors that somebody used meanwhile."""

    def read() -> tuple[int, int]:
        times = [int(part) for part in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return sum(times), times[3] + times[4]  # of which idle

    before = read()
    time.sleep(PAUSE)
    after = read()
    return 1 - (after[1] - before[1]) / max(1, after[0] - before[0])


def _sentences() -> itertools.cycle[str]:
    """Gives the training data's sentences, shuffled the same way every time, over and over."""
    found = []
    for file in sorted((ROOT / DATA[0]).rglob("*.yml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            lines = (line.strip() for line in entry.get("examples", "").splitlines())
            found += [line.removeprefix("- ") for line in lines if line.startswith("- ")]
    random.Random(SEED).shuffle(found)
    return itertools.cycle(found)


def say(text: str) -> None:
    """Tells whoever watches."""
    print(text, file=sys.stderr, flush=True)
