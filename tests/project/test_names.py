"""Names in Python, YAML and domain.yml meet, in both directions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from actions.answer import ActionAnswer
from actions.route import make_executor
from connectors.web_chat.schemas import Message
from conversations import talk
from facts.decide import OUTSIDE_INTENTS, TOPIC_OF_INTENT, Outcome
from facts.patterns import SIGNS
from facts.polarity import Polarity
from facts.records import Aspect, SourceRecord
from settings import LANGUAGES, ROOT
from tests.helpers.handmade import TEXTS
from xiadu.training import PARTS
from xiadu.training_checks import SILENT_INTENTS

DATA = ROOT / "data"
FALLBACK = "nlu_fallback"  # Rasa's own
NO_SUBJECT = {"follow_up", "ask_source", "ask_currency"}
"""Intents about the talk itself, which the facts answer all the same."""


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


DOMAIN = read(ROOT / "domain.yml")
INTENTS = set(DOMAIN["intents"])


def follows() -> dict[str, str]:
    """What follows each intent, by the rules."""
    files = sorted((DATA / "rules").glob("*.yml"))
    assert files
    found = {}
    for file in files:
        for rule in read(file)["rules"]:
            said, done = rule["steps"]
            assert said["intent"] not in found, f"two rules for {said['intent']}"
            found[said["intent"]] = done["action"]
    return found


def steps(part: str) -> set[str]:
    """All intents or actions of rules and stories."""
    return {
        step[part]
        for folder in ("rules", "stories")
        for file in (DATA / folder).glob("*.yml")
        for entry in read(file)[folder]
        for step in entry["steps"]
        if part in step
    }


def leading_to(action: str) -> set[str]:
    return {intent for intent, done in follows().items() if done == action}


def texts(file: str, language: str) -> dict[str, Any]:
    content: dict[str, Any] = read(DATA / "texts" / language / f"{file}.yml")
    return content


# Intents


def test_there_are_intents() -> None:
    assert len(INTENTS) == len(DOMAIN["intents"]) > 10
    assert SILENT_INTENTS <= INTENTS


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_intent_has_its_examples(language: str) -> None:
    files = {file.stem: file for file in (DATA / "nlu" / language).glob("*.yml") if not file.stem.startswith("_")}
    assert set(files) == INTENTS - SILENT_INTENTS
    for name, file in files.items():
        entries = [entry["intent"] for entry in read(file)["nlu"] if "intent" in entry]
        assert entries == [name], file


def test_no_language_is_left_over() -> None:
    for folder in ("nlu", "texts"):
        assert {path.name for path in (DATA / folder).iterdir() if path.is_dir()} == set(LANGUAGES)


def test_each_intent_has_its_rule() -> None:
    assert set(follows()) == INTENTS | {FALLBACK}
    assert steps("intent") <= INTENTS | {FALLBACK}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_intent_has_its_test_sentences(language: str) -> None:
    folder = ROOT / "tests" / "sentences" / language
    files = {file.stem for file in folder.glob("*.yml") if not file.stem.startswith("_")}
    assert files == INTENTS - SILENT_INTENTS


def test_each_language_has_its_test_sentences_and_talks() -> None:
    tests = ROOT / "tests"
    assert {path.name for path in (tests / "sentences").iterdir() if path.is_dir()} == set(LANGUAGES)
    assert {path.name for path in (tests / "talks").iterdir()} == {f"{language}.yml" for language in LANGUAGES}


@pytest.mark.parametrize("module", ["facts/decide.py", "facts/answer.py", "facts/follow.py", "facts/about.py"])
def test_the_intents_that_the_facts_ask_after_are_of_the_domain(module: str) -> None:
    source = (ROOT / module).read_text(encoding="utf-8")
    named = set(re.findall(r'is_sure_of\("(\w+)"', source)) | set(re.findall(r'"(ask_\w+)"', source))
    assert named - INTENTS == set()


def test_the_facts_ask_after_intents() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "facts").glob("*.py"))
    asked = set(re.findall(r'is_sure_of\("(\w+)"', source))
    assert {"follow_up", "ask_politics", "out_of_scope"} <= asked <= INTENTS


def test_the_button_is_an_intent() -> None:
    assert talk.CHOOSE.startswith("/")
    assert talk.CHOOSE[1:] in SILENT_INTENTS


# Actions


def test_the_actions_are_those_that_are_registered() -> None:
    registered = set(make_executor(None).actions)  # type: ignore[arg-type]  # nothing is asked of the facts
    assert registered
    assert registered == set(DOMAIN["actions"]) == steps("action")


def test_what_is_done_when_rasa_is_at_a_loss_is_an_action() -> None:
    policies = read(ROOT / "config.yml")["policies"]
    (fallback,) = [entry["core_fallback_action_name"] for entry in policies if "core_fallback_action_name" in entry]
    assert fallback == ActionAnswer.name(None) == follows()[FALLBACK]  # type: ignore[arg-type]


def test_each_small_talk_has_its_text() -> None:
    small = leading_to("action_smalltalk")
    assert len(small) >= 4
    for language in LANGUAGES:
        assert set(texts("replies", language)["smalltalk"]) == small


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_polarity_has_its_text(language: str) -> None:
    assert set(texts("replies", language)["answer"]) == {"more", "other_language", *get_args(Polarity)} - {""}


def test_each_reliability_of_a_source_has_its_text() -> None:
    grades = set(get_args(SourceRecord.model_fields["reliability"].annotation))
    assert len(grades) == 4
    for language in LANGUAGES:
        assert set(texts("replies", language)["about"]["reliability"]) == grades


# Subjects


def test_each_subject_has_its_intent() -> None:
    no_subject = {*NO_SUBJECT, *OUTSIDE_INTENTS, FALLBACK, *SILENT_INTENTS}
    assert set(TOPIC_OF_INTENT) == leading_to("action_answer") - no_subject
    assert set(TOPIC_OF_INTENT).isdisjoint(no_subject)
    assert len(set(TOPIC_OF_INTENT.values())) == len(TOPIC_OF_INTENT)
    for language in LANGUAGES:
        assert set(texts("topics", language)) == set(TOPIC_OF_INTENT.values())


def test_what_is_no_subject_of_ours_is_an_intent_that_the_facts_see() -> None:
    assert OUTSIDE_INTENTS
    assert set(OUTSIDE_INTENTS) | NO_SUBJECT <= leading_to("action_answer") & INTENTS


def test_each_subject_has_its_facts() -> None:
    files = [file for file in (DATA / "facts").glob("*.yml") if not file.stem.startswith("_")]
    assert {read(file)["topic"] for file in files} == set(TOPIC_OF_INTENT.values())


# Slots


def test_the_slots_are_those_that_the_actions_use() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "actions").glob("*.py"))
    set_, got = (set(re.findall(rf'{call}\("(\w+)"', source)) for call in ("SlotSet", "get_slot"))
    assert set_ == got
    assert set(DOMAIN["slots"]) == set_


# What is found in a question


def values_of(file: str, name: str) -> set[str]:
    """The strings that a function of the engine yields first: it runs on another Python, so its source is read."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    (function,) = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name]
    strings = {node.value for node in ast.walk(function) if isinstance(node, ast.Constant)}
    return {value for value in strings if isinstance(value, str) and re.fullmatch(r"[a-z]+", value)}


