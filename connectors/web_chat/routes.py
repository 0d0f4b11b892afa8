"""The API's routes."""

from __future__ import annotations

import hmac
import json
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.channels import KEY_HEADER, TELEGRAM, WEB
from connectors.limits import Limits
from connectors.web_chat.openapi import describe
from connectors.web_chat.problems import Problem
from connectors.web_chat.schemas import LONGEST_TEXT, Ask, Opinion
from conversations.talk import (
    Conversations,
    Incoming,
    KeyReused,
    NothingSaid,
    UnknownButton,
    UnknownConversation,
)
from conversations.tokens import Tokens, UnknownToken
from settings import Secret

logger = logging.getLogger(__name__)

LONGEST_BODY = 65_536  # bytes: the longest text, escaped as \uXXXX, with room to spare
MOST_ERRORS, LONGEST_NAME, LONGEST_DETAIL = 10, 60, 200
Handler = Callable[[Request], Awaitable[Response]]


def make_routes(
    conversations: Conversations,
    tokens: Tokens,
    limits: Limits,
    languages: tuple[str, ...],
    version: str,
    telegram_key: Secret | None = None,
) -> list[Route]:
    """Makes the routes of the API.

    Args:
        conversations: handles the messages.
        tokens: reads and signs the conversations' tokens.
        limits: how often a client may speak.
        languages: those that a reply can be asked for in.
        version: of the product, for the description.
        telegram_key: what a Telegram connector on another host shows; None admits none.
    """
    description = describe(version)

    async def ask(request: Request) -> Response:
        body = await _read(request, Ask)
        if body.language is not None and body.language not in languages:
            raise Problem(422, "invalid-request", f"language must be one of {', '.join(languages)}.")
        conversation = _conversation(request, tokens, body.conversation)
        await _pace(request, conversation)
        incoming = Incoming(channel(request), conversation, body.id, body.text, body.button, body.language)
        outgoing = await conversations.receive(incoming)
        return JSONResponse({"conversation": tokens.issue(outgoing.conversation), "messages": outgoing.messages})

    async def history(request: Request) -> Response:
        conversation = _needed(request, tokens)
        messages = await conversations.history(conversation)
        return JSONResponse({"conversation": tokens.issue(conversation), "messages": messages})

    async def messages(request: Request) -> Response:
        # One route, so that another method is told of both.
        return await (ask if request.method == "POST" else history)(request)

    async def rate(request: Request) -> Response:
        body = await _read(request, Opinion)
        conversation = _needed(request, tokens, body.conversation)
        await _pace(request, conversation)
        if not await conversations.rate(conversation, body.message, body.rating, body.comment):
            raise Problem(404, "unknown-message", "This conversation has no such message.")
        return Response(status_code=204)

    async def forget(request: Request) -> Response:
        await conversations.forget(_needed(request, tokens))
        return Response(status_code=204)

    async def describe_api(_: Request) -> Response:
        return JSONResponse(description)

    def channel(request: Request) -> str:
        """Tells which way a message comes in."""
        shown = request.headers.get(KEY_HEADER)
        if shown is None:
            return WEB
        if telegram_key is None or not hmac.compare_digest(shown.encode(), telegram_key.reveal().encode()):
            raise Problem(401, "unknown-key", f"This service doesn't take this {KEY_HEADER}.")
        return TELEGRAM

    def admitted(handler: Handler) -> Handler:
        """Lets nobody in who shows a wrong key, whatever is asked."""

        async def checked(request: Request) -> Response:
            channel(request)
            return await handler(request)

        return _guarded(checked)

    async def _pace(request: Request, conversation: str | None) -> None:
        address: str | None = request.client.host if request.client else "unknown"
        if channel(request) == TELEGRAM:
            address = None  # one host speaks for many people
        seconds = await limits.wait(address, conversation)
        if seconds is not None:
            detail = f"That was a lot at once. Please go on in {seconds} s."
            raise Problem(429, "too-many-messages", detail, retry_after=seconds)

    return [
        Route("/api/messages", admitted(messages), methods=["GET", "POST"]),
        Route("/api/feedback", admitted(rate), methods=["POST"]),
        Route("/api/conversation", admitted(forget), methods=["DELETE"]),
        Route("/api/openapi.json", describe_api, methods=["GET"]),
    ]


def _guarded(handler: Handler) -> Handler:
    """Turns what the conversations refuse into problem documents."""

    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except NothingSaid:
            raise Problem(422, "empty-message", "The message has no text.") from None
        except UnknownConversation:
            raise Problem(404, "unknown-conversation", "This conversation was deleted. Begin a new one.") from None
        except UnknownButton:
            raise Problem(404, "unknown-button", "This conversation has no such button.") from None
        except KeyReused:
            raise Problem(409, "key-reused", "This id came with another message before.") from None
        except (SQLAlchemyError, sqlite3.Error) as error:
            logger.error("The database can't be used: %s", getattr(error, "orig", error))
            raise Problem(
                503,
                "storage-unavailable",
                "The assistant can't keep messages just now. Please try again.",
                retry_after=5,
            ) from error

    return guarded


async def _read[B: BaseModel](request: Request, schema: type[B]) -> B:
    """Reads and checks a JSON body."""
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > LONGEST_BODY:
            raise Problem(413, "too-long", f"A message has at most {LONGEST_TEXT} characters.")
    try:
        content: Any = json.loads(received)
    except (ValueError, RecursionError):
        raise Problem(400, "invalid-json", "The body must be JSON in UTF-8.") from None
    try:
        return schema.model_validate(content)
    except ValidationError as error:
        # The first few tell enough; a refusal must not outgrow what was refused.
        errors = [
            {"part": ".".join(map(str, e["loc"]))[:LONGEST_NAME] or "body", "detail": e["msg"][:LONGEST_DETAIL]}
            for e in error.errors(include_input=False)[:MOST_ERRORS]
        ]
        detail = "; ".join(f"{e['part']}: {e['detail']}" for e in errors)
        raise Problem(422, "invalid-request", detail, errors=errors) from None


def _conversation(request: Request, tokens: Tokens, token: str | None = None) -> str | None:
    """Gives the conversation that a request speaks for, from its body or its header; never from the address, which is logged."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if token is None and scheme.lower() == "bearer":
        token = value.strip()
    if token is None:
        return None
    try:
        return tokens.read(token)
    except UnknownToken:
        raise Problem(
            401, "unknown-token", "This conversation token is not valid here. Begin a new conversation."
        ) from None


def _needed(request: Request, tokens: Tokens, token: str | None = None) -> str:
    conversation = _conversation(request, tokens, token)
    if conversation is None:
        raise Problem(401, "token-needed", "Send the conversation's token as 'Authorization: Bearer ...'.")
    return conversation
