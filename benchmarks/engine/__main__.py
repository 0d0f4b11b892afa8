"""``python -m benchmarks.engine [--quick]``: measures, then writes table, raw numbers and plot."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.engine import surroundings
from benchmarks.engine.measure import QUICK, Figures, Plan, measure, say
from benchmarks.engine.processes import Failed, clean_environment, stop_all
from benchmarks.engine.report import write_table
from benchmarks.engine.systems import ENGINE_PYTHON, RUN, STOCK, STOCK_PYTHON, clear
from settings import ROOT

RESULTS = ROOT / "benchmarks" / "results"


def main() -> int:
    """Measures; whatever happens, nothing is left running."""
    parser = argparse.ArgumentParser(prog="benchmark engine", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few messages, to try it; see ./scripts/benchmark --help")
    options = parser.parse_args()
    if not STOCK_PYTHON.exists():
        return _complain("the stock engine is not installed; leave --skip-install out.")
    if not _alone():
        return _complain("it is being measured already; two at once would disturb each other.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    clean_environment()
    clear()
    around = surroundings.describe()
    try:
        figures, busy = measure(QUICK if options.quick else Plan(), reuse=options.quick)
    except Failed as failure:
        return _complain(str(failure))
    except KeyboardInterrupt:
        return 130
    finally:
        stop_all()
    folder = RUN / "results" if options.quick else RESULTS
    _write(folder, _results(figures, around | {"busy_between": busy}, quick=options.quick))
    print((folder / "engine.md").read_text())
    return 0


def _alone() -> bool:
    """Makes sure, until this process ends, that no other one measures in the same folder."""
    try:
        fcntl.flock(os.open(STOCK, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _results(figures: dict[str, Figures], around: dict[str, Any], *, quick: bool) -> dict[str, Any]:
    sizes = surroundings.sizes()
    return {
        "quick": quick,
        "surroundings": around,
        "systems": {name: each.summary() | sizes[name] for name, each in figures.items()},
        "raw": {name: asdict(each) for name, each in figures.items()},
    }


def _write(folder: Path, results: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rounded = json.loads(json.dumps(results), parse_float=lambda text: round(float(text), 3))
    (folder / "engine.json").write_text(json.dumps(rounded, indent=1) + "\n")
    (folder / "engine.md").write_text(write_table(results))
    plot = Path(__file__).with_name("plot.py")
    # matplotlib is in the engine's environment: Rasa needs it.
    done = subprocess.run([ENGINE_PYTHON, plot, folder / "engine.json", folder / "engine.svg"], check=False)
    if done.returncode:
        say("benchmark: the plot could not be drawn (see above).")


def _complain(text: str) -> int:
    say(f"benchmark: {text}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
