"""The tables of the facts database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facts.database import Base, Moment, now

_CHILDREN = "all, delete-orphan"


class Source(Base):
    """Where a statement comes from."""

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(Text)
    publisher: Mapped[str | None] = mapped_column(Text)
    author: Mapped[str | None] = mapped_column(Text)
    date: Mapped[str | None] = mapped_column(String(10))  # 2016, 2016-03 or 2016-03-23
    date_note: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    language: Mapped[str] = mapped_column(String(12))
    reliability: Mapped[str] = mapped_column(String(1))
    url: Mapped[str | None] = mapped_column(Text)


class Place(Base):
    """A country, city, county ... that is spoken of; a partner when it has a tie."""

    __tablename__ = "place"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    country: Mapped[str | None] = mapped_column(String(120))
    tie: Mapped[str | None] = mapped_column(String(30))
    names: Mapped[list[PlaceName]] = relationship(cascade=_CHILDREN, order_by="PlaceName.position", lazy="selectin")
    steps: Mapped[list[PlaceStep]] = relationship(cascade=_CHILDREN, order_by="PlaceStep.position", lazy="selectin")


class PlaceName(Base):
    """One name of a place in one language; the first of a language is the one that we say."""

    __tablename__ = "place_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    language: Mapped[str] = mapped_column(String(12))  # "" for a misspelling
    name: Mapped[str] = mapped_column(Text)


class PlaceStep(Base):
    """A dated step in the tie with a partner."""

    __tablename__ = "place_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    date: Mapped[str | None] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(30))
    text: Mapped[dict[str, str]] = mapped_column(JSON)
    sources: Mapped[list[str]] = mapped_column(JSON)  # keys


class Fact(Base):
    """A dated, sourced statement that answers one question, or a gap: what is asked and not known."""

    __tablename__ = "fact"
    __table_args__ = (Index("ix_fact_topic_state", "topic", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    topic: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str | None] = mapped_column(String(120))
    aspect: Mapped[str] = mapped_column(String(20))
    number: Mapped[float | None] = mapped_column(Float)
    unit: Mapped[str | None] = mapped_column(String(60))
    as_of: Mapped[str | None] = mapped_column(String(10))
    valid_from: Mapped[str | None] = mapped_column(String(10))
    valid_until: Mapped[str | None] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(12))
    certainty: Mapped[str] = mapped_column(String(12))
    places: Mapped[list[str]] = mapped_column(JSON)  # keys
    nearest: Mapped[list[str]] = mapped_column(JSON)  # keys of facts
    version: Mapped[int] = mapped_column()
    texts: Mapped[list[FactText]] = relationship(cascade=_CHILDREN, lazy="selectin")
    phrasings: Mapped[list[Phrasing]] = relationship(cascade=_CHILDREN, order_by="Phrasing.position", lazy="selectin")
    citations: Mapped[list[Citation]] = relationship(cascade=_CHILDREN, order_by="Citation.position", lazy="selectin")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy wants it so)


class FactText(Base):
    """What is said of a fact in one language."""

    __tablename__ = "fact_text"
    __table_args__ = (UniqueConstraint("fact_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(12))
    short: Mapped[str] = mapped_column(Text)
    full: Mapped[str | None] = mapped_column(Text)


class Phrasing(Base):
    """A question that a fact answers, or (``lacks``) seems to answer and doesn't."""

    __tablename__ = "phrasing"

    id: Mapped[int] = mapped_column(primary_key=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    language: Mapped[str] = mapped_column(String(12))
    part: Mapped[str] = mapped_column(
        String(12), server_default="questions"
    )  # of the record: questions, yes, no or lacks
    text: Mapped[str] = mapped_column(Text)


class Citation(Base):
    """That a fact rests on a source; the best comes first."""

    __tablename__ = "citation"
    __table_args__ = (UniqueConstraint("fact_id", "source_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"))
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), index=True)
    position: Mapped[int]
    source: Mapped[Source] = relationship(lazy="joined")


class Change(Base):
    """One change of a fact, place or source: who, when, before and after. The newest id is the revision of the facts."""

    __tablename__ = "change"
    __table_args__ = (Index("ix_change_kind_key", "kind", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    who: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(120))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Seed(Base):
    """What the last version shipped under a key, so that the office's own changes are known from ours."""

    __tablename__ = "seed"

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))


class Proposal(Base):
    """A change shipped with a new version to something that the office has changed itself."""

    __tablename__ = "proposal"

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    record: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # None: no longer shipped
