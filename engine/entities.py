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
                    if span & taken:
                        continue
                    taken |= span
                named = next((group for group in match.groups() if group), match.group()) if match.groups() else None
                yield {
                    "entity": entity,
                    "value": value or (named or match.group()).lower(),
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
        whole = re.escape(name) if _HAN.search(name) else rf"(?<![^\W{HAN_RANGE}]){re.escape(name)}(?![^\W{HAN_RANGE}])"
        yield entity, key, re.compile(whole, re.IGNORECASE)


def _signs(folder: Path) -> Iterator[Tuple[str, str, re.Pattern[str]]]:
    """Yields the patterns of years, editions and aspects."""
    yield "year", "", _YEAR
    for file in sorted(folder.glob("[a-z]*.yml")):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        yield "edition", "", re.compile("|".join(content["editions"]), re.IGNORECASE)
        for aspect, patterns in content["aspects"].items():
            yield "aspect", aspect, re.compile("|".join(patterns), re.IGNORECASE)
