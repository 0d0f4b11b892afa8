"""The migrations: after them the tables are those of the models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

import conversations.models
import facts.models
from facts import store
from facts.database import Base, Database
from facts.records import FactRecord
from settings import ROOT
from tests.helpers.handmade import FACTS, RECORDS, fact
from xiadu import VERSION
from xiadu.database import fill, migrate

DECLARED = (conversations.models, facts.models)


def another_default(_: Any, __: Any, ___: Any, held: str | None, ____: Any, wanted: str | None) -> bool:
    """Compares a column's defaults; Alembic's own comparison takes SQLite's empty text for another one than ours."""
    held, wanted = (None if default is None else default.strip("()'") for default in (held, wanted))
    return held != wanted


@pytest.mark.parametrize(
    ("held", "wanted", "another"),
    [
        (None, None, False),
        ("('')", "", False),
        ("'a'", "a", False),
        (None, "", True),
        ("''", None, True),
        ("1", "0", True),
    ],
)
def test_defaults_are_compared(held: str | None, wanted: str | None, another: bool) -> None:
    assert another_default(None, None, None, held, None, wanted) is another


def test_the_tables_are_those_of_the_models(database: Database) -> None:
    tables = set(inspect(database.engine).get_table_names())
    assert tables == {*Base.metadata.tables, "alembic_version"}
    assert len(tables) > 10
    with database.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": another_default}
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
        assert session.scalars(text("SELECT version_num FROM alembic_version")).all() == [newest()]


def alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def newest() -> str | None:
    """The one migration that no other follows."""
    return ScriptDirectory.from_config(alembic()).get_current_head()


def test_the_migrations_are_one_line_named_by_their_numbers() -> None:
    line = [step.revision for step in ScriptDirectory.from_config(alembic()).walk_revisions()]
    assert line[::-1] == [f"{number:04}" for number in range(1, len(line) + 1)]
    files = sorted(path.name[:4] for path in (ROOT / "migrations" / "versions").glob("0*.py"))
    assert files == line[::-1]


@pytest.fixture
def first_release(tmp_path: Path) -> Iterator[Database]:
    """A database with the tables of the first release, and one fact of it as it was seeded then."""
    database = Database(f"sqlite:///{tmp_path}/old.db")
    with database.engine.connect().execution_options(writes=True) as connection:
        config = alembic()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in (
            "INSERT INTO fact (id, key, kind, topic, aspect, state, certainty, places, nearest, version)"
            " VALUES (1, 'forum-cost', 'gap', 'forum', 'cost', 'published', 'stated', '[]', '[]', 1)",
            "INSERT INTO fact_text (fact_id, language, short) VALUES (1, 'en', 'Not on record.')",
            "INSERT INTO phrasing (fact_id, position, language, text) VALUES (1, 0, 'en', 'What did it cost?')",
        ):
            connection.execute(text(statement))
        seeded = {"kind": "fact", "key": OLD.key, "fingerprint": OLD.fingerprint()}
        connection.execute(text("INSERT INTO seed VALUES (:kind, :key, :fingerprint)"), seeded)
        connection.commit()
    yield database
    database.close()


OLD = fact("forum-cost", kind="gap", aspect="cost", en="Not on record.", questions={"en": ["What did it cost?"]})


def held_in(database: Database) -> list[Any]:
    with database.read() as session:
        return list(store.records(session, "fact"))


def test_a_database_of_the_first_release_is_brought_forward(first_release: Database) -> None:
    migrate(first_release)
    assert held_in(first_release) == [OLD]


@pytest.mark.parametrize(
    ("shipped", "done"),
    [
        (OLD, "unchanged"),
        (OLD.model_copy(update={"subject": "forum"}), "updated"),
        (OLD.model_copy(update={"yes": {"en": ["Was it free?"]}}), "updated"),
    ],
    ids=["the same", "with a subject", "with a yes"],
)
def test_what_the_first_release_shipped_is_known_again(first_release: Database, shipped: FactRecord, done: str) -> None:
    migrate(first_release)
    assert dict(fill(first_release, [shipped])) == {done: 1}
    assert held_in(first_release) == [shipped]


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
