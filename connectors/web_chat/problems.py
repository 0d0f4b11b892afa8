"""Errors as problem documents (RFC 9457)."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class Problem(Exception):
    """Something that the client is told.

    Args:
        status: of HTTP.
        name: the kind, as a client's program knows it: the end of the document's ``type``.
        detail: what is wrong and what helps, for people.
        retry_after: seconds after which trying again makes sense.
        more: further members of the document.
    """

    def __init__(self, status: int, name: str, detail: str, *, retry_after: int | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.name, self.detail, self.retry_after, self.more = status, name, detail, retry_after, more

    def response(self) -> Response:
        """Returns the document."""
        content = {
            "type": f"urn:xiadu:problem:{self.name}",
            "title": self.name.replace("-", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
            **self.more,
        }
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return JSONResponse(content, self.status, headers, media_type="application/problem+json")


async def show_problem(_: Request, error: Problem) -> Response:
    """Answers a problem that a route raised."""
    return error.response()


async def show_http_error(_: Request, error: HTTPException) -> Response:
    """Answers what Starlette itself found: no such path, no such method."""
    names = {404: "not-found", 405: "method-not-allowed"}
    response = Problem(error.status_code, names.get(error.status_code, "http-error"), error.detail).response()
    response.headers.update(error.headers or {})
    return response


async def show_failure(_: Request, error: Exception) -> Response:
    """Answers a fault of ours without telling its insides; the log has them."""
    return Problem(500, "internal-error", "Something went wrong here. Please try again.").response()


HANDLERS: dict[Any, Any] = {Problem: show_problem, HTTPException: show_http_error, Exception: show_failure}
"""For ``Starlette(exception_handlers=...)``."""