def test_the_entities_are_those_that_the_engine_finds() -> None:
    entities = {name for entry in DOMAIN["entities"] for name in ([entry] if isinstance(entry, str) else entry)}
    assert len(entities) == len(DOMAIN["entities"]) >= 5
    # Beside entities these two functions name parts of the files that they read.
    parts = {"names", "places", "key", "kind", "misspellings", "editions", "aspects"}
    named = values_of("engine/entities.py", "_names") | values_of("engine/entities.py", "_signs")
    assert entities == named - parts - {"utf"}
    for entity in entities:
        assert f"``{entity}``" in (ROOT / "engine" / "entities.py").read_text(encoding="utf-8")


def test_no_entity_leads_the_talk() -> None:
    """Else each of them would be another state, which no rule knows."""
    assert [e for e in DOMAIN["entities"] if next(iter(e.values()))["influence_conversation"] is not False] == []
    assert [name for name, slot in DOMAIN["slots"].items() if slot["influence_conversation"] is not False] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_signs_of_a_question_are_those_that_python_knows(language: str) -> None:
    content = read(DATA / "search" / f"{language}.yml")
    assert set(content["signs"]) == set(SIGNS)
    assert len(SIGNS) == len(set(SIGNS)) > 10
    assert set(content["aspects"]) <= set(get_args(Aspect))


def test_the_signs_that_python_asks_for_exist() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "facts").glob("*.py"))
    asked = set(re.findall(r'(?:shows\(|signs\[)"(\w+)"', source))
    assert len(asked) > 5
    assert asked <= set(SIGNS)
    assert [sign for sign in SIGNS if source.count(f'"{sign}"') < 2] == [], "a sign that nobody looks at"


# Texts


def pattern_of(node: ast.expr) -> str | None:
    """A literal as a pattern of the names that it may stand for; None for what is no literal."""
    if isinstance(node, ast.JoinedStr):
        return "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else r"\w+" for p in node.values)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    return None


