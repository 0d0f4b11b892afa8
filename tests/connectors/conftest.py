"""Fixtures of the tests of the connectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.web import Web
from tests.helpers.fresh import migrated_file

__all__ = ["migrated_file"]


@pytest.fixture
def make_web(tmp_path: Path, migrated_file: Path) -> Iterator[Callable[..., Web]]:
    """Makes APIs, each with a fresh database."""
    made: list[Web] = []

    def make(**options: Any) -> Web:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Web(folder, migrated_file, **options))
        return made[-1]

    yield make
    for web in made:
        web.close()


@pytest.fixture
def web(make_web: Callable[..., Web]) -> Web:
    """An API with a fresh database."""
    return make_web()


@pytest.fixture(scope="session")
def shared_web(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Web]:
    """One API for the many messages of the property tests."""
    web = Web(tmp_path_factory.mktemp("web"), migrated_file)
    yield web
    web.close()
