"""The public pages in this process: facts made by hand, the shipped words, files that nobody built."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from starlette.exceptions import HTTPException

from connectors.web_chat.problems import HANDLERS, show_http_error
from facts.database import Database
from facts.texts import Texts, load
from settings import ROOT
from tests.helpers import handmade
from tests.web.client import Client
from web.assets import Assets
from web.cards import Card
from web.evaluation import Evaluation, Score
from web.not_found import with_pages
from web.public_pages import public_routes
from web.site import Site

HTML = {"Accept": "text/html"}
EVALUATION = Evaluation("2026-11-24", (Score("en", 1009, 0.9158, 0.0248), Score("zh", 958, 0.928, 0.023)))
CARDS = [
    Card("hall", "venue", "西宁会堂", "Xīníng Huìtáng", "Xining Hall", ("forum-what", "forum-2012")),
    Card("police", "office", "公安局", "Gōng'ānjú", "Police Bureau", ("urgent-police",)),
]


@lru_cache(maxsize=1)
def interface() -> Texts:
    texts, problems = load(ROOT / "data" / "interface", ("en", "zh"))
    assert not problems, problems
    return texts


class Pages:
    """The pages.

    Args:
        database: with the facts made by hand.
        assets: stand-ins.
        public_url: the address that visitors know.
        evaluation: what is on record.
        version: of the program.
    """

    def __init__(
        self,
        database: Database,
        assets: Assets,
        *,
        public_url: str | None = "https://ask.example",
        evaluation: Evaluation | None = EVALUATION,
        version: str = "7",
        cards: list[Card] = CARDS,
    ) -> None:
        site = Site(interface(), handmade.TEXTS, assets, public_url)
        search = handmade.search_on(database)
        routes = public_routes(site, search, database, cards, evaluation, 42, version)
        self.database = database
        handlers = HANDLERS | {HTTPException: with_pages(site, show_http_error)}
        self.client = Client(routes, handlers)

    def get(self, path: str, language: str | None = None, status: int = 200, **headers: str) -> str:
        """Reads a page as a browser does."""
        answer = self.answer(path, language, **headers)
        assert answer.status_code == status, answer.text
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        text: str = answer.text
        return text

    def answer(self, path: str, language: str | None = None, **headers: str) -> Any:
        sent = HTML | {name.replace("_", "-"): value for name, value in headers.items()}
        if language is not None:
            sent["Accept-Language"] = language
        return self.client.get(path, headers=sent)


def hrefs(page: str) -> list[str]:
    """All addresses that a page leads to."""
    return re.findall(r'href="([^"]+)"', page)


__all__ = ["CARDS", "EVALUATION", "HTML", "Pages", "hrefs", "interface"]
