"""The OpenAPI description, made from the schemas that the routes check with."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from connectors.channels import KEY_HEADER
from connectors.web_chat import schemas

_KEY = {
    "name": KEY_HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "Of a Telegram connector on another host: XIADU_TELEGRAM_KEY. All others leave it out.",
}
_REF = "#/components/schemas/{model}"


def describe(version: str) -> dict[str, Any]:
    """Returns the description (OpenAPI 3.1).

    Args:
        version: of the product.
    """
    bodies: list[type[BaseModel]] = [schemas.Ask, schemas.Opinion]
    answers: list[type[BaseModel]] = [
        schemas.Answer,
        schemas.History,
        schemas.Readiness,
        schemas.ProblemDocument,
    ]
    _, definitions = models_json_schema(
        [(model, "validation") for model in bodies] + [(model, "serialization") for model in answers],
        ref_template=_REF,
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Xiadu",
            "version": version,
            "description": "Asks an assistant about Xining's international exchanges. Every answer is dated and sourced.",
        },
        "paths": {
            "/api/messages": {
                "post": _operation(
                    "ask",
                    "Send a message",
                    schemas.Answer,
                    body=schemas.Ask,
                    errors=(400, 401, 404, 409, 413, 422, 429, 503),
                ),
                "get": _operation(
                    "history", "Read the whole talk", schemas.History, token=True, errors=(401, 404, 503)
                ),
            },
            "/api/feedback": {
                "post": _operation(
                    "rate", "Rate a message", None, body=schemas.Opinion, errors=(400, 401, 404, 413, 422, 429, 503)
                ),
            },
            "/api/conversation": {
                "delete": _operation("forget", "Delete the talk everywhere", None, token=True, errors=(401, 404, 503)),
            },
            "/health": {"get": _operation("health", "Whether the service is alive", None, status=200)},
            "/ready": {
                "get": _operation("ready", "Whether engine and database are usable", schemas.Readiness, unready=True)
            },
        },
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {
                "conversation": {"type": "http", "scheme": "bearer", "description": "The conversation's token."}
            },
        },
    }


def _operation(
    name: str,
    summary: str,
    answer: type[BaseModel] | None,
    *,
    body: type[BaseModel] | None = None,
    token: bool = False,
    status: int | None = None,
    errors: tuple[int, ...] = (),
    unready: bool = False,
) -> dict[str, Any]:
    success: dict[str, Any] = {"description": summary}
    if answer is not None:
        success["content"] = {"application/json": {"schema": _reference(answer)}}
    problem = {"application/problem+json": {"schema": _reference(schemas.ProblemDocument)}}
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "responses": {
            str(status or (200 if answer else 204)): success,
            **{str(code): {"description": "A problem", "content": problem} for code in errors},
        },
    }
    if 401 in errors:
        unknown = "The key isn't known (unknown-key), or the conversation's token is missing or isn't known"
        operation["responses"]["401"]["description"] = unknown
        operation["parameters"] = [_KEY]
    if unready:
        operation["responses"]["503"] = {**success, "description": "Not all of it is usable"}
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _reference(body)}}}
    if token:
        operation["security"] = [{"conversation": []}]
    elif body is not None:
        operation["security"] = [{}, {"conversation": []}]  # in the body or as a bearer token
    return operation


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}
