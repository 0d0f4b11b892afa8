"""What travels through the API, checked by pydantic; the OpenAPI description is made from it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

LONGEST_TEXT = 2000
Token = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Ask(_Body):
    """A visitor's message: a text or a button."""

    conversation: Token | None = Field(
        None,
        description="The token of an earlier answer; without it a conversation begins. May come as a bearer token instead.",
    )
    id: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{16,100}$")] | None = Field(
        None, description="An idempotency key, best a random UUID. The same message sent again is answered once."
    )
    text: Annotated[str, StringConstraints(max_length=LONGEST_TEXT)] | None = None
    button: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = Field(
        None, description="The id of a button that this conversation was given."
    )
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z]+)?$")] | None = Field(
        None, description="Language of the reply; without it, that of the question."
    )

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if (self.text is None) == (self.button is None):
            raise ValueError("send either text or button")
        return self


class Opinion(_Body):
    """What a visitor thinks of a message."""

    conversation: Token | None = None
    message: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(description="The message's id.")
    rating: Literal["up", "down"]
    comment: Annotated[str, StringConstraints(max_length=LONGEST_TEXT)] | None = None


class Source(BaseModel):
    """Where a statement comes from; linked where it is an official or press page."""

    title: str
    publisher: str | None
    date: str | None = Field(description="2016, 2016-03 or 2016-03-23; null where the source has none.")
    url: str | None = None
    note: str | None = Field(None, description="What is to be said about the date, in the language of the reply.")


class Button(BaseModel):
    """A choice to offer."""

    title: str
    id: str


class Message(BaseModel):
    """A reply: the contract that connectors render, the desk counts and tests assert."""

    id: str
    text: str
    outcome: Literal["answer", "clarify", "unknown", "out_of_scope", "smalltalk", "form", "handoff"]
    facts: list[str] = Field(description="Keys of the facts that it states.")
    sources: list[Source]
    as_of: str | None = Field(description="The date that the first fact speaks of: 2012, 2012-06 or 2012-06-10.")
    language: str
    degraded: bool = Field(False, description="True where the facts' own search answered, without the engine.")
    buttons: list[Button]


class Answer(BaseModel):
    """The answer to a message."""

    conversation: str = Field(description="The token to go on with.")
    messages: list[Message]


class Said(BaseModel):
    """An entry of the history: a visitor's message (``from``, ``at``, ``text``, ``language``) or a reply with ``from`` and ``at``."""

    model_config = ConfigDict(extra="allow")

    author: Literal["visitor", "assistant"] = Field(alias="from")
    at: str = Field(description="A moment in ISO 8601, UTC.")
    text: str
    language: str


class History(BaseModel):
    """A whole talk."""

    conversation: str
    messages: list[Said]


class Readiness(BaseModel):
    """What is usable."""

    engine: bool
    database: bool


class ProblemDocument(BaseModel):
    """An error (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
