"""Deleting a talk removes it everywhere."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import requests

from tests.helpers.product import Product, bearer


def rows(file: Path, query: str, *arguments: str) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute(query, arguments).fetchone()[0])


def test_a_deleted_talk_is_gone_from_the_service_and_from_the_engine(product: Product) -> None:
    token = product.ask("How many students took part in the homestays?")["conversation"]
    sender = token.rsplit(".", 1)[0]
    tracker, database = product.var / "tracker.db", product.var / "xiadu.db"
    assert rows(tracker, "SELECT count(*) FROM events WHERE sender_id = ?", sender) > 0
    assert requests.delete(f"{product.url}/api/conversation", headers=bearer(token), timeout=10).status_code == 204
    assert rows(tracker, "SELECT count(*) FROM events WHERE sender_id = ?", sender) == 0
    for table, column in (("conversation", "id"), ("turn", "conversation_id"), ("issued_button", "conversation_id")):
        assert rows(database, f"SELECT count(*) FROM {table} WHERE {column} = ?", sender) == 0
    assert product.post(text="and in how many batches?", conversation=token).status_code == 404
