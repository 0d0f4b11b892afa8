"""The chat: its page, the same in a frame for other sites, the script that puts it there, and a page that shows how."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.headers import headers
from web.served import is_held
from web.site import Site

WIDGET_TEXTS = '"__TEXTS__"'
"""Stands in the built script for the launcher's words; it must show them before anything else is loaded."""


def chat_routes(site: Site, frame_origins: tuple[str, ...]) -> list[Route]:
    """Makes the routes of the chat.

    Args:
        site: renders.
        frame_origins: the sites that may embed it, beside our own.
    """
    framed_by = ("'self'", *frame_origins)
    words = {code: site.interface.below("widget", code) for code in site.interface.languages}
    script = site.assets.text("widget.js").replace(WIDGET_TEXTS, json.dumps(words, ensure_ascii=False))
    tag = f'"{hashlib.sha256(script.encode()).hexdigest()[:16]}"'

    alone, embedded = _context(site, embedded=False), _context(site, embedded=True)

    async def page(request: Request) -> Response:
        return site.render(request, "chat.html", **alone)

    async def frame(request: Request) -> Response:
        return site.render(request, "chat.html", framed_by=framed_by, **embedded)

    async def widget(request: Request) -> Response:
        sent = {
            **headers(),
            "ETag": tag,
            "Cache-Control": "public, max-age=300",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        if is_held(request, tag):
            return Response(status_code=304, headers=sent)
        return Response(script, headers=sent, media_type="text/javascript")

    async def demo(request: Request) -> Response:
        language = site.language(request)
        topics = [(topic, site.texts(f"topics.{topic}.name", language)) for topic in site.texts.topics]
        return site.render(request, "demo.html", topics=topics)

    return [
        Route("/", page, methods=["GET"]),
        Route("/embed", frame, methods=["GET"]),
        Route("/widget.js", widget, methods=["GET"]),
        Route("/demo", demo, methods=["GET"]),
        site.assets.route(),
    ]


def _context(site: Site, *, embedded: bool) -> dict[str, Any]:
    """Gives what the page's script is told; in a data block, which is never run. It is the same for every visitor."""
    told = {
        "embedded": embedded,
        "languages": {code: site.interface("language_name", code) for code in site.interface.languages},
        "spoken": list(site.texts.languages),
        "texts": {code: site.interface.below("chat", code) for code in site.interface.languages},
    }
    # "<" is written so that no text can end the block.
    return {"told": json.dumps(told, ensure_ascii=False).replace("<", "\\u003c"), "embedded": embedded}
