"""Finds places, countries, years, editions and what is asked, by the names and patterns that stand in ``data/``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, Iterator, List, Text, Tuple

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.training_data.message import Message

from engine.tokenizer import HAN_RANGE

DATA = Path(__file__).resolve().parent.parent / "data"
_HAN = re.compile(rf"[{HAN_RANGE}]")
_LETTER = re.compile(rf"[^\W{HAN_RANGE}]")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class DataEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Entities ``place``, ``country``, ``year``, ``edition`` and ``aspect``: the shipped names, in any language and spelling.

    The value of a place is its key, so that Patan, Lalitpur and 帕坦 are one. Rasa's own extractor by regular expressions either
    misses names within Han text or finds them within English words. What the office adds later is found by the facts' own search.
    """

    def __init__(self, folder: Path = DATA) -> None:
        """Reads the names and patterns below a folder."""
        self._patterns = [*_names(folder / "facts" / "_places.yml"), *_signs(folder / "search")]

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DataEntityExtractor:
        """Makes the component, as Rasa does."""
        return cls()

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Returns no settings: there are none."""
        return {}

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the entities that were found to each message."""
        for message in messages:
            found = self.add_extractor_name(list(self.find(message.get("text") or "")))
            message.set("entities", message.get("entities", []) + found, add_to_output=True)
        return messages

    def find(self, text: str) -> Iterator[Dict[Text, Any]]:
        """Yields the entities of a text; of names that overlap, the longest."""
        taken: set[int] = set()
        for entity, value, pattern in self._patterns:
            for match in pattern.finditer(text):
                span = set(range(match.start(), match.end()))
                if entity in ("place", "country"):
                    if span & taken or not _is_whole(text, match):
                        continue
                    taken |= span
                yield {
                    "entity": entity,
                    "value": value or match.group(match.lastindex or 0).lower(),
                    "start": match.start(),
                    "end": match.end(),
                }


def _names(file: Path) -> Iterator[Tuple[str, str, re.Pattern[str]]]:
    """Yields entity, key and pattern of every name, the longest first."""
    places = yaml.safe_load(file.read_text(encoding="utf-8"))["places"]
    names = [
        (str(name), place["key"], "country" if place["kind"] == "country" else "place")
        for place in places
        for name in [*(n for names in place["names"].values() for n in names), *place.get("misspellings", ())]
    ]
    for name, key, entity in sorted(names, key=lambda named: (-len(named[0]), named)):
        yield entity, key, re.compile(re.escape(name), re.IGNORECASE)


def _is_whole(text: str, name: re.Match[str]) -> bool:
    """Tells whether a name is no part of a longer word; Han characters have no borders.

    Looked at here, and not in the names' patterns: a range as wide as that of the Han takes 5 ms to compile, for each of 400 names.
    """
    beside = text[max(0, name.start() - 1) : name.start()] + text[name.end() : name.end() + 1]
    return bool(_HAN.search(name.group())) or not _LETTER.search(beside)


def _signs(folder: Path) -> Iterator[Tuple[str, str, re.Pattern[str]]]:
    """Yields the patterns of years, editions and aspects."""
    yield "year", "", _YEAR
    for file in sorted(folder.glob("[a-z]*.yml")):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        yield "edition", "", re.compile("|".join(content["editions"]), re.IGNORECASE)
        for aspect, patterns in content["aspects"].items():
            yield "aspect", aspect, re.compile("|".join(patterns), re.IGNORECASE)
