"""What browsers load: built files under names that change with their content."""

from __future__ import annotations

import json
import mimetypes
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

DIST = Path(__file__).resolve().parent / "dist"
FOR_EVER = "public, max-age=31536000, immutable"
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


class NotBuilt(Exception):
    """The files were not built; the message is one sentence."""


class Assets:
    """The built files.

    Args:
        folder: where ``web/build.mjs`` wrote them.

    Raises:
        NotBuilt: they aren't there.
    """

    def __init__(self, folder: Path = DIST) -> None:
        self._folder = folder
        try:
            manifest: dict[str, str] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise NotBuilt("the web pages are not built yet: ./scripts/serve and ./scripts/build-web do it.") from None
        self._stored = manifest
        self._known = set(manifest.values())

    def url(self, name: str) -> str:
        """Gives the address of a file, e.g. ``/assets/chat-0123456789ab.js`` for ``chat.js``."""
        return f"/assets/{self._stored[name]}"

    def text(self, name: str) -> str:
        """Gives the content of a file."""
        return (self._folder / self._stored[name]).read_text(encoding="utf-8")

    def route(self) -> Route:
        """Gives the route that serves them, compressed where the browser takes it."""
        return Route("/assets/{name}", self._serve, methods=["GET"])

    async def _serve(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self._known:
            raise HTTPException(404)
        headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
        media_type = mimetypes.guess_type(name)[0]
        accepted = {part.split(";")[0].strip() for part in request.headers.get("Accept-Encoding", "").split(",")}
        for encoding, suffix in _ENCODINGS:
            if encoding in accepted:
                headers["Content-Encoding"] = encoding
                return FileResponse(self._folder / (name + suffix), headers=headers, media_type=media_type)
        return FileResponse(self._folder / name, headers=headers, media_type=media_type)
