"""Cards to show to a driver or an officer: a name in Chinese, its sound, and English."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pypinyin import Style, lazy_pinyin
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from facts.records import PlaceRecord
from facts.search import Snapshot
from web.served import Pages

MOST_FACTS = 5
"""For so many facts cards can be asked for at once: more than one answer states."""
SMALL_PLACES = ("city", "county", "town", "district")
"""Kinds of places that a traveller can be taken to; nobody is driven to "Qinghai Province"."""
_SUFFIXES = "市县区镇州省"


@dataclass(frozen=True)
class Card:
    """A card.

    Attributes:
        key: permanent.
        kind: what it names: ``place``, ``office``, ``venue`` ...
        facts: keys of the facts it goes with.
    """

    key: str
    kind: str
    zh: str
    pinyin: str
    en: str
    facts: tuple[str, ...] = ()

    def contract(self) -> dict[str, str]:
        """Gives it as ``GET /api/cards`` does."""
        return {"key": self.key, "kind": self.kind, "zh": self.zh, "pinyin": self.pinyin, "en": self.en}


def spell(name: str) -> str:
    """Spells a short Chinese name in pinyin: 西宁市 is Xīníng Shì."""
    stem, suffix = (name[:-1], name[-1]) if len(name) > 2 and name[-1] in _SUFFIXES else (name, "")
    words = ["".join(lazy_pinyin(word, style=Style.TONE)) for word in (stem, suffix) if word]
    return " ".join(word[:1].upper() + word[1:] for word in words)


def card_of_place(place: PlaceRecord) -> Card | None:
    """Makes the card of a place; None for one that a card is of no use for.

    A card is shown on the spot, in China: no driver in Xining can take a visitor to Edirne, and the people of Edirne don't
    read Chinese.
    """
    zh, en = place.names.get("zh"), place.names.get("en")
    if place.country != "china" or place.kind not in SMALL_PLACES or not zh or not en:
        return None
    return Card(place.key, "place", zh[0], spell(zh[0]), en[0])


def cards_of(facts: Iterable[str], cards: Sequence[Card], snapshot: Snapshot) -> list[Card]:
    """Gives the cards that go with some facts: those of the file, then those of the places that the facts are about.

    A card of the file with a place's key stands for that place's own, and only with the facts that the file names.
    """
    published = [key for key in facts if key in snapshot.facts]
    found = {card.key: card for key in published for card in cards if key in card.facts}
    written = {card.key for card in cards}
    for key in published:
        for place in snapshot.facts[key].places:
            card = card_of_place(snapshot.places[place]) if place in snapshot.places else None
            if card is not None and card.key not in written:
                found.setdefault(card.key, card)
    return list(found.values())


def card_routes(pages: Pages, cards: Sequence[Card]) -> list[Route]:
    """Makes the routes of the cards."""
    by_key = {card.key: card for card in cards}

    def api(request: Request) -> Response:
        facts = request.query_params.getlist("fact")
        if len(facts) > MOST_FACTS:
            return _too_many()
        found = cards_of(facts, cards, pages.snapshot())
        return JSONResponse({"cards": [card.contract() for card in found]})

    def page(request: Request) -> Response:
        snapshot = pages.snapshot()
        key = request.path_params["key"]
        place = snapshot.places.get(key)
        card = by_key.get(key) or (card_of_place(place) if place else None)
        if card is None:
            raise HTTPException(404)
        return pages.show(request, "card.html", snapshot, card=card)

    return [Route("/api/cards", api, methods=["GET"]), Route("/cards/{key}", page, methods=["GET"])]


def _too_many() -> Response:
    """Says so as the API says what is wrong (RFC 9457, docs/api.md)."""
    detail = f"At most {MOST_FACTS} facts can be asked for at once."
    content: dict[str, Any] = {
        "type": "urn:xiadu:problem:invalid-request",
        "title": "Invalid request",
        "status": 422,
        "detail": detail,
        "errors": [{"part": "fact", "detail": detail}],
    }
    return JSONResponse(content, 422, media_type="application/problem+json")
