"""How public pages are served: what a browser holds already isn't sent again."""

from __future__ import annotations

import hashlib
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from facts.search import Search, Snapshot
from web.headers import headers
from web.site import TEMPLATES, Site


class Pages:
    """Serves pages that change only with the facts and with what is shipped.

    Args:
        site: renders.
        search: has the facts.
        version: of the program.
        shipped: whatever else stands on pages, e.g. cards; its ``repr`` tells whether it changed.
    """

    def __init__(self, site: Site, search: Search, version: str, *shipped: object) -> None:
        self.site = site
        self._search = search
        self._version = version
        words = [texts.below("", language) for texts in (site.interface, site.texts) for language in texts.languages]
        templates = [file.read_bytes() for file in sorted(TEMPLATES.glob("*.html"))]
        names = [site.assets.url(name) for name in ("pages.css", "pages.js")]
        self._shipped = hashlib.sha256(repr((words, templates, names, shipped)).encode()).hexdigest()

    def snapshot(self) -> Snapshot:
        """Gives the newest facts."""
        return self._search.snapshot()

    def show(self, request: Request, template: str, snapshot: Snapshot | None = None, **context: Any) -> Response:
        """Renders a page, or says that the browser has it already.

        Args:
            request: of the page.
            template: file in ``web/templates``.
            snapshot: the facts that it shows; a page without any is told apart by what is shipped alone.
            **context: further names for the template.
        """
        kept = {"ETag": self.tag(request, snapshot), "Cache-Control": "no-cache"}
        if is_held(request, kept["ETag"]):
            return Response(status_code=304, headers={**headers(), **kept, "Vary": "Accept-Language"})
        page = self.site.render(request, template, **context)
        page.headers.update(kept)
        return page

    def tag(self, request: Request, snapshot: Snapshot | None) -> str:
        """Gives a page's entity tag. It is a weak one: the same page is sent compressed as well."""
        revision = None if snapshot is None else snapshot.revision
        # An address stands on the page, so a page that is reached under two names has two tags.
        origin = self.site.origin(request)
        told = repr((revision, self._version, self._shipped, self.site.language(request), origin, str(request.url)))
        return f'W/"{hashlib.sha256(told.encode()).hexdigest()[:20]}"'


def is_held(request: Request, tag: str) -> bool:
    """Tells whether the browser says that it holds this version (RFC 9110, 13.1.2)."""
    held = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    return "*" in held or tag.removeprefix("W/") in held
