"""How well the assistant answered when it was last measured, for the page that says so."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Score:
    """The score of one language: of so many questions, which shares were answered rightly, and with a wrong claim."""

    language: str
    asked: int
    right: float
    wrong: float


@dataclass(frozen=True)
class Evaluation:
    """The last evaluation that was kept."""

    date: str
    scores: tuple[Score, ...]


def load_evaluation(file: Path) -> Evaluation | None:
    """Reads what ``./scripts/evaluate --keep`` wrote; None where there is none, or none that can be read.

    Args:
        file: ``benchmarks/results/evaluation.json``.
    """
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return Evaluation(
            str(kept["surroundings"]["date"]),
            tuple(_score(language, of["all"]) for language, of in kept["summary"].items()),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        logger.warning("%s can't be read, so the page on the assistant names no evaluation: %r", file, error)
        return None


def _score(language: str, shares: dict[str, float]) -> Score:
    # A fact stated where nothing on record answers is a wrong claim as well (docs/evaluation.md).
    wrong = shares["wrong claim"] + shares["answered though unknown"]
    return Score(language, int(shares["asked"]), float(shares["right"]), float(wrong))
