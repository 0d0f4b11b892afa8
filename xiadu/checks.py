"""Checks all of ``data/`` and what Rasa reads beside it: every problem at once, with file and line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from facts.check import check as check_facts
from facts.decide import TOPIC_OF_INTENT
from facts.files import Located, Problem
from facts.search import load_aspects
from facts.texts import Texts
from facts.texts import load as load_texts
from xiadu.training_checks import check_training


@dataclass(frozen=True)
class Data:
    """Everything of ``data/`` that the service uses."""

    records: list[Located]
    texts: Texts
    aspects: dict[str, dict[str, re.Pattern[str]]]


def check(root: Path, languages: Sequence[str]) -> tuple[Data, list[Problem]]:
    """Reads and checks everything.

    Args:
        root: the folder with ``domain.yml`` and ``data/``.
        languages: those that every file must be there in.
    """
    data = root / "data"
    texts, problems = load_texts(data / "texts", languages)
    aspects, aspect_problems = load_aspects(data / "search", languages)
    records, fact_problems = check_facts(data / "facts", languages, texts.topics)
    problems += aspect_problems + fact_problems + check_training(root, languages)
    problems += [
        Problem("facts/decide.py", 1, f"the intent {intent} leads to {topic!r}, which data/texts/*/topics.yml has not.")
        for intent, topic in TOPIC_OF_INTENT.items()
        if topic not in texts.topics
    ]
    return Data(records, texts, aspects), sorted(set(problems))
