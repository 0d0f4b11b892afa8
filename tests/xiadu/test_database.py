"""The migrations: after them the tables are those of the models."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

import conversations.models
import facts.models
from facts import store
from facts.database import Base, Database
from tests.helpers.handmade import FACTS, RECORDS, fact
from xiadu import VERSION
from xiadu.database import fill, migrate

DECLARED = (conversations.models, facts.models)


def test_the_tables_are_those_of_the_models(database: Database) -> None:
    tables = set(inspect(database.engine).get_table_names())
    assert tables == {*Base.metadata.tables, "alembic_version"}
    assert len(tables) > 10
    with database.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []


def test_names_of_constraints_are_those_of_the_models(database: Database) -> None:
    found = inspect(database.engine)
    for name, table in Base.metadata.tables.items():
        assert {key["name"] for key in found.get_foreign_keys(name)} == {k.name for k in table.foreign_key_constraints}
        assert {index["name"] for index in found.get_indexes(name)} == {index.name for index in table.indexes}
        assert found.get_pk_constraint(name)["name"] == table.primary_key.name
        for key in found.get_foreign_keys(name):
            model = next(k for k in table.foreign_key_constraints if k.name == key["name"])
            assert key["options"].get("ondelete") == model.ondelete


def test_migrating_twice_keeps_everything(database: Database) -> None:
    fill(database, RECORDS)
    for _ in range(2):
        migrate(database)
    with database.read() as session:
        assert store.records(session, "fact") == FACTS
        assert store.revision(session) == len(RECORDS)
        assert session.scalars(text("SELECT version_num FROM alembic_version")).all() == ["0001"]


def test_a_database_that_another_made_is_taken_as_it_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/xiadu.db"
    first, second = Database(url), Database(url)
    migrate(first)
    migrate(second)
    with second.read() as session:
        assert store.revision(session) == 0
    first.close()
    second.close()


def test_filling_writes_the_version_into_the_history(database: Database) -> None:
    assert dict(fill(database, RECORDS)) == {"added": len(RECORDS)}
    assert dict(fill(database, RECORDS)) == {"unchanged": len(RECORDS)}
    with database.read() as session:
        assert [c.who for c in store.history(session, "fact", "forum-what")] == [f"xiadu {VERSION}"]


def test_a_filling_that_fails_leaves_nothing(database: Database) -> None:
    shipped = [*RECORDS, fact("astray", sources=["unheard-of"])]
    with pytest.raises(store.UnknownReference):
        fill(database, shipped)
    with database.read() as session:
        assert store.revision(session) == 0
