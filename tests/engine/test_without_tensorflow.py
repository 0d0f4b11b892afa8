"""Rasa without TensorFlow: it isn't there, what stands in is inert, and what needs it is refused in one sentence."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from engine import without_tensorflow
from engine.without_tensorflow import NEURAL, STOOD_IN, NeedsTensorFlow, check_config


@pytest.mark.parametrize("package", ["tensorflow", "tensorflow-cpu", "tensorflow-hub", "tensorflow-text", "keras"])
def test_it_is_not_installed(package: str) -> None:
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.distribution(package)


def test_what_rasa_imports_of_it_is_ours() -> None:
    importlib.import_module("rasa.core.agent")
    importlib.import_module("rasa.utils.train_utils")
    theirs = {name: module for name, module in sys.modules.items() if name.split(".")[0] in STOOD_IN}
    assert "tensorflow" in theirs
    assert [name for name, module in theirs.items() if not isinstance(module, without_tensorflow._InertModule)] == []
    assert [name for name, module in theirs.items() if getattr(module, "__file__", None)] == []


def test_its_classes_are_inert() -> None:
    import tensorflow as tf
    from tensorflow.keras.layers import Dense

    class Layer(tf.keras.layers.Layer):  # type: ignore[misc]
        """As Rasa's own."""

    for inert in (tf.Tensor, tf.keras.Model, Dense, Layer):
        assert isinstance(inert, type)
        with pytest.raises(NeedsTensorFlow, match="is part of TensorFlow, which this engine does without"):
            inert()
    assert isinstance(tf.Tensor | None, type)
    assert isinstance(tf.Tensor[int], type)
    assert tf.Tensor is tf.Tensor
    assert tf.__version__ == "0.0.0"
    with pytest.raises(AttributeError):
        tf.__no_such_thing__  # noqa: B018


def test_only_its_names_are_stood_in_for() -> None:
    assert importlib.util.find_spec("tensorflow_no_such_package") is None
    json = importlib.util.find_spec("json")
    assert json is not None
    assert not isinstance(json.loader, without_tensorflow._Finder)


def test_installing_twice_is_installing_once() -> None:
    without_tensorflow.install()
    without_tensorflow.install()
    assert len([finder for finder in sys.meta_path if isinstance(finder, without_tensorflow._Finder)]) == 1


def write(folder: Path, **changed: object) -> Path:
    plain = {"pipeline": [{"name": "CountVectorsFeaturizer"}], "policies": [{"name": "RulePolicy"}]}
    content = {part: value for part, value in {**plain, **changed}.items() if value is not None}
    file = folder / "config.yml"
    file.write_text(yaml.safe_dump(content))
    return file


def test_the_configuration_of_the_product_is_accepted(root: Path) -> None:
    check_config(root / "config.yml")


@pytest.mark.parametrize("name", [*sorted(NEURAL), "rasa.nlu.classifiers.diet_classifier.DIETClassifier"])
@pytest.mark.parametrize("part", ["pipeline", "policies"])
def test_a_component_that_needs_it_is_refused(tmp_path: Path, part: str, name: str) -> None:
    with pytest.raises(NeedsTensorFlow) as refusal:
        check_config(write(tmp_path, **{part: [{"name": "RulePolicy"}, {"name": name, "epochs": 7}]}))
    sentence = str(refusal.value)
    assert sentence.startswith(f"config.yml: {name.rsplit('.', 1)[-1]} needs TensorFlow")
    assert "Use LogisticRegressionClassifier" in sentence
    assert "\n" not in sentence


def test_the_page_that_a_refusal_names_exists(root: Path) -> None:
    source = (root / "engine" / "without_tensorflow.py").read_text()
    assert "docs/decisions/0002-lean-engine.md" in source
    assert (root / "docs" / "decisions" / "0002-lean-engine.md").exists()


@pytest.mark.parametrize("missing", [{"pipeline": None}, {"policies": None}, {"pipeline": []}, {"policies": []}])
def test_rasas_defaults_are_refused(tmp_path: Path, missing: dict) -> None:
    with pytest.raises(NeedsTensorFlow, match="name both a pipeline and policies"):
        check_config(write(tmp_path, **missing))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text("")
    with pytest.raises(NeedsTensorFlow, match="name both"):
        check_config(tmp_path / "config.yml")


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("pipeline: [{name: DIETClassifier}]\npolicies: [{name: RulePolicy}]", "DIETClassifier needs TensorFlow"),
        ("language: en", "name both a pipeline and policies"),
        ("pipeline: supervised_embeddings\npolicies: [{name: RulePolicy}]", "config.yml"),
        ("pipeline: [", "config.yml"),
        (None, "config.yml"),
    ],
    ids=["neural", "defaults", "a word instead of a list", "broken", "missing"],
)
def test_the_engine_ends_with_one_clear_sentence(tmp_path: Path, root: Path, config: str | None, told: str) -> None:
    shutil.copytree(root / "engine", tmp_path / "engine")
    if config is not None:
        (tmp_path / "config.yml").write_text(config)
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-m", "engine", "train"]
    ended = subprocess.run(
        command, cwd=tmp_path, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 1, ended.stderr
    (line,) = ended.stderr.strip().splitlines()
    assert line.startswith("engine: ")
    assert told in line
