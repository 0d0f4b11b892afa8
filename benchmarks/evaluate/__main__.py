"""Starts the product, puts every test sentence and talk to it, and reports: ``./scripts/evaluate``."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.evaluate.ask import ask_all
from benchmarks.evaluate.cases import read_sentences, read_talks
from benchmarks.evaluate.report import write
from settings import ROOT
from tests.helpers.product import Product

RESULTS = ROOT / "benchmarks" / "results"
TOLERANCE = 0.01
"""How much less right or more wrong than in the last kept run a language may be: the engine's training differs a little."""
AIM = {"right": 0.92, "wrong": 0.02}


def main() -> int:
    """Evaluates; ends with 1 where a language became worse than in the last kept run."""
    options = _options()
    cases, talks = read_sentences(), read_talks()
    with tempfile.TemporaryDirectory() as made:
        var = options.var or Path(made)
        product = Product(var).start()
        try:
            began = time.monotonic()
            judged = ask_all(product.url, cases, talks)
            passed = time.monotonic() - began
        finally:
            product.stop()
    last = json.loads((RESULTS / "evaluation.json").read_text()) if (RESULTS / "evaluation.json").exists() else None
    surroundings = {
        "date": datetime.date.today().isoformat(),
        "asked": f"{len(judged)} questions, {sum(1 for one in judged if one.talk)} of them in {len(talks)} talks, in {passed:.0f} s",
    }
    folder = RESULTS if options.keep else Path(options.to) if options.to else None
    with tempfile.TemporaryDirectory() as elsewhere:
        summary = write(folder or Path(elsewhere), judged, surroundings)
        print(((folder or Path(elsewhere)) / "evaluation.md").read_text(encoding="utf-8"))
    if last is None or options.keep:
        return 0
    worse = compare(last["summary"], summary)
    print("\n".join(worse) or "Nothing became worse than in the last kept run.", file=sys.stderr)
    return 1 if worse else 0


def compare(last: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Says what became worse, in plain words."""
    worse = []
    for language, of in now.items():
        if language not in last:
            continue
        before, after = last[language]["all"], of["all"]
        if after["right"] < before["right"] - TOLERANCE:
            worse.append(f"{language}: {after['right']:.1%} right, in the last kept run {before['right']:.1%}.")
        if after["wrong"] > before["wrong"] + TOLERANCE:
            worse.append(f"{language}: {after['wrong']:.1%} wrong claims, in the last kept run {before['wrong']:.1%}.")
    return worse


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="evaluate", description=__doc__)
    parser.add_argument(
        "--keep", action="store_true", help="keep this run in benchmarks/results/ as the one to compare with"
    )
    parser.add_argument("--to", metavar="FOLDER", help="write the report there, too")
    parser.add_argument("--var", type=Path, help="a folder with a trained model; without it one is trained")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
