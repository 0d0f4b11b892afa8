"""The tests of the engine run in its environment (Python 3.10, Rasa): ``.venv-engine/bin/pytest tests/engine``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):  # noqa: UP036  # these tests alone run on 3.10
    collect_ignore_glob = ["test_*.py"]
else:
    from engine import without_tensorflow

    # As at the engine's start: before anything of Rasa is imported.
    without_tensorflow.install()


@pytest.fixture
def root() -> Path:
    """The repository; settings.py is for the service's Python."""
    return Path(__file__).resolve().parent.parent.parent
