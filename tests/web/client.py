"""Asks an application in this process, as a browser does."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import BaseRoute


class Client:
    """A client of some routes.

    Args:
        routes: what is asked.
        handlers: of exceptions.
        base_url: the address that the server is reached under.
    """

    def __init__(
        self, routes: Sequence[BaseRoute], handlers: Mapping[Any, Any] | None = None, base_url: str = "http://inner"
    ) -> None:
        self._application = Starlette(routes=routes, exception_handlers=handlers)
        self._base_url = base_url

    def get(
        self, path: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Sends one request."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._application)
            async with httpx.AsyncClient(transport=transport, base_url=self._base_url) as client:
                return await client.get(path, params=params, headers=headers)

        return asyncio.run(send())

    def raw(self, path: str, headers: Mapping[str, str]) -> tuple[httpx.Headers, bytes]:
        """Sends one request and gives headers and body as they were sent, not unpacked."""

        async def send() -> tuple[httpx.Headers, bytes]:
            transport = httpx.ASGITransport(self._application)
            async with (
                httpx.AsyncClient(transport=transport, base_url=self._base_url) as client,
                client.stream("GET", path, headers=headers) as answer,
            ):
                return answer.headers, b"".join([part async for part in answer.aiter_raw()])

        return asyncio.run(send())
