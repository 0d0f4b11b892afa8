"""What browsers load: built files under names that change with their content."""

from __future__ import annotations

import json
import mimetypes
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

DIST = Path(__file__).resolve().parent / "dist"
FOR_EVER = "public, max-age=31536000, immutable"
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


class NotBuilt(Exception):
    """The files were not built; the message is one sentence."""


class Assets:
    """The built files, kept in memory: a build beside a running service doesn't take them away from it.

    Args:
        folder: where ``web/build.mjs`` wrote them.

    Raises:
        NotBuilt: they aren't there.
    """

    def __init__(self, folder: Path = DIST) -> None:
        try:
            self._stored: dict[str, str] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            # By name and encoding.
            self._content: dict[tuple[str, str], bytes] = {
                (stored, encoding): (folder / (stored + suffix)).read_bytes()
                for stored in self._stored.values()
                for encoding, suffix in (("", ""), *_ENCODINGS)
            }
        except (OSError, ValueError):
            raise NotBuilt("the web pages are not built yet: ./scripts/serve and ./scripts/build-web do it.") from None

    def url(self, name: str) -> str:
        """Gives the address of a file, e.g. ``/assets/chat-0123456789ab.js`` for ``chat.js``."""
        return f"/assets/{self._stored[name]}"

    def text(self, name: str) -> str:
        """Gives the content of a file."""
        return self._content[self._stored[name], ""].decode()

    def route(self) -> Route:
        """Gives the route that serves them, compressed where the browser takes it."""
        return Route("/assets/{name}", self._serve, methods=["GET"])

    async def _serve(self, request: Request) -> Response:
        name = request.path_params["name"]
        if (name, "") not in self._content:
            raise HTTPException(404)
        accepted = {part.split(";")[0].strip() for part in request.headers.get("Accept-Encoding", "").split(",")}
        encoding = next((encoding for encoding, _ in _ENCODINGS if encoding in accepted), "")
        headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
        if encoding:
            headers["Content-Encoding"] = encoding
        return Response(self._content[name, encoding], headers=headers, media_type=mimetypes.guess_type(name)[0])
