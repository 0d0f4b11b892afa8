"""Another site, on a port of its own, whose pages embed the widget."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class HostSite:
    """The site.

    Attributes:
        port: its port; as ``localhost`` it is another site than the product at ``127.0.0.1``.
        pages: what it shows, by path.
        headers: what it sends with each page.
    """

    port: int
    pages: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: HostSite


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        page = self.server.site.pages.get(self.path)
        body = (page or "").encode()
        self.send_response(404 if page is None else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in self.server.site.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


@contextmanager
def host_site() -> Iterator[HostSite]:
    """Runs the site for as long as the block lasts."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.site = HostSite(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def page_of(url: str, *, attributes: str = "", head: str = "", lang: str = "en", body: str = "") -> str:
    """Gives a page that embeds the widget of a product."""
    tag = f'<script src="{url}/widget.js" {attributes}></script>'
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Host</title>{head}</head>'
        f"<body><main><h1>A page of another site</h1>{body}</main>{tag}</body></html>"
    )
