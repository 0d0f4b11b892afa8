"""Brings the database to this version: its tables, and the shipped facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from alembic import command
from alembic.config import Config

from facts.database import Database
from facts.records import AnyRecord
from facts.seed import seed
from settings import ROOT
from xiadu import VERSION


def migrate(database: Database) -> None:
    """Creates the tables, or changes those of an older version."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    with database.engine.connect().execution_options(writes=True) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def fill(database: Database, shipped: Iterable[AnyRecord]) -> Counter[str]:
    """Seeds the shipped facts and returns what was done (see :func:`facts.seed.seed`)."""
    with database.write() as session:
        return seed(session, shipped, f"xiadu {VERSION}")
