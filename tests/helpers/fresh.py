"""Fixtures of a fresh database; a room's conftest imports those that it uses."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from facts.database import Database
from tests.helpers import handmade
from xiadu.database import migrate


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables and nothing in them, to copy."""
    file = tmp_path_factory.mktemp("migrated") / "xiadu.db"
    database = Database(f"sqlite:///{file}")
    migrate(database)
    database.close()
    return file


@pytest.fixture
def database_file(migrated_file: Path, tmp_path: Path) -> Path:
    """The file of the fresh database."""
    return Path(shutil.copy(migrated_file, tmp_path / "xiadu.db"))


@pytest.fixture
def database(database_file: Path) -> Iterator[Database]:
    """A fresh database: tables, and nothing in them."""
    fresh = Database(f"sqlite:///{database_file}")
    yield fresh
    fresh.close()


@pytest.fixture(scope="session")
def filled_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the facts made by hand, to copy."""
    file = Path(shutil.copy(migrated_file, tmp_path_factory.mktemp("filled") / "xiadu.db"))
    database = Database(f"sqlite:///{file}")
    handmade.fill(database)
    database.close()
    return file


@pytest.fixture
def filled(filled_file: Path, database_file: Path) -> Iterator[Database]:
    """The fresh database with the facts made by hand."""
    fresh = Database(f"sqlite:///{shutil.copy(filled_file, database_file)}")
    yield fresh
    fresh.close()
