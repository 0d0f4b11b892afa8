"""The table: stock beside ours and the product, with what was aimed at."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.engine.measure import CLIENTS, TURNS

Summary = dict[str, Any]


@dataclass(frozen=True)
class Aim:
    """What a figure should come to, as a share of stock's.

    Attributes:
        text: as it is shown.
        limit: the share.
        more: whether more is better.
        of: whose figure is held against stock's.
    """

    text: str
    limit: float
    more: bool = False
    of: str = "ours"

    def met(self, share: float) -> bool:
        """Tells whether a share is as aimed."""
        return share >= self.limit if self.more else share <= self.limit


@dataclass(frozen=True)
class Row:
    """A line of the table: a figure's name in the summary, what it is called, how it is written."""

    key: str
    label: str
    write: Callable[[float], str]
    aim: Aim | None = None


def _seconds(value: float) -> str:
    return f"{value:.1f} s"


def _size(value: float) -> str:
    return f"{value / 1e6:,.0f} MB"


def _ms(value: float) -> str:
    return f"{value:.1f} ms"


def _rate(value: float) -> str:
    return f"{value:.1f} /s"


THRICE = Aim("≥ 3", 3.0, more=True)
ROWS = (
    Row("rate_1", "throughput, 1 client", _rate, THRICE),
    Row("rate_many", f"throughput, {CLIENTS} clients", _rate, THRICE),
    Row("p50", "latency p50, 1 client", _ms, Aim("≤ 1/3", 1 / 3)),
    Row("p95", "latency p95", _ms),
    Row("p99", "latency p99", _ms),
    Row("turn_first", "latency p50 at turn 1 of a talk", _ms),
    Row("turn_last", f"latency p50 at turn {TURNS}", _ms),
    Row("size_engine", "installed size, engine", _size, Aim("≤ 1/3", 1 / 3)),
    Row("size_both", "installed size, both programs", _size),
    Row("engine_bytes", "memory, engine", _size, Aim("≤ 1/4", 1 / 4)),
    Row("both_bytes", "memory, both programs", _size, Aim("≤ 1/2 (product)", 1 / 2, of="product")),
    Row("engine_bytes_after", "memory, engine, after all the load", _size),
    Row("both_bytes_after", "memory, both programs, after all the load", _size),
    Row("ready_seconds", "time to ready", _seconds),
    Row("train_seconds", "training time", _seconds),
    Row("train_bytes", "training, peak memory", _size),
)

NOTES = """
*stock*: Rasa's default pipeline, its own action server (`python -m rasa_sdk`), in-memory tracker store. *ours*: our engine with
this repository's `config.yml`, SQL tracker store, the same trivial actions behind the product's route. Both are asked through
Rasa's `rest` channel, by the same client with the same sentences, each message a new conversation. *product*: `xiadu serve` with its
real actions and facts, asked through `POST /api/messages`; it does more for a message, and has no stock counterpart. *ratio* is
ours / stock. *both programs*: engine and action server, for the product engine and service; that aim is held against the product,
which is what people run. Memory is PSS, warmed up, with nothing else of this running. Sizes leave out bytecode and test tools.
More in [docs/benchmarks.md](../../docs/benchmarks.md).
"""


def write_table(results: dict[str, Any]) -> str:
    """Returns the whole report in Markdown.

    Args:
        results: as ``engine.json`` has them.
    """
    systems, around = results["systems"], results["surroundings"]
    head = "| | stock | ours | ratio | aim | met? | product |\n| --- | ---: | ---: | ---: | ---: | --- | ---: |"
    lines = [_line(row, systems) for row in ROWS]
    return "\n".join(
        [
            "# A stock Rasa, our engine and the product",
            "",
            f"Measured on {around['date']} by `./scripts/benchmark engine{' --quick' if results['quick'] else ''}`: "
            f"{around['processor']}, {around['cores']} cores, {around['memory_gb']} GB, {around['system']}.",
            *(["**A quick try with few messages: not for quoting.**"] if results["quick"] else []),
            *(
                ["**Another engine ran on this machine: the memory of ours looks smaller than it is.**"]
                * bool(around["other_engines"])
            ),
            "",
            head,
            *lines,
            NOTES,
            *_checks(systems),
            "",
            *(f"* {name}: {around[name]}" for name in ("stock", "engine", "service")),
            f"* processors used by others between the measurements: median {statistics.median(around['busy_between']):.0%}, "
            f"highest {max(around['busy_between']):.0%}",
            "",
            "![The same as bars](engine.svg)",
            "",
        ]
    )


def _line(row: Row, systems: dict[str, Summary]) -> str:
    stock, ours, product = (systems[name].get(row.key) for name in ("stock", "ours", "product"))
    ratio = ours / stock if stock and ours else None
    held = systems[row.aim.of].get(row.key) if row.aim else None
    met = "" if row.aim is None else "no" if not (held and stock and row.aim.met(held / stock)) else "yes"
    shown = ["–" if value is None else row.write(value) for value in (stock, ours, product)]
    share = "–" if ratio is None else f"{ratio:.2f}"
    return (
        f"| {row.label} | {shown[0]} | {shown[1]} | {share} | {row.aim.text if row.aim else ''} | {met} | {shown[2]} |"
    )


def _checks(systems: dict[str, Summary]) -> list[str]:
    """Says how many answers were wrong, and how steady the machine was."""
    failures = "; ".join(f"{name} {s['failures']} of {s['messages']}" for name, s in systems.items())
    spread = "; ".join(
        f"{name} {min(s['p50_rounds']):.1f}–{max(s['p50_rounds']):.1f} ms" for name, s in systems.items()
    )
    return [f"* wrong or missing answers: {failures}", f"* p50 of the rounds, lowest and highest: {spread}"]
