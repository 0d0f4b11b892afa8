"""``xiadu facts``: what the database holds, and whether the files are in order."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from facts import store
from facts.database import Database
from facts.records import FactRecord, Kind
from settings import LANGUAGES, ROOT, Settings
from xiadu.checks import check


class NoDatabase(Exception):
    """There is no facts database, or none that can be used; the message says so."""


def list_facts(settings: Settings, topic: str | None) -> int:
    """Prints a line a fact."""
    with opened(settings) as database, database.read() as session:
        facts = [fact for fact in store.records(session, "fact") if isinstance(fact, FactRecord)]
    shown = [fact for fact in facts if topic in (None, fact.topic)]
    if topic and not shown:
        topics = ", ".join(sorted({fact.topic for fact in facts}))
        print(f"No facts on {topic!r}. The topics are: {topics}.", file=sys.stderr)
        return 1
    for fact in sorted(shown, key=lambda fact: (fact.topic, fact.key)):
        mark = "not known" if fact.kind == "gap" else fact.as_of or ""
        text = next(iter(fact.text.values())).short
        print(f"{fact.topic:20} {fact.key:44} {mark:11} {text}")
    return 0


def show_fact(settings: Settings, key: str) -> int:
    """Prints all of a fact, source or place, and its history."""
    kinds: tuple[Kind, ...] = ("fact", "source", "place")
    with opened(settings) as database, database.read() as session:
        for kind in kinds:
            record = store.get(session, kind, key)
            if record is not None:
                content = record.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
                print(yaml.safe_dump({kind: content}, allow_unicode=True, sort_keys=False, width=120), end="")
                print("history:")
                for change in store.history(session, kind, key):
                    what = "added" if change.before is None else "deleted" if change.after is None else "changed"
                    print(f"- {change.at:%Y-%m-%d %H:%M} UTC: {what} by {change.who}")
                return 0
    print(f"Nothing is called {key!r}. 'xiadu facts list' shows all keys.", file=sys.stderr)
    return 1


def check_files(root: Path = ROOT) -> int:
    """Prints every problem of the data files."""
    data, problems = check(root, LANGUAGES)
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} problem(s).", file=sys.stderr)
        return 1
    print(f"All in order: {len(data.records)} records.")
    return 0


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """Gives the facts database.

    Raises:
        NoDatabase: there is none, or it can't be read.
    """
    database = Database(settings.database_url)
    try:
        if not inspect(database.engine).has_table("fact"):
            raise NoDatabase("There is no facts database yet. ./scripts/serve makes it at its first start.")
        yield database
    except DBAPIError as error:
        raise NoDatabase(f"The facts database can't be used: {error.orig}.") from None
    finally:
        database.close()
