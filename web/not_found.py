"""Pages for readers who followed a dead link; programs get problem documents, as everywhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from web.site import Site

Handler = Callable[[Request, HTTPException], Awaitable[Response]]
_PAGES = {404: "not_found.html", 410: "gone.html"}


def with_pages(site: Site, otherwise: Handler) -> Handler:
    """Makes the handler of errors that shows a page to those who want one.

    Args:
        site: renders.
        otherwise: answers all the others.
    """

    async def show(request: Request, error: HTTPException) -> Response:
        template = _PAGES.get(error.status_code)
        wants_page = "text/html" in request.headers.get("Accept", "")
        if template is None or not wants_page or request.url.path.startswith(("/api/", "/actions")):
            return await otherwise(request, error)
        return site.render(request, template, status=error.status_code)

    return show
