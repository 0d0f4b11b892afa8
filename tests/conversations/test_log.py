"""What is kept of conversations, and how it is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from conversations import log
from conversations.models import Conversation, Erasure, Feedback, IssuedButton, Message, Turn
from facts.database import Base, Database, now
from facts.reply import Button, Reply


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.write() as session:
        yield session


SHORT = Reply(
    "Short.", "answer", "en", facts=("one",), as_of="2012", buttons=(Button("More", {"fact": "one", "part": "full"}),)
)
PLAIN = Reply("Plain.", "unknown", "zh")


def add(session: Session, conversation: str, key: str = "k", **more: Any) -> Turn:
    plain = {"request": "r", "channel": "web", "language": "en", "text": "Hi", "first_key": None, "stands_for": None}
    turn = Turn(conversation_id=conversation, key=key, **plain | more)
    log.add_turn(session, turn)
    return turn


def test_conversations_have_ids_that_cannot_be_guessed(session: Session) -> None:
    ids = {log.begin(session, "web", "en") for _ in range(100)}
    assert len(ids) == 100
    assert all(i.startswith("c-") and 24 <= len(i) <= 40 for i in ids)
    assert all(log.exists(session, i) for i in ids)
    assert not log.exists(session, "c-unknown")


def test_the_language_is_that_of_the_last_turn(session: Session) -> None:
    one, other = log.begin(session, "web", "en"), log.begin(session, "web", "en")
    assert log.language_of(session, one) == "en"
    add(session, one, language="zh")
    assert (log.language_of(session, one), log.language_of(session, other)) == ("zh", "en")
    assert log.language_of(session, "c-unknown") is None


def test_an_answer_is_kept_as_it_is_sent(session: Session) -> None:
    turn = add(session, log.begin(session, "web", "en"))
    sent = log.answer_turn(session, turn, [SHORT, PLAIN], False, 12.345)
    (button,) = sent[0]["buttons"]
    assert sent == [
        {
            "id": sent[0]["id"],
            "text": "Short.",
            "outcome": "answer",
            "facts": ["one"],
            "sources": [],
            "as_of": "2012",
            "language": "en",
            "buttons": [{"title": "More", "id": button["id"]}],
        },
        {
            "id": sent[1]["id"],
            "text": "Plain.",
            "outcome": "unknown",
            "facts": [],
            "sources": [],
            "as_of": None,
            "language": "zh",
            "buttons": [],
        },
    ]
    assert log.messages_of(session, turn.id) == sent
    session.expire(turn)
    assert (turn.outcome, turn.degraded, turn.milliseconds) == ("answer", False, 12.3)


def test_only_a_degraded_answer_says_so(session: Session) -> None:
    turn = add(session, log.begin(session, "web", "en"))
    assert [m["degraded"] for m in log.answer_turn(session, turn, [SHORT, PLAIN], True, 1)] == [True, True]
    session.expire(turn)
    assert turn.degraded is True


def test_what_a_button_stands_for_stays_here_and_holds_in_its_conversation_only(session: Session) -> None:
    one, other = log.begin(session, "web", "en"), log.begin(session, "web", "en")
    (sent,) = log.answer_turn(session, add(session, one), [SHORT], False, 1)
    (button,) = sent["buttons"]
    assert log.pressed(session, one, button["id"]) == log.Press("More", {"fact": "one", "part": "full"})
    assert log.pressed(session, other, button["id"]) is None
    assert log.pressed(session, one, "unknown") is None


def test_a_turn_is_found_by_its_key_within_its_conversation(session: Session) -> None:
    one, other = log.begin(session, "web", "en"), log.begin(session, "web", "en")
    first = add(session, one, "k", first_key="k")
    second = add(session, other, "k")
    assert log.earlier_turn(session, one, "k") is first
    assert log.earlier_turn(session, other, "k") is second
    assert log.earlier_turn(session, None, "k") is first
    assert log.earlier_turn(session, one, "other") is None
    assert log.earlier_turn(session, None, "other") is None


def test_a_key_stands_once_in_a_conversation(session: Session) -> None:
    conversation = log.begin(session, "web", "en")
    add(session, conversation, "k")
    with pytest.raises(IntegrityError), session.begin_nested():
        add(session, conversation, "k")


@pytest.mark.parametrize(("hours", "repeated"), [(0, True), (23, True), (25, False)])
def test_the_first_message_can_be_repeated_for_a_day(session: Session, hours: int, repeated: bool) -> None:
    turn = add(session, log.begin(session, "web", "en"), first_key="k")
    session.execute(update(Turn).values(at=now() - timedelta(hours=hours)))
    assert log.earlier_turn(session, None, "k") is (turn if repeated else None)
    log.forget_first_key(session, "k")
    assert session.scalar(select(Turn.first_key)) == ("k" if repeated else None)


def test_the_whole_talk_oldest_first(session: Session) -> None:
    conversation, other = log.begin(session, "web", "en"), log.begin(session, "web", "en")
    first = add(session, conversation, "1", text="One?")
    second = add(session, conversation, "2", text="二？", language="zh")
    add(session, conversation, "3", text="Not answered.")
    add(session, other, "1", text="Another talk.")
    answered = log.answer_turn(session, first, [SHORT, PLAIN], False, 1) + log.answer_turn(
        session, second, [PLAIN], True, 1
    )
    at = {"at": first.at.isoformat(timespec="seconds")}
    talk = log.history(session, conversation)
    assert [{**entry, **at} for entry in talk] == [
        {"from": "visitor", "id": "1", "text": "One?", "language": "en", **at},
        {"from": "assistant", **answered[0], **at},
        {"from": "assistant", **answered[1], **at},
        {"from": "visitor", "id": "2", "text": "二？", "language": "zh", **at},
        {"from": "assistant", **answered[2], **at},
        {"from": "visitor", "id": "3", "text": "Not answered.", "language": "en", **at},
    ]
    assert log.history(session, "c-unknown") == []


def test_the_newest_opinion_of_a_message_counts(session: Session) -> None:
    conversation, other = log.begin(session, "web", "en"), log.begin(session, "web", "en")
    (sent,) = log.answer_turn(session, add(session, conversation), [PLAIN], False, 1)
    assert log.rate(session, conversation, sent["id"], "up", None) is True
    assert log.rate(session, conversation, sent["id"], "down", "Wrong year") is True
    assert log.rate(session, conversation, sent["id"], "down", None) is True  # the remark stays
    assert log.rate(session, other, sent["id"], "up", None) is False
    assert log.rate(session, conversation, "m-unknown", "up", None) is False
    session.flush()
    assert [(f.message_id, f.rating, f.comment) for f in session.scalars(select(Feedback))] == [
        (sent["id"], "down", "Wrong year")
    ]
    assert [entry.get("rating") for entry in log.history(session, conversation)] == [None, "down"]


TABLES = (Conversation, Turn, Message, IssuedButton, Feedback)


def count(session: Session, *tables: type[Base]) -> list[int]:
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_a_conversation_is_deleted_with_all_that_hangs_on_it_and_nothing_else(session: Session) -> None:
    conversations = [log.begin(session, "web", "en") for _ in range(2)]
    for conversation in conversations:
        (sent,) = log.answer_turn(session, add(session, conversation), [SHORT], False, 1)
        log.rate(session, conversation, sent["id"], "up", "Thanks")
    session.flush()
    assert count(session, *TABLES, Erasure) == [2, 2, 2, 2, 2, 0]
    assert log.erase(session, conversations[0]) is True
    assert count(session, *TABLES, Erasure) == [1, 1, 1, 1, 1, 1]
    assert log.history(session, conversations[1]) != []
    assert log.erase(session, conversations[0]) is False
    assert log.erase(session, conversations[1]) is True
    assert count(session, *TABLES, Erasure) == [0, 0, 0, 0, 0, 2]


def test_erasures_are_looked_for_a_while_and_then_once_more(session: Session) -> None:
    fresh, old = log.begin(session, "web", "en"), log.begin(session, "web", "en")
    for conversation in (fresh, old):
        log.erase(session, conversation)
    session.flush()
    session.execute(
        update(Erasure)
        .where(Erasure.conversation_id == old)
        .values(at=now() - log.ERASED_WITHIN - timedelta(seconds=1))
    )
    assert sorted(log.recent_erasures(session)) == sorted([fresh, old])
    assert log.recent_erasures(session) == [fresh]
    assert log.recent_erasures(session) == [fresh]


def said_ago(session: Session, *days: float) -> str:
    """Makes a conversation with a turn so many days ago, each."""
    conversation = log.begin(session, "web", "en")
    for n, ago in enumerate(days):
        turn = add(session, conversation, key=f"k{n}", at=now() - timedelta(days=ago))
        log.answer_turn(session, turn, [SHORT], False, 1)
    session.flush()
    return conversation


def test_a_conversation_goes_when_its_last_message_is_old(session: Session) -> None:
    oldest = now() - timedelta(days=90)
    kept = [said_ago(session, 89.9), said_ago(session, 200, 91, 1), said_ago(session, 0)]
    gone = [said_ago(session, 90.1), said_ago(session, 400, 91)]
    assert log.erase_expired(session, oldest, 10) == 2
    assert [log.exists(session, conversation) for conversation in kept + gone] == [True] * 3 + [False] * 2
    assert count(session, *TABLES) == [3, 5, 5, 5, 0]
    assert sorted(log.recent_erasures(session)) == sorted(gone)  # so that the engine's rows go as well
    assert log.erase_expired(session, oldest, 10) == 0


def test_no_more_go_at_once_than_is_said(session: Session) -> None:
    for _ in range(5):
        said_ago(session, 100, 99)
    oldest = now() - timedelta(days=90)
    assert [log.erase_expired(session, oldest, 2) for _ in range(4)] == [2, 2, 1, 0]
    assert count(session, *TABLES, Erasure) == [0, 0, 0, 0, 0, 5]
