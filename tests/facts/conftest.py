"""Fixtures of the tests of the facts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from facts.database import Database
from facts.search import Search, Snapshot
from tests.helpers.fresh import database, database_file, filled, filled_file, migrated_file
from tests.helpers.handmade import search_on

__all__ = ["database", "database_file", "filled", "filled_file", "migrated_file", "unchanging", "unchanging_snapshot"]


@pytest.fixture(scope="session")
def unchanging(filled_file: Path) -> Iterator[Search]:
    """A search on the facts made by hand, for tests that change nothing."""
    held = Database(f"sqlite:///{filled_file}")
    yield search_on(held)
    held.close()


@pytest.fixture(scope="session")
def unchanging_snapshot(unchanging: Search) -> Snapshot:
    """Its facts."""
    return unchanging.snapshot()
