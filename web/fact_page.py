"""The permanent page of a fact: what is known, from where, since when, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from facts import store
from facts.database import Database
from facts.dates import spoken_date
from facts.records import FactRecord
from facts.reply import show_source
from facts.search import Snapshot
from web.cards import Card, cards_of
from web.fact_history import Step, steps_of, was_published
from web.served import Pages
from web.shown_facts import ShownFact, other_questions, related, shown
from web.site import Site

GONE = 410


@dataclass(frozen=True)
class PageSource:
    """A source as the page names it; ``url`` only where it may be linked, ``language`` is that of its title."""

    title: str
    publisher: str | None
    when: str
    url: str | None
    language: str


def fact_route(pages: Pages, database: Database, cards: Sequence[Card]) -> Route:
    """Makes the route of all facts' pages."""

    def page(request: Request) -> Response:
        key = request.path_params["key"]
        snapshot = pages.snapshot()
        with database.read() as session:
            changes = store.history(session, "fact", key)
        fact = snapshot.facts.get(key)
        if fact is None:
            # A draft that nobody could read yet is as good as none.
            raise HTTPException(GONE if was_published(changes) else 404)
        site, language = pages.site, pages.site.language(request)
        view, steps = shown(fact, language), steps_of(changes)
        sources = sources_of(fact, snapshot, site, language)
        url = f"{site.origin(request)}/facts/{key}"
        topic = f"topics.{fact.topic}.name"
        return pages.show(
            request,
            "fact.html",
            snapshot,
            fact=view,
            others=[shown(fact, code) for code in fact.text if code != view.text_language],
            topic=site.texts(topic, language) if site.texts.has(topic) else fact.topic,
            period=(spoken_date(fact.valid_from, language), spoken_date(fact.valid_until, language)),
            sources=sources,
            places=_places(fact, snapshot, language),
            questions=other_questions(view, language),
            related=related(fact, snapshot, language),
            cards=cards_of([key], cards, snapshot),
            steps=steps,
            url=url,
            citation=cite(site, view, sources, steps, url, language),
            spoken=lambda date: spoken_date(date, language),
        )

    return Route("/facts/{key}", page, methods=["GET"])


def sources_of(fact: FactRecord, snapshot: Snapshot, site: Site, language: str) -> list[PageSource]:
    """Gives the sources of a fact; only reliable ones have an address, as everywhere."""
    found = []
    for source in (snapshot.sources[key] for key in fact.sources if key in snapshot.sources):
        told = show_source(source, language)
        when = told.get("note") or spoken_date(told["date"], language) or site.word(language)("pages.fact.undated")
        found.append(PageSource(told["title"], told["publisher"], when, told.get("url"), source.language))
    return found


def cite(
    site: Site, fact: ShownFact, sources: Sequence[PageSource], steps: Sequence[Step], url: str, language: str
) -> str:
    """Puts together what a journalist copies: who says what, as of when, after whom, and where it stands."""
    t = site.word(language)
    office = site.texts("replies.office", language)
    parts = [t("pages.cite.head", office=office, title=fact.title, text=fact.short)]
    if fact.date:
        parts.append(t("pages.cite.as_of", date=fact.date))
    named = [t("pages.fact.comma").join(filter(None, (one.title, one.publisher, one.when))) for one in sources]
    if named:
        parts.append(t("pages.cite.sources", sources=t("pages.cite.and").join(named)))
    if steps:
        parts.append(t("pages.cite.changed", date=spoken_date(steps[-1].date, language)))
    return "\n".join([*parts, url])


def _places(fact: FactRecord, snapshot: Snapshot, language: str) -> list[str]:
    """Names the places that a fact is about, each by its first name in the page's language, else in another."""
    held = [snapshot.places[key].names for key in fact.places if key in snapshot.places]
    return [(names.get(language) or next(iter(names.values())))[0] for names in held]
