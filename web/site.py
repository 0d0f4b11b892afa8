"""What all pages share: templates, texts in the reader's language, headers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from facts.texts import Texts
from web.assets import Assets
from web.headers import headers
from web.languages import chosen

TEMPLATES = Path(__file__).resolve().parent / "templates"


class Site:
    """Renders pages.

    Args:
        interface: the words of the pages, ``data/interface``.
        texts: what the assistant says, ``data/texts``: names of topics and of the office.
        assets: the built files.
        public_url: the address that visitors know the service by; None takes that of each request.
    """

    def __init__(self, interface: Texts, texts: Texts, assets: Assets, public_url: str | None = None) -> None:
        self.interface = interface
        self.texts = texts
        self.assets = assets
        self._public_url = public_url
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        # Names of subjects are written as they stand in a sentence; a heading begins with a capital.
        self._templates.filters["begin"] = lambda text: text[:1].upper() + text[1:]

    def language(self, request: Request) -> str:
        """Chooses the language of a page."""
        return chosen(request, self.interface.languages)

    def word(self, language: str) -> Callable[..., str]:
        """Gives the function ``t(name, **fillings)`` that templates take their words from."""

        def t(name: str, /, **fillings: object) -> str:
            return self.interface(name, language, **{key: str(value) for key, value in fillings.items()})

        return t

    def origin(self, request: Request) -> str:
        """Gives the address of the service, without a slash at its end, for permanent links."""
        return self._public_url or str(request.base_url).rstrip("/")

    def link(self, request: Request, path: str) -> str:
        """Gives the address of another page; it keeps a language that the reader chose, and else leaves it to the browser."""
        return f"{path}?language={self.language(request)}" if self._is_chosen(request) else path

    def _is_chosen(self, request: Request) -> bool:
        return request.query_params.get("language", "") in self.interface.languages

    def render(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        framed_by: Sequence[str] = (),
        **context: Any,
    ) -> Response:
        """Renders a page in the reader's language.

        Args:
            request: of the page.
            template: file in ``web/templates``.
            status: of HTTP.
            framed_by: origins that may frame it.
            **context: further names for the template.
        """
        language = self.language(request)
        t = self.word(language)
        content = self._templates.get_template(template).render(
            t=t,
            language=language,
            # What the language is called in itself, for the switch; the addresses of this page in each.
            languages=[(code, self.interface("language_name", code)) for code in self.interface.languages],
            alternate=lambda code: f"{request.url.path}?language={code}",
            link=lambda path: self.link(request, path),
            # Whether the reader chose the language, so that a form can keep it.
            chosen=self._is_chosen(request),
            path=request.url.path,
            origin=self.origin(request),
            asset=self.assets.url,
            office=self.texts("replies.office", language),
            **context,
        )
        # Kept by browsers only after asking: the names of its files change with the next version.
        kept = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
        sent = {**headers(framed_by), **kept, "Content-Language": language}
        return HTMLResponse(content, status, sent)