def said_by_composers(tree: ast.AST) -> Iterator[str]:
    """What a composer says: its names begin within ``replies``.

    Where the name is a variable, all literals that the function may give it count: those of assignments and loops.
    """
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for call in ast.walk(function):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "say"):
                continue
            if ast.unparse(call.func.value) not in ("composer", "self._composer", "self") or not call.args:
                continue
            (name, *_) = call.args
            given = [name] if pattern_of(name) else literals_for(ast.unparse(name), function)
            for literal in given:
                if (pattern := pattern_of(literal)) and not pattern.startswith(r"replies\."):
                    yield rf"replies\.{pattern}"


def literals_for(variable: str, function: ast.FunctionDef) -> Iterator[ast.expr]:
    """The literals that a function may give a variable."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and variable in map(ast.unparse, node.targets):
            values = [node.value.body, node.value.orelse] if isinstance(node.value, ast.IfExp) else [node.value]
            yield from values
        elif isinstance(node, ast.For) and isinstance(node.target, ast.Tuple) and isinstance(node.iter, ast.Tuple):
            names = [ast.unparse(target) for target in node.target.elts]
            if variable in names:
                rows = [row for row in node.iter.elts if isinstance(row, ast.Tuple)]
                yield from (row.elts[names.index(variable)] for row in rows)


def named_in_python() -> Iterator[tuple[str, str]]:
    """Every literal in the rooms that names a text, as a pattern, with its file."""
    for room in ("facts", "actions", "conversations", "connectors", "xiadu"):
        for file in (ROOT / room).rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            nodes = list(ast.walk(tree))
            inner = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
            for node in nodes:
                pattern = pattern_of(node) if isinstance(node, ast.expr) and id(node) not in inner else None
                if pattern and re.fullmatch(r"(replies|topics)\\\.(\w|\\[.w+]|\+)+", pattern):
                    yield pattern, file.name
            if room == "facts":
                yield from ((pattern, file.name) for pattern in said_by_composers(tree))


def flat(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}")
    else:
        yield name


def test_the_texts_are_those_that_python_names() -> None:
    held = {name for file in ("replies", "topics") for name in flat(texts(file, LANGUAGES[0]), file)}
    named = [place for place in named_in_python() if place[0] != r"replies\.\w+"]  # that would be any of them
    assert len(named) > 25
    assert len(held) > 40
    assert [place for place in named if not any(re.fullmatch(place[0], name) for name in held)] == []
    assert [name for name in sorted(held) if not any(re.fullmatch(pattern, name) for pattern, _ in named)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_a_name(language: str) -> None:
    assert set(texts("replies", language)["languages"]) == set(LANGUAGES)


# Between the two programs


def test_the_outcomes_are_those_that_the_api_describes() -> None:
    assert set(get_args(Outcome)) == set(get_args(Message.model_fields["outcome"].annotation))


def test_the_inner_header_has_one_name() -> None:
    files = ["engine/channel.py", "conversations/engine_client.py", "actions/route.py"]
    found = {re.findall(r'^INNER_HEADER = "(.+)"$', (ROOT / file).read_text(), re.M)[0] for file in files}
    assert found == set(read(ROOT / "endpoints.yml")["action_endpoint"]["headers"])


def test_the_engine_is_given_the_variables_that_it_reads() -> None:
    read_by_rasa = set()
    for name in ("endpoints.yml", "credentials.yml"):
        read_by_rasa |= set(re.findall(r"\$\{(\w+)\}", (ROOT / name).read_text()))
    assert len(read_by_rasa) >= 4
    given = set(re.findall(r"\b(XIADU_\w+)=", (ROOT / "xiadu" / "engine_process.py").read_text()))
    assert read_by_rasa == given


def test_what_rasa_is_told_to_load_of_ours_exists() -> None:
    named = [entry["name"] for part in ("pipeline", "policies") for entry in read(ROOT / "config.yml")[part]]
    named += [name for name in read(ROOT / "credentials.yml") if "." in name]
    ours = [name for name in named if name.startswith("engine.")]
    assert len(ours) == 4
    for name in ours:
        module, _, wanted = name.rpartition(".")
        tree = ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))
        assert wanted in {node.name for node in tree.body if isinstance(node, ast.ClassDef)}


def test_what_the_model_is_made_of_exists() -> None:
    assert [part for part in PARTS if not (ROOT / part).exists()] == []


def test_the_settings_are_documented() -> None:
    variables = set(re.findall(r'"((?:XIADU|TELEGRAM)_[A-Z_]+)"', (ROOT / "settings.py").read_text()))
    assert len(variables) > 5
    documented = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert sorted(name for name in variables if f"`{name}`" not in documented) == []


def test_the_handmade_texts_are_a_part_of_the_real_ones() -> None:
    held = {name for file in ("replies", "topics") for name in flat(texts(file, LANGUAGES[0]), file)}
    made = set(TEXTS._by_language["en"])
    assert made <= held, sorted(made - held)
