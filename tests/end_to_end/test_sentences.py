"""Sentences that were never trained on: what share of them the real model takes rightly (tests/sentences/README.md)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from facts.text import normalise
from settings import LANGUAGES, ROOT
from tests.end_to_end.engine import model_in, run, show
from tests.helpers.product import Product
from xiadu.training_checks import SILENT_INTENTS

FOLDER = ROOT / "tests" / "sentences"
LEAST = 12
"""Sentences that each intent has in each language."""

INTENT_FLOOR = {"en": 0.89, "zh": 0.85}
OUTCOME_FLOOR = {"en": 0.79, "zh": 0.78}
"""The shares that are accepted, a little below those measured (intents 91.3 % and 87.8 %, outcomes 82.7 % and 81.5 %, when
the sentences were written, without sight of the training data); raise them when the assistant has become better."""


@dataclass(frozen=True)
class Case:
    """A sentence and how it should be taken."""

    language: str
    file: str
    text: str
    intent: str
    outcome: str | None


def read(folder: Path = FOLDER) -> list[Case]:
    """Reads all sentences."""
    return [case for language in LANGUAGES for path in sorted((folder / language).glob("*.yml")) for case in of(path)]


def of(path: Path) -> Iterator[Case]:
    for group in yaml.safe_load(path.read_text(encoding="utf-8")):
        assert group.keys() <= {"sentences", "intent", "outcome"}, f"{path}: {group.keys()}"
        for text in group["sentences"]:
            assert isinstance(text, str), f"{path}: {text!r} must stand in quotes."
            yield Case(path.parent.name, path.stem, text, group["intent"], group.get("outcome"))


CASES = read()


def intents() -> set[str]:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return set(domain["intents"]) - SILENT_INTENTS


def trained() -> set[str]:
    """Every sentence of the training data, as the search compares them."""
    found = set()
    for path in (ROOT / "data" / "nlu").glob("*/*.yml"):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            found |= {normalise(line[2:]) for line in str(entry.get("examples", "")).splitlines()}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_intent_has_its_sentences(language: str) -> None:
    counts = Counter(case.file for case in CASES if case.language == language)
    assert set(counts) == intents()
    assert {file: count for file, count in counts.items() if count < LEAST} == {}
    assert [case for case in CASES if case.language == language and case.intent != case.file] == []


def test_no_sentence_is_trained_on_or_stands_twice() -> None:
    forms = Counter((case.language, normalise(case.text)) for case in CASES)
    assert len(forms) > 300
    assert [form for form, count in forms.items() if count > 1] == []
    examples = trained()
    assert len(examples) > 300
    both = [case.text for case in CASES if normalise(case.text) in examples]
    assert both == [], "these stand in data/nlu as well: write others, without looking there"


@pytest.fixture(scope="module")
def understood(test_var: Path) -> dict[str, dict[str, Any]]:
    """What the engine takes each sentence for."""
    said = "".join(json.dumps(case.text) + "\n" for case in CASES)
    ended = run(test_var, ["-m", "tests.end_to_end.parse", str(model_in(test_var))], said)
    assert ended.returncode == 0, show(ended)
    lines = ended.stdout.splitlines()
    assert len(lines) == len(CASES), show(ended)
    return {case.text: json.loads(line) for case, line in zip(CASES, lines, strict=True)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_intents_are_understood(understood: dict[str, dict[str, Any]], language: str) -> None:
    cases = [case for case in CASES if case.language == language]
    wrong = [case for case in cases if understood[case.text]["intent"] != case.intent]
    unsure = [case for case in wrong if understood[case.text]["intent"] == "nlu_fallback"]
    confusions = Counter((case.intent, understood[case.text]["intent"]) for case in wrong)
    report = [f"{language}: {share(cases, wrong)}, {len(unsure)} of the rest not understood (nlu_fallback)"]
    report += [f"  {count} x {meant} taken for {taken}" for (meant, taken), count in confusions.most_common()]
    for case in wrong:
        found = understood[case.text]
        report.append(f"    {case.text!r}: should be {case.intent}, is {found['intent']} ({found['nearest']})")
    print("\n".join(report))
    assert 1 - len(wrong) / len(cases) >= INTENT_FLOOR[language], "\n".join(report)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_replies_have_the_right_outcome(product: Product, language: str) -> None:
    cases = [case for case in CASES if case.language == language and case.outcome]
    with ThreadPoolExecutor(4) as visitors:
        replies = list(visitors.map(lambda case: product.reply(case.text), cases))
    assert [reply for reply in replies if "degraded" in reply] == []
    wrong = [(case, reply) for case, reply in zip(cases, replies, strict=True) if reply["outcome"] != case.outcome]
    report = [f"{language}: {share(cases, wrong)} outcomes"]
    report += [f"    {case.text!r}: should be {case.outcome}, is {reply['outcome']}" for case, reply in wrong]
    print("\n".join(report))
    assert 1 - len(wrong) / len(cases) >= OUTCOME_FLOOR[language], "\n".join(report)


def share(cases: list[Case], wrong: list[Any]) -> str:
    return f"{len(cases) - len(wrong)} of {len(cases)} right ({1 - len(wrong) / len(cases):.1%})"
