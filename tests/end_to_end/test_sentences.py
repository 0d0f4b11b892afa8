"""Sentences and talks that were never trained on: how the real model and product take them (tests/sentences/README.md)."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
import yaml

from benchmarks.evaluate.__main__ import RESULTS, compare
from benchmarks.evaluate.ask import ask_all
from benchmarks.evaluate.cases import Case, read_sentences, read_talks
from benchmarks.evaluate.report import as_text, summarise
from facts.text import normalise
from settings import LANGUAGES, ROOT
from tests.end_to_end.engine import model_in, run, show
from tests.helpers.product import Product
from xiadu.training_checks import SILENT_INTENTS

LEAST = 12
"""Sentences that each intent has in each language."""
LEAST_REFUSED = 100
"""Sentences that must not be answered."""
LEAST_TALKS = 40
LEAST_TURNS = 3

INTENT_FLOOR = {"en": 0.78, "zh": 0.78}
"""The shares that are accepted, a little below those measured; raise them when the assistant has become better."""

SENTENCES = read_sentences()
TALKS = read_talks()
TURNS = [turn for talk in TALKS for turn in talk.turns]


def data(folder: str) -> list[Any]:
    """What stands in the files of a folder of ``data/``."""
    files = sorted((ROOT / "data" / folder).rglob("*.yml"))
    assert files
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in files]


def intents() -> set[str]:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return set(domain["intents"]) - SILENT_INTENTS


def facts() -> list[dict[str, Any]]:
    return [fact for content in data("facts") for fact in content.get("facts", ())]


def learned() -> dict[str, str]:
    """Every sentence that the model or the search learns from, as the search compares them, with where it stands."""
    found: dict[str, str] = {}
    for content in data("nlu"):
        for entry in content["nlu"]:
            lines = str(entry.get("examples", "")).splitlines()
            found |= {normalise(line[2:]): f"data/nlu, {entry.get('intent')}" for line in lines}
    for fact in facts():
        for part in ("questions", "yes", "no"):
            for texts in (fact.get(part) or {}).values():
                found |= {normalise(str(text)): f"data/facts, {fact['key']}" for text in texts}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_intent_has_its_sentences(language: str) -> None:
    counts = Counter(case.topic for case in SENTENCES if case.language == language and case.topic[0] != "_")
    assert set(counts) == intents()
    assert {file: count for file, count in counts.items() if count < LEAST} == {}


def test_a_sentence_is_of_the_intent_of_its_file() -> None:
    assert [case for case in SENTENCES if case.intent != (None if case.topic[0] == "_" else case.topic)] == []


def test_a_sentence_without_an_intent_says_what_is_right() -> None:
    assert [case for case in (*SENTENCES, *TURNS) if not case.outcomes and case.intent is None] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_enough_must_not_be_answered(language: str) -> None:
    refused = [case for case in SENTENCES if case.language == language and case.outcomes]
    assert sum("answer" not in case.outcomes for case in refused if case.topic[0] == "_") >= LEAST_REFUSED / 2
    none = [
        case for case in refused if "answer" not in case.outcomes and {"unknown", "out_of_scope"} & {*case.outcomes}
    ]
    assert len(none) >= LEAST_REFUSED


def test_there_are_talks() -> None:
    assert len(TALKS) >= LEAST_TALKS
    assert [name for name, count in Counter(talk.name for talk in TALKS).items() if count > 1] == []
    assert [talk.name for talk in TALKS if len(talk.turns) < LEAST_TURNS] == []
    for language in LANGUAGES:
        assert sum(talk.name.startswith(f"{language}:") for talk in TALKS) >= LEAST_TALKS / 3


def test_no_sentence_is_learned_from_or_stands_twice() -> None:
    forms = Counter((case.language, normalise(case.text)) for case in SENTENCES)
    assert len(forms) > 1000
    assert [form for form, count in forms.items() if count > 1] == []
    examples = learned()
    assert len(examples) > 5000
    both = [f"{case.text!r}: {where}" for case in SENTENCES if (where := examples.get(normalise(case.text)))]
    assert both == [], "these are learned from: write others, without looking there"


def test_every_fact_that_is_named_exists() -> None:
    keys = {fact["key"] for fact in facts()}
    named = {key: case.text for case in (*SENTENCES, *TURNS) for key in (*case.facts, *case.all_facts)}
    assert len(named) > 200
    assert {key: text for key, text in named.items() if key not in keys} == {}


@pytest.fixture(scope="module")
def understood(test_var: Any) -> dict[str, dict[str, Any]]:
    """What the engine takes each sentence for."""
    said = "".join(json.dumps(case.text) + "\n" for case in SENTENCES)
    ended = run(test_var, ["-m", "tests.end_to_end.parse", str(model_in(test_var))], said)
    assert ended.returncode == 0, show(ended)
    lines = ended.stdout.splitlines()
    assert len(lines) == len(SENTENCES), show(ended)
    return {case.text: json.loads(line) for case, line in zip(SENTENCES, lines, strict=True)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_intents_are_understood(understood: dict[str, dict[str, Any]], language: str) -> None:
    cases = [case for case in SENTENCES if case.language == language and case.intent]
    wrong = [case for case in cases if understood[case.text]["intent"] != case.intent]
    unsure = [case for case in wrong if understood[case.text]["intent"] == "nlu_fallback"]
    confusions = Counter((case.intent, understood[case.text]["intent"]) for case in wrong)
    share = 1 - len(wrong) / len(cases)
    report = [f"{language}: {share:.1%} of {len(cases)} right, {len(unsure)} of the rest not understood (nlu_fallback)"]
    report += [f"  {count} x {meant} taken for {taken}" for (meant, taken), count in confusions.most_common()]
    report += [f"    {described(case, understood[case.text])}" for case in wrong]
    print("\n".join(report))
    assert share >= INTENT_FLOOR[language], "\n".join(report)


def described(case: Case, found: dict[str, Any]) -> str:
    return f"{case.text!r}: should be {case.intent}, is {found['intent']} ({found['nearest']})"


def test_the_answers_are_as_good_as_in_the_last_kept_run(product: Product) -> None:
    kept = RESULTS / "evaluation.json"
    assert kept.exists(), "there is no kept run; ./scripts/evaluate --keep makes it"
    judged = ask_all(product.url, SENTENCES, TALKS)
    assert len(judged) == sum(1 for case in SENTENCES if case.outcomes) + len(TURNS)
    summary = summarise(judged)
    worse = compare(json.loads(kept.read_text(encoding="utf-8"))["summary"], summary)
    report = as_text(summary, judged, {})
    print(report)
    assert worse == [], "\n".join([*worse, report])
