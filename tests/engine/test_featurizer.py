"""Sentences as vectors for Rasa."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from engine.featurizer import SentenceFeaturizer

DIMENSIONS = 512


def make(**config: Any) -> SentenceFeaturizer:
    """Makes the component as Rasa does."""
    context = ExecutionContext(GraphSchema({}), node_name="SentenceFeaturizer1")
    config = {**SentenceFeaturizer.get_default_config(), **config}
    return SentenceFeaturizer.create(config, None, Resource("x"), context)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def featurizer() -> SentenceFeaturizer:
    return make()


def vectors(featurizer: SentenceFeaturizer, *texts: str) -> list[Any]:
    messages = [Message({TEXT: text}) for text in texts]
    featurizer.process(messages)
    return [vector_of(message) for message in messages]


def vector_of(message: Message) -> Any | None:
    """The one vector of a message, or None."""
    _, sentence = message.get_dense_features(TEXT)
    return None if sentence is None else sentence.features


def likeness(a: Any, b: Any) -> float:
    return float((a @ b.T).item() / np.linalg.norm(a) / np.linalg.norm(b))


def test_each_sentence_has_one_vector(featurizer: SentenceFeaturizer) -> None:
    messages = [Message({TEXT: "What was the forum?"}), Message({TEXT: "论坛是什么？"})]
    assert featurizer.process(messages) is messages
    for message in messages:
        (features,) = message.features
        assert features.features.shape == (1, DIMENSIONS)
        assert features.features.dtype == np.float32
        assert (features.type, features.attribute, features.origin) == (
            FEATURE_TYPE_SENTENCE,
            TEXT,
            "SentenceFeaturizer1",
        )


@pytest.mark.parametrize("scale", [1.0, 6.0, 0.5])
def test_its_length_is_the_scale(scale: float) -> None:
    for vector in vectors(make(scale=scale), "What was the forum?", "西宁有多少人口"):
        assert np.linalg.norm(vector) == pytest.approx(scale, rel=1e-3)


@pytest.mark.parametrize(
    ("sentence", "like", "unlike"),
    [
        ("How many people live in Xining?", "西宁有多少人口？", "Who signed the agreement?"),
        ("Goodbye, see you", "再见", "你好"),
        ("Who is the mayor?", "Tell me the mayor's name", "Is there a train?"),
    ],
)
def test_what_means_the_same_is_alike_in_both_languages(
    featurizer: SentenceFeaturizer, sentence: str, like: str, unlike: str
) -> None:
    asked, near, far = vectors(featurizer, sentence, like, unlike)
    assert likeness(asked, near) > likeness(asked, far) + 0.1


def test_capitals_do_not_count(featurizer: SentenceFeaturizer) -> None:
    one, other = vectors(featurizer, "What Was The FORUM?", "what was the forum?")
    assert np.allclose(one, other, atol=1e-5)


def test_a_sentence_is_the_same_alone_and_among_others(featurizer: SentenceFeaturizer) -> None:
    (alone,) = vectors(featurizer, "What was the forum?")
    among, _, _ = vectors(featurizer, "What was the forum?", "a" * 500, "西宁")
    assert np.allclose(alone, among, atol=1e-4)


def test_a_message_without_a_text_stays_as_it_was(featurizer: SentenceFeaturizer) -> None:
    messages: list[Message] = [Message({"intent": "choose"}), Message({TEXT: ""}), Message({TEXT: "hello"})]
    featurizer.process(messages)
    assert [len(message.features) for message in messages] == [0, 0, 1]
    assert featurizer.process([]) == []


@pytest.mark.parametrize("text", ["?", "😀", "\x00", "\ufffd", "西" * 1000, "a " * 1000, "\u200b", "／restart"])
def test_whatever_is_said_has_a_vector(featurizer: SentenceFeaturizer, text: str) -> None:
    (vector,) = vectors(featurizer, text)
    assert np.isfinite(vector).all()


def test_training_examples_are_turned_like_messages(featurizer: SentenceFeaturizer) -> None:
    example = Message.build(text="What was the forum?", intent="ask_forum")
    learned = featurizer.process_training_data(TrainingData([example]))
    assert learned.training_examples == [example]
    (said,) = vectors(featurizer, "What was the forum?")
    assert np.allclose(vector_of(example), said, atol=1e-5)


def test_the_configuration_of_the_product_gives_it_a_scale(root: Path) -> None:
    pipeline: list[dict[str, Any]] = yaml.safe_load((root / "config.yml").read_text())["pipeline"]
    (entry,) = [entry for entry in pipeline if entry["name"].endswith("SentenceFeaturizer")]
    assert entry["scale"] > 0
    assert SentenceFeaturizer.get_default_config()["scale"] > 0
