"""The tables of conversations, in the same database and tree of migrations as the facts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from facts.database import Base, Moment, now


class Conversation(Base):
    """A talk. Its id is random and is the engine's sender id as well."""

    __tablename__ = "conversation"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(12))
    began_at: Mapped[datetime] = mapped_column(Moment, default=now)


class Turn(Base):
    """A message of the visitor and what was done with it: the turn log, and the memory for once-only handling."""

    __tablename__ = "turn"
    __table_args__ = (
        UniqueConstraint("conversation_id", "key"),
        UniqueConstraint("first_key"),
        Index("ix_turn_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(100))  # the client's idempotency key, or one of ours
    first_key: Mapped[str | None] = mapped_column(String(100))  # the same, of a turn that began its conversation
    request: Mapped[str] = mapped_column(String(64))  # fingerprint of what was sent under the key
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    channel: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)  # the visitor's, or the title of the button
    stands_for: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # of the button
    outcome: Mapped[str | None] = mapped_column(String(20))  # of the first message; None: not answered yet
    degraded: Mapped[bool] = mapped_column(default=False)
    milliseconds: Mapped[float | None] = mapped_column(Float)


class Message(Base):
    """A message of the assistant, as it was sent."""

    __tablename__ = "message"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("turn.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)  # the contract's message


class IssuedButton(Base):
    """A button that was sent: only its id travels, what it stands for stays here."""

    __tablename__ = "issued_button"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(Text)
    stands_for: Mapped[dict[str, Any]] = mapped_column(JSON)


class Feedback(Base):
    """What a visitor thinks of one message."""

    __tablename__ = "feedback"

    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    rating: Mapped[str] = mapped_column(String(4))  # up, down
    comment: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class Erasure(Base):
    """A deleted conversation whose engine rows are looked for once more: a turn may have been under way."""

    __tablename__ = "erasure"

    conversation_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class Chat(Base):
    """What is remembered of somebody's chat in a messenger: which conversation goes on there, and what was chosen.

    The conversation may be held by another installation (a connector on a host of its own), so nothing refers to its table.
    """

    __tablename__ = "chat"

    account: Mapped[str] = mapped_column(
        String(40), primary_key=True
    )  # ours at the messenger: telegram:<id of the bot>
    address: Mapped[str] = mapped_column(String(80), primary_key=True)  # the messenger's name for the chat
    conversation: Mapped[str | None] = mapped_column(String(200))  # its id, or its token where another service holds it
    language: Mapped[str | None] = mapped_column(String(12))  # chosen; None follows the question
    spoken: Mapped[str | None] = mapped_column(String(12))  # of the last answer
    notes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # the connector's own
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class Received(Base):
    """Something that a messenger delivered: kept until it is handled, and its number for a while longer, so that it is once only."""

    __tablename__ = "received"
    __table_args__ = (Index("ix_received_at", "at"),)

    account: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    payload: Mapped[str | None] = mapped_column(Text)  # as it came; None once it is handled
    sent: Mapped[int] = mapped_column(default=0)  # messages that were sent because of it
    at: Mapped[datetime] = mapped_column(Moment, default=now)
