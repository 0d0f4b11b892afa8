"""What search engines are told: where the pages are, and what isn't worth their while."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from web.served import Pages, is_held

_ALONE = ("/", "/about", "/privacy", "/accessibility", "/questions")


def crawler_routes(pages: Pages, topics: Sequence[str]) -> list[Route]:
    """Makes the routes of ``robots.txt`` and the map of the site."""

    def robots(request: Request) -> Response:
        lines = ["User-agent: *", "Disallow: /api/", "Disallow: /embed", "Disallow: /demo"]
        return PlainTextResponse("\n".join([*lines, f"Sitemap: {pages.site.origin(request)}/sitemap.xml", ""]))

    def sitemap(request: Request) -> Response:
        snapshot = pages.snapshot()
        kept = {"ETag": pages.tag(request, snapshot), "Cache-Control": "no-cache"}
        if is_held(request, kept["ETag"]):
            return Response(status_code=304, headers=kept)
        used = {fact.topic for fact in snapshot.facts.values()}
        paths = [*_ALONE, *(f"/questions/{topic}" for topic in topics if topic in used)]
        paths += [f"/facts/{key}" for key in snapshot.facts]
        languages = pages.site.interface.languages
        origin = pages.site.origin(request)
        entries = [_entry(f"{origin}{path}", code, languages) for path in paths for code in languages]
        head = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
            'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        )
        return Response("".join([head, *entries, "</urlset>\n"]), headers=kept, media_type="application/xml")

    return [Route("/robots.txt", robots, methods=["GET"]), Route("/sitemap.xml", sitemap, methods=["GET"])]


def _entry(url: str, language: str, languages: Sequence[str]) -> str:
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang={quoteattr(code)} href={quoteattr(f"{url}?language={code}")}/>'
        for code in languages
    )
    return f"<url><loc>{url}?language={language}</loc>{links}</url>\n"
