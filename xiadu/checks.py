"""Checks all of ``data/`` and what Rasa reads beside it: every problem at once, with file and line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from facts.check import check as check_facts
from facts.decide import OUTSIDE_INTENTS, SMALLTALK_INTENTS, TOPIC_OF_INTENT
from facts.files import Located, Problem, split
from facts.follow_ups import FollowUp, load_follow_ups
from facts.meaning import NO_SPACE, Space, load_space
from facts.patterns import Patterns, load_patterns
from facts.texts import Texts
from facts.texts import load as load_texts
from facts.weights import NO_WEIGHTS, Weights, load_weights
from web.card_files import load_cards
from web.cards import Card
from xiadu.training_checks import check_training


@dataclass(frozen=True)
class Data:
    """Everything of ``data/`` that the service uses."""

    records: list[Located]
    texts: Texts
    interface: Texts  # what pages and widget show; its languages may be more than those of the facts
    patterns: dict[str, Patterns]
    weights: Weights
    space: Space
    outside: list[str]  # examples of what is no subject of ours
    follow_ups: list[FollowUp]  # examples of what visitors say next
    cards: list[Card]  # to show to a driver or an officer


def interface_languages(data: Path, languages: Sequence[str]) -> list[str]:
    """Gives the languages of the pages: those of the facts first, then every other that has a file in ``data/interface``."""
    there = sorted(path.stem for path in (data / "interface").glob("*.yml"))
    return [*languages, *(language for language in there if language not in languages)]


def check(root: Path, languages: Sequence[str]) -> tuple[Data, list[Problem]]:
    """Reads and checks everything.

    Args:
        root: the folder with ``domain.yml`` and ``data/``.
        languages: those that every file must be there in.
    """
    data = root / "data"
    texts, problems = load_texts(data / "texts", languages)
    interface, interface_problems = load_texts(data / "interface", interface_languages(data, languages))
    patterns, pattern_problems = load_patterns(data / "search", languages)
    weights = load_weights(data / "search" / "_weights.yml")
    records, fact_problems = check_facts(data / "facts", languages, texts.topics)
    examples, training_problems = check_training(root, languages)
    follow_ups, follow_up_problems = load_follow_ups(data / "follow_ups", languages, split(records)[0])
    cards, card_problems = load_cards(data / "cards.yml", records)
    problems += (
        card_problems + interface_problems + pattern_problems + fact_problems + training_problems + follow_up_problems
    )
    if isinstance(weights, list):
        problems += weights
    space = load_space(data / "search" / "_meaning.npz")
    if isinstance(space, str):
        problems.append(Problem("data/search/_meaning.npz", 1, space))
    problems += [
        Problem("facts/decide.py", 1, f"the intent {intent} leads to {topic!r}, which data/texts/*/topics.yml has not.")
        for intent, topic in TOPIC_OF_INTENT.items()
        if topic not in texts.topics
    ]
    beside = OUTSIDE_INTENTS + SMALLTALK_INTENTS
    outside = [example for intent in beside for example in examples.get(intent, ()) if example]
    return Data(
        records,
        texts,
        interface,
        patterns,
        NO_WEIGHTS if isinstance(weights, list) else weights,
        NO_SPACE if isinstance(space, str) else space,
        outside,
        follow_ups,
        cards,
    ), sorted(set(problems))
