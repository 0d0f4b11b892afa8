"""Draws ``engine.svg`` from ``engine.json``: a panel for each figure, a bar for each system.

Runs in the engine's environment (Python 3.10), where matplotlib is. Arguments: the JSON file, the picture.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

COLOURS = {"stock": "#9a9a9a", "ours": "#1f6f8b", "product": "#e0a030"}
# Key, title, divisor, digits, and the aim as a share of stock's.
PANELS: tuple[tuple[str, str, float, int, float | None], ...] = (
    ("rate_many", "Throughput, 8 clients\n(messages a second, more is better)", 1, 0, 3),
    ("p50", "Latency p50, 1 client\n(ms)", 1, 1, 1 / 3),
    ("turn_last", "Latency p50 at turn 50\n(ms)", 1, 1, None),
    ("ready_seconds", "Time to ready\n(s)", 1, 1, None),
    ("engine_bytes", "Memory, engine\n(MB)", 1e6, 0, 1 / 4),
    ("both_bytes", "Memory, both programs\n(MB)", 1e6, 0, 1 / 2),
    ("size_engine", "Installed size, engine\n(MB)", 1e6, 0, 1 / 3),
)


def bars(axes: Any, systems: dict[str, Any], panel: tuple[str, str, float, int, float | None]) -> None:
    """Draws one panel."""
    key, title, divisor, digits, aim = panel
    names = [name for name in COLOURS if systems[name].get(key) is not None]
    values = [systems[name][key] / divisor for name in names]
    drawn = axes.bar(names, values, color=[COLOURS[name] for name in names], width=0.65)
    under = {"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.8}
    axes.bar_label(drawn, [f"{value:,.{digits}f}" for value in values], padding=3, fontsize=9, bbox=under, zorder=3)
    if aim is not None:
        level = systems["stock"][key] / divisor * aim
        axes.axhline(level, color="#b03030", linestyle="--", linewidth=1, zorder=2.5)
        values.append(level)
    axes.set_ylim(0, max(values) * 1.18)
    _plain(axes, title)


def turns(axes: Any, systems: dict[str, Any]) -> None:
    """Draws how the latency goes on through a talk."""
    for name, colour in COLOURS.items():
        times = systems[name]["turns"]
        axes.plot(range(1, len(times) + 1), times, color=colour, linewidth=1.4, label=name)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=8)
    _plain(axes, "Latency by turn of a talk\n(ms, median)")


def _plain(axes: Any, title: str) -> None:
    axes.set_title(title, fontsize=9.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=9)


def main() -> None:
    """Reads and draws."""
    with open(sys.argv[1], encoding="utf-8") as file:
        results = json.load(file)
    plt.rcParams["svg.hashsalt"] = "xiadu"  # the same numbers give the same file
    figure, grid = plt.subplots(2, 4, figsize=(13, 6.4))
    for n, panel in enumerate(PANELS):
        bars(grid.flat[n], results["systems"], panel)
    turns(grid.flat[-1], results["systems"])
    around = results["surroundings"]
    quick = "  (a quick try with few messages)" if results["quick"] else ""
    figure.suptitle(
        f"A stock Rasa, our engine and the product ({around['date']}, {around['cores']} cores)", fontsize=12
    )
    figure.text(
        0.5, 0.01, "dashed: the aim, reckoned from stock's figure" + quick, ha="center", fontsize=9, color="#b03030"
    )
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    figure.savefig(sys.argv[2], metadata={"Date": None})


if __name__ == "__main__":
    main()
