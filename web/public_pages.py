"""The public pages: what is known and by whom it is said, readable without JavaScript."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from babel.numbers import format_decimal, format_percent
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from facts.database import Database
from facts.dates import spoken_date
from facts.records import FactRecord
from facts.search import Search, Snapshot
from web.cards import Card, card_routes
from web.crawlers import crawler_routes
from web.evaluation import Evaluation
from web.fact_page import fact_route
from web.questions import MOST_FOUND, by_topic, find
from web.served import Pages
from web.shown_facts import shown
from web.site import Site

LONGEST_QUERY = 200


def public_routes(
    site: Site,
    search: Search,
    database: Database,
    cards: Sequence[Card],
    evaluation: Evaluation | None,
    retention_days: int,
    version: str,
) -> list[Route]:
    """Makes the routes of the public pages.

    Args:
        site: renders.
        search: has the published facts.
        database: has their history.
        cards: from :func:`web.card_files.load_cards`.
        evaluation: the last one, if any is on record.
        retention_days: how long conversations are kept, for the page on privacy.
        version: of the program.
    """
    pages = Pages(site, search, version, cards, evaluation, retention_days)

    def about(request: Request) -> Response:
        snapshot = pages.snapshot()
        language = site.language(request)
        return pages.show(
            request,
            "about.html",
            snapshot,
            topics=[site.texts(f"topics.{topic}.name", language) for topic in site.texts.topics],
            held=_held(snapshot, language),
            evaluation=_spoken(evaluation, language),
        )

    def privacy(request: Request) -> Response:
        return pages.show(request, "privacy.html", days=retention_days)

    def accessibility(request: Request) -> Response:
        return pages.show(request, "accessibility.html")

    def questions(request: Request) -> Response:
        snapshot = pages.snapshot()
        language = site.language(request)
        query = request.query_params.get("q", "").strip()[:LONGEST_QUERY]
        found = find(snapshot, query)
        return pages.show(
            request,
            "questions.html",
            snapshot,
            topics=_topics(site, snapshot, language),
            query=query,
            count=len(found),
            found=[shown(fact, language) for fact in found[:MOST_FOUND]],
        )

    def topic(request: Request) -> Response:
        snapshot = pages.snapshot()
        language = site.language(request)
        name = request.path_params["topic"]
        facts = by_topic(snapshot, site.texts.topics).get(name)
        if not facts:
            raise HTTPException(404)
        topics = _topics(site, snapshot, language)
        return pages.show(
            request,
            "topic.html",
            snapshot,
            topics=topics,
            topic=name,
            name=next(entry["name"] for entry in topics if entry["key"] == name),
            known=[shown(fact, language) for fact in facts if fact.kind == "statement"],
            unknown=[shown(fact, language) for fact in facts if fact.kind == "gap"],
        )

    return [
        Route("/about", about, methods=["GET"]),
        Route("/privacy", privacy, methods=["GET"]),
        Route("/accessibility", accessibility, methods=["GET"]),
        Route("/questions", questions, methods=["GET"]),
        Route("/questions/{topic}", topic, methods=["GET"]),
        fact_route(pages, database, cards),
        *card_routes(pages, cards),
        *crawler_routes(pages, site.texts.topics),
    ]


def _topics(site: Site, snapshot: Snapshot, language: str) -> list[dict[str, Any]]:
    return [
        {
            "key": topic,
            "name": site.texts(f"topics.{topic}.name", language) if topic in site.texts.topics else topic,
            "known": sum(1 for fact in facts if fact.kind == "statement"),
            "unknown": sum(1 for fact in facts if fact.kind == "gap"),
            "examples": [shown(fact, language) for fact in facts[:3]],
        }
        for topic, facts in by_topic(snapshot, site.texts.topics).items()
    ]


def _held(snapshot: Snapshot, language: str) -> dict[str, Any]:
    """Counts what is held, and says from when to when it is."""
    known: list[FactRecord] = [fact for fact in snapshot.facts.values() if fact.kind == "statement"]
    dates = sorted(fact.as_of for fact in known if fact.as_of)
    return {
        "known": _number(len(known), language),
        "unknown": _number(len(snapshot.facts) - len(known), language),
        "sources": _number(len({key for fact in known for key in fact.sources}), language),
        "first": spoken_date(dates[0], language) if dates else None,
        "last": spoken_date(dates[-1], language) if dates else None,
    }


def _spoken(evaluation: Evaluation | None, language: str) -> dict[str, Any] | None:
    if evaluation is None:
        return None
    return {
        "date": spoken_date(evaluation.date, language),
        "scores": [
            {
                "language": score.language,
                "asked": _number(score.asked, language),
                "right": format_percent(score.right, format="0.0%", locale=language),
                "wrong": format_percent(score.wrong, format="0.0%", locale=language),
            }
            for score in evaluation.scores
        ],
    }


def _number(number: int, language: str) -> str:
    return format_decimal(number, locale=language)
