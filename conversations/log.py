"""What is kept of conversations, and how it is forgotten. All reads and writes of this room's tables."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, aliased

from conversations.models import Conversation, Erasure, Feedback, IssuedButton, Message, Turn
from facts.database import now
from facts.reply import Reply

REPEATED_WITHIN = timedelta(hours=24)
"""So long the message that began a conversation can be repeated without beginning another."""
ERASED_WITHIN = timedelta(minutes=10)
"""So long after a deletion the engine may still write what it had in hand."""


@dataclass(frozen=True)
class Press:
    """A button that was pressed."""

    title: str
    stands_for: dict[str, Any]


def new_id() -> str:
    """Makes up the id of a conversation."""
    return "c-" + secrets.token_urlsafe(18)


def begin(session: Session, channel: str, language: str) -> str:
    """Begins a conversation and returns its id."""
    conversation = new_id()
    session.add(Conversation(id=conversation, channel=channel, language=language))
    session.flush()
    return conversation


def exists(session: Session, conversation: str) -> bool:
    """Tells whether a conversation is held."""
    return session.get(Conversation, conversation) is not None


def language_of(session: Session, conversation: str) -> str | None:
    """Gives the language that was last spoken in a conversation."""
    return session.scalar(select(Conversation.language).where(Conversation.id == conversation))


def earlier_turn(session: Session, conversation: str | None, key: str) -> Turn | None:
    """Finds the turn that was handled under an idempotency key.

    Args:
        session: reads.
        conversation: of the message; None for one that begins a conversation.
        key: the client's.
    """
    if conversation is not None:
        return session.scalar(select(Turn).where(Turn.conversation_id == conversation, Turn.key == key))
    return session.scalar(select(Turn).where(Turn.first_key == key, Turn.at > now() - REPEATED_WITHIN))


def forget_first_key(session: Session, key: str) -> None:
    """Frees the key of a conversation's first message once it can't be repeated any more."""
    session.execute(
        update(Turn).where(Turn.first_key == key, Turn.at <= now() - REPEATED_WITHIN).values(first_key=None)
    )


def messages_of(session: Session, turn: int) -> list[dict[str, Any]]:
    """Gives the messages that a turn was answered with, as they were sent."""
    return list(session.scalars(select(Message.content).where(Message.turn_id == turn).order_by(Message.position)))


def add_turn(session: Session, turn: Turn) -> None:
    """Keeps a visitor's message, before it is answered."""
    session.add(turn)
    session.execute(update(Conversation).where(Conversation.id == turn.conversation_id).values(language=turn.language))
    session.flush()


def answer_turn(
    session: Session, turn: Turn, replies: list[Reply], degraded: bool, milliseconds: float
) -> list[dict[str, Any]]:
    """Keeps the answer to a turn and issues its buttons.

    Returns:
        The messages in the form of the contract.
    """
    sent = []
    for position, reply in enumerate(replies):
        buttons = []
        for button in reply.buttons:
            issued = IssuedButton(
                id=secrets.token_urlsafe(9),
                conversation_id=turn.conversation_id,
                title=button.title,
                stands_for=dict(button.stands_for),
            )
            session.add(issued)
            buttons.append({"title": issued.title, "id": issued.id})
        content = message_of(reply, degraded, buttons)
        session.add(Message(id=content["id"], turn_id=turn.id, position=position, content=content))
        sent.append(content)
    session.execute(
        update(Turn)
        .where(Turn.id == turn.id)
        .values(outcome=replies[0].outcome, degraded=degraded, milliseconds=round(milliseconds, 1))
    )
    return sent


def message_of(reply: Reply, degraded: bool, buttons: list[dict[str, str]]) -> dict[str, Any]:
    """Gives a reply in the form of the contract.

    Args:
        reply: what is said.
        degraded: whether the engine had no part in it.
        buttons: those that were issued for it, with ``title`` and ``id``.
    """
    mark = {"degraded": True} if degraded else {}
    content = {"id": "m-" + secrets.token_urlsafe(12), "text": reply.text, **reply.contract()}
    return {**content, **mark, "buttons": buttons}


