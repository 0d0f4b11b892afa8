"""A talk of any length costs the same for each turn, and keeps what it is about."""

from __future__ import annotations

from tests.end_to_end.test_forgetting import rows
from tests.helpers.product import Product

TURNS = 40


def test_a_long_talk_begins_sessions_now_and_then_and_keeps_its_topic(product: Product) -> None:
    token = product.ask("How many students took part in the homestays?")["conversation"]
    for _ in range(TURNS):
        product.ask("How many students took part in the homestays?", token)
    sender = token.rsplit(".", 1)[0]
    of_talk = "SELECT count(*) FROM events WHERE sender_id = ?"
    sessions = rows(product.var / "tracker.db", f"{of_talk} AND type_name = 'session_started'", sender)
    assert 3 <= sessions <= TURNS / 4
    assert rows(product.var / "tracker.db", of_talk, sender) < 15 * TURNS
    assert product.ask("and in how many batches?", token)["messages"][0]["facts"] == ["homestay-batches"]
