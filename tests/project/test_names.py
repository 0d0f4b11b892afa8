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
from facts.decide import TOPIC_OF_INTENT, Outcome
from settings import LANGUAGES, ROOT
from tests.helpers.handmade import TEXTS
from xiadu.training import PARTS
from xiadu.training_checks import SILENT_INTENTS

DATA = ROOT / "data"
FALLBACK = "nlu_fallback"  # Rasa's own


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
    files = {file.stem for file in (ROOT / "tests" / "sentences" / language).glob("*.yml")}
    assert files == INTENTS - SILENT_INTENTS


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


# Subjects


def test_each_subject_has_its_intent() -> None:
    no_subject = {"follow_up", "out_of_scope", FALLBACK, *SILENT_INTENTS}
    assert set(TOPIC_OF_INTENT) == leading_to("action_answer") - no_subject
    assert len(set(TOPIC_OF_INTENT.values())) == len(TOPIC_OF_INTENT)
    for language in LANGUAGES:
        assert set(texts("topics", language)) == set(TOPIC_OF_INTENT.values())


def test_each_subject_has_its_facts() -> None:
    files = [file for file in (DATA / "facts").glob("*.yml") if not file.stem.startswith("_")]
    assert {read(file)["topic"] for file in files} == set(TOPIC_OF_INTENT.values())


# Slots


def test_the_slots_are_those_that_the_actions_use() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "actions").glob("*.py"))
    set_, got = (set(re.findall(rf'{call}\("(\w+)"', source)) for call in ("SlotSet", "get_slot"))
    assert set_ == got
    assert set(DOMAIN["slots"]) == set_


# Texts


def named_in_python() -> Iterator[tuple[str, str]]:
    """Every literal in the rooms that names a text, as a pattern, with its file."""
    for room in ("facts", "actions", "conversations", "connectors", "xiadu"):
        for file in (ROOT / room).rglob("*.py"):
            nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
            inner = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
            for node in nodes:
                if id(node) in inner:
                    continue
                if isinstance(node, ast.JoinedStr):
                    parts = [re.escape(str(p.value)) if isinstance(p, ast.Constant) else r"\w+" for p in node.values]
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    parts = [re.escape(node.value)]
                else:
                    continue
                if re.fullmatch(r"(replies|topics)\\\.(\w|\\[.w+]|\+)+", "".join(parts)):
                    yield "".join(parts), file.name


def flat(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}")
    else:
        yield name


def test_the_texts_are_those_that_python_names() -> None:
    held = {name for file in ("replies", "topics") for name in flat(texts(file, LANGUAGES[0]), file)}
    named = list(named_in_python())
    assert len(named) > 8
    assert len(held) > 15
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
    assert len(ours) == 2
    for name in ours:
        module, _, wanted = name.rpartition(".")
        tree = ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))
        assert wanted in {node.name for node in tree.body if isinstance(node, ast.ClassDef)}


def test_what_the_model_is_made_of_exists() -> None:
    assert [part for part in PARTS if not (ROOT / part).exists()] == []


def test_the_settings_are_documented() -> None:
    variables = set(re.findall(r'"(XIADU_[A-Z_]+)"', (ROOT / "settings.py").read_text()))
    assert len(variables) > 5
    documented = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert sorted(name for name in variables if f"`{name}`" not in documented) == []


def test_the_handmade_texts_are_a_part_of_the_real_ones() -> None:
    held = {name for file in ("replies", "topics") for name in flat(texts(file, LANGUAGES[0]), file)}
    made = set(TEXTS._by_language["en"])
    assert made <= held, sorted(made - held)
