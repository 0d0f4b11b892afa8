"""Runs Rasa without TensorFlow.

Rasa imports TensorFlow whatever the pipeline is (``rasa.utils.train_utils``, the neural policies). Our pipeline has no
neural part, so TensorFlow is neither installed (see ``[tool.uv]`` in ``pyproject.toml``) nor imported: a finder answers
its name with modules whose every attribute is an inert class, enough for base classes and annotations.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Sequence

import yaml

STOOD_IN = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras")

# The components of Rasa 3.6 that compute with TensorFlow.
NEURAL = frozenset(
    {
        "ConveRTFeaturizer",
        "DIETClassifier",
        "LanguageModelFeaturizer",
        "ResponseSelector",
        "TEDPolicy",
        "UnexpecTEDIntentPolicy",
    }
)


class NeedsTensorFlow(Exception):
    """A component is configured that can't run here."""


class _InertType(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _inert(name)

    def __or__(cls, other: Any) -> Any:  # annotations written as `tf.Tensor | None`
        return cls


def _inert(name: str) -> Any:
    def refuse(self: Any, *args: Any, **kwargs: Any) -> None:
        raise NeedsTensorFlow(f"{name} is part of TensorFlow, which this engine does without.")

    return _InertType(name, (), {"__init__": refuse, "__class_getitem__": classmethod(lambda cls, item: cls)})


class _InertModule(ModuleType):
    __path__ = []  # noqa: RUF012 (what makes it a package)

    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            return "0.0.0"
        if name.startswith("__"):
            raise AttributeError(name)
        value = _inert(name)
        setattr(self, name, value)
        return value


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".", 1)[0] in STOOD_IN:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _InertModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        return None


def install() -> None:
    """Stands in for TensorFlow's modules; call it before anything of Rasa is imported."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def check_config(config: Path) -> None:
    """Refuses a configuration whose components need TensorFlow.

    Args:
        config: Rasa's ``config.yml``.

    Raises:
        NeedsTensorFlow: names the components.
        yaml.YAMLError: the file is not YAML.
    """
    content = yaml.safe_load(config.read_text(encoding="utf-8"))
    parts = [content.get(part) if isinstance(content, dict) else None for part in ("pipeline", "policies")]
    if not all(isinstance(part, list) and part for part in parts):
        # Rasa would fill in its default pipeline, which is neural.
        raise NeedsTensorFlow(
            f"{config.name}: name both a pipeline and policies, component by component; Rasa's defaults need TensorFlow."
        )
    entries = [entry for part in parts if isinstance(part, list) for entry in part]
    names = [str(entry.get("name", "")).rsplit(".", 1)[-1] for entry in entries if isinstance(entry, dict)]
    neural = sorted(set(names) & NEURAL)
    if neural:
        raise NeedsTensorFlow(
            f"{config.name}: {', '.join(neural)} needs TensorFlow, which this engine does without "
            "(docs/decisions/0002-lean-engine.md). Use LogisticRegressionClassifier, MemoizationPolicy and RulePolicy."
        )
