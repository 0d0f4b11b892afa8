"""The names and signs that the engine finds in what is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from engine.entities import DataEntityExtractor

PLACES = """\
places:
  - {key: turkiye, kind: country, names: {en: [Türkiye, Turkey], zh: [土耳其]}}
  - {key: edirne, kind: city, names: {en: [Edirne], zh: [埃迪尔内]}, misspellings: [Edirna, 埃迪内]}
  - {key: man, kind: city, names: {en: [Man]}}
  - {key: york, kind: city, names: {en: [York], zh: [约克]}}
  - {key: new-york, kind: state, names: {en: [New York, "N.Y."], zh: [纽约克]}}
"""
SIGNS = {
    "en": {
        "aspects": {"when": [r"\bwhen\b", r"\bwhat year\b"], "who": [r"\bwho\b"]},
        "signs": {"more": ["more"]},
        "editions": [r"\b(\d{1,2})(?:st|nd|rd|th)\b", r"\b(first|second)\b"],
        "numerals": {"first": 1, "second": 2},
    },
    "zh": {
        "aspects": {"when": ["什么时候", "哪一年"]},
        "signs": {"more": ["更多"]},
        "editions": ["第([一二三]|\\d+)届"],
        "numerals": {"一": 1},
    },
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small ``data/`` made by hand."""
    folder: Path = tmp_path_factory.mktemp("data")
    (folder / "facts").mkdir()
    (folder / "facts" / "_places.yml").write_text(PLACES, encoding="utf-8")
    (folder / "search").mkdir()
    for language, content in SIGNS.items():
        (folder / "search" / f"{language}.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    (folder / "search" / "_weights.yml").write_text("rank: {whole: 1}\n")
    return folder


@pytest.fixture(scope="module")
def extractor(data: Path) -> DataEntityExtractor:
    return DataEntityExtractor(data)


def found(extractor: DataEntityExtractor, text: str) -> list[Any]:
    """What is found, in the order of the text."""
    entities = sorted(extractor.find(text), key=lambda entity: entity["start"])
    return [(entity["entity"], entity["value"], text[entity["start"] : entity["end"]]) for entity in entities]


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        # A name in any language, spelling and case has the value of its key.
        ("Tell me about Edirne", [("place", "edirne", "Edirne")]),
        ("tell me about EDIRNA!", [("place", "edirne", "EDIRNA")]),
        ("介绍一下埃迪尔内", [("place", "edirne", "埃迪尔内")]),
        ("埃迪内怎么样", [("place", "edirne", "埃迪内")]),
        ("Edirne's mayor", [("place", "edirne", "Edirne")]),
        # A country is another thing than a place in it.
        ("turkey and Türkiye", [("country", "turkiye", "turkey"), ("country", "turkiye", "Türkiye")]),
        ("土耳其的埃迪尔内", [("country", "turkiye", "土耳其"), ("place", "edirne", "埃迪尔内")]),
        # A Latin name stands for itself, a Chinese one stands anywhere.
        ("How many people? Manual, human", []),
        ("the island of Man", [("place", "man", "Man")]),
        ("Edirnespor", []),
        # Of names that overlap, the longest.
        ("New York", [("place", "new-york", "New York")]),
        ("in York, not in new york", [("place", "york", "York"), ("place", "new-york", "new york")]),
        ("去纽约克", [("place", "new-york", "纽约克")]),
        ("N.Y. is a state", [("place", "new-york", "N.Y.")]),
        # Years of four figures.
        ("in 2012 and 1999", [("year", "2012", "2012"), ("year", "1999", "1999")]),
        ("2012年", [("year", "2012", "2012")]),
        ("12012, 20123, 1812, 2112", []),
        # Editions by their figure or numeral.
        ("the 3rd forum", [("edition", "3", "3rd")]),
        ("The Second forum", [("edition", "second", "Second")]),
        ("第三届论坛和第12届", [("edition", "三", "第三届"), ("edition", "12", "第12届")]),
        # What is asked, in both languages.
        ("When was it?", [("aspect", "when", "When")]),
        ("What year, and who?", [("aspect", "when", "What year"), ("aspect", "who", "who")]),
        ("是哪一年的事", [("aspect", "when", "哪一年")]),
        ("whenever", []),
        # All at once.
        (
            "When did Edirne sign in 2014?",
            [("aspect", "when", "When"), ("place", "edirne", "Edirne"), ("year", "2014", "2014")],
        ),
        ("", []),
        ("?!", []),
    ],
)
def test_what_is_found(extractor: DataEntityExtractor, text: str, entities: list[Any]) -> None:
    assert found(extractor, text) == entities


def test_a_message_gets_the_entities_beside_those_it_has(extractor: DataEntityExtractor) -> None:
    before: dict[str, Any] = {"entity": "other", "value": "x", "start": 0, "end": 4}
    messages = [
        Message({TEXT: "When did Edirne sign?", ENTITIES: [before]}),
        Message({TEXT: "hello"}),
        Message({"intent": "choose"}),
    ]
    assert extractor.process(messages) is messages
    first, *others = [message.get(ENTITIES) for message in messages]
    assert first[0] == before
    assert {entity["entity"] for entity in first[1:]} == {"place", "aspect"}
    assert {entity["extractor"] for entity in first[1:]} == {"DataEntityExtractor"}
    assert others == [[], []]


def test_it_has_no_settings() -> None:
    assert DataEntityExtractor.get_default_config() == {}


# As shipped


EXTRACTOR = DataEntityExtractor()


def test_every_shipped_name_is_found_as_itself(root: Path) -> None:
    places = yaml.safe_load((root / "data" / "facts" / "_places.yml").read_text(encoding="utf-8"))["places"]
    keys = {place["key"]: "country" if place["kind"] == "country" else "place" for place in places}
    assert len(keys) > 20
    missed = []
    for place in places:
        for name in [name for names in place["names"].values() for name in names] + place.get("misspellings", []):
            named = [(e["entity"], e["value"], e["start"], e["end"]) for e in EXTRACTOR.find(str(name))]
            if (keys[place["key"]], place["key"], 0, len(str(name))) not in named:
                missed.append((place["key"], name))
    assert missed == []


def test_the_shipped_names_are_not_found_within_words() -> None:
    for text in ("How many people were there?", "Hello, good morning", "Can I talk to a human?", "谢谢你的帮助"):
        assert [entity for entity in EXTRACTOR.find(text) if entity["entity"] in ("place", "country")] == []


# Mixed on purpose: names, signs, marks, lone surrogates.
mixed = st.text(
    st.sampled_from("西宁土耳其第三届埃迪尔内 Edirne Xining 2012 3rd when Türkiye’.-\n\u200b\ud800\x00😀")
    | st.characters(),
    max_size=60,
)


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(text=mixed)
def test_whatever_is_said_offsets_lead_into_it_and_names_do_not_overlap(text: str) -> None:
    entities = list(EXTRACTOR.find(text))
    taken: list[int] = []
    for entity in entities:
        assert 0 <= entity["start"] < entity["end"] <= len(text)
        assert isinstance(entity["value"], str)
        assert entity["value"]
        if entity["entity"] in ("place", "country"):
            taken += range(entity["start"], entity["end"])
    assert len(taken) == len(set(taken))
