"""Fixtures of the tests of the benchmarks."""

from tests.helpers.fresh import database, database_file, filled, filled_file, migrated_file

__all__ = ["database", "database_file", "filled", "filled_file", "migrated_file"]