def pressed(session: Session, conversation: str, button: str) -> Press | None:
    """Gives what a button of this conversation stands for; None for any other."""
    issued = session.get(IssuedButton, button)
    if issued is None or issued.conversation_id != conversation:
        return None
    return Press(issued.title, issued.stands_for)


def history(session: Session, conversation: str) -> list[dict[str, Any]]:
    """Gives the whole talk, oldest first: messages of both sides, with ``from`` and ``at``, and ``rating`` where one was rated."""
    talk: list[dict[str, Any]] = []
    turns = list(session.scalars(select(Turn).where(Turn.conversation_id == conversation).order_by(Turn.id)))
    answers: dict[int, list[dict[str, Any]]] = {turn.id: [] for turn in turns}
    rows = session.execute(
        select(Message, Feedback.rating)
        .outerjoin(Feedback, Feedback.message_id == Message.id)
        .where(Message.turn_id.in_(answers))
        .order_by(Message.position)
    )
    for message, rating in rows:
        rated = {"rating": rating} if rating else {}
        answers[message.turn_id].append({**message.content, **rated})
    for turn in turns:
        at = turn.at.isoformat(timespec="seconds")
        talk.append({"from": "visitor", "id": turn.key, "at": at, "text": turn.text, "language": turn.language})
        talk += [{"from": "assistant", "at": at, **content} for content in answers[turn.id]]
    return talk


def rate(session: Session, conversation: str, message: str, rating: str, comment: str | None) -> bool:
    """Keeps what a visitor thinks of a message (the newest counts, a remark stays); False for one of another talk."""
    query = select(Message.id).join(Turn).where(Message.id == message, Turn.conversation_id == conversation)
    if session.scalar(query) is None:
        return False
    earlier = session.get(Feedback, message)
    kept = comment or (earlier.comment if earlier else None)
    session.merge(Feedback(message_id=message, rating=rating, comment=kept, at=now()))
    return True


def erase(session: Session, conversation: str) -> bool:
    """Deletes a conversation with all that hangs on it; returns whether it was there."""
    if not exists(session, conversation):
        return False
    turns = select(Turn.id).where(Turn.conversation_id == conversation)
    messages = select(Message.id).where(Message.turn_id.in_(turns))
    # Children first, without relying on the database to cascade.
    session.execute(delete(Feedback).where(Feedback.message_id.in_(messages)))
    session.execute(delete(Message).where(Message.turn_id.in_(turns)))
    session.execute(delete(IssuedButton).where(IssuedButton.conversation_id == conversation))
    session.execute(delete(Turn).where(Turn.conversation_id == conversation))
    session.execute(delete(Conversation).where(Conversation.id == conversation))
    session.add(Erasure(conversation_id=conversation))
    return True


def erase_expired(session: Session, oldest: datetime, limit: int) -> int:
    """Deletes conversations in which nothing was said since a moment.

    Args:
        session: one that writes, so that nobody says anything in between.
        oldest: the moment.
        limit: how many at most, so that other writers needn't wait long.

    Returns:
        How many went.
    """
    later = aliased(Turn)
    query = (
        select(Turn.conversation_id)
        .where(Turn.at < oldest)
        .where(~select(later.id).where(later.conversation_id == Turn.conversation_id, later.at >= oldest).exists())
        .distinct()
        .limit(limit)
    )
    return sum(erase(session, conversation) for conversation in list(session.scalars(query)))


def recent_erasures(session: Session) -> list[str]:
    """Gives the conversations deleted lately, and forgets the older ones."""
    oldest: datetime = now() - ERASED_WITHIN
    recent = list(session.scalars(select(Erasure.conversation_id)))
    session.execute(delete(Erasure).where(Erasure.at < oldest))
    return recent
