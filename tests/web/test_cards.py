"""Cards to show to a driver: which go with which facts, and what the API says of them."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from facts import store
from facts.database import Database
from facts.records import PlaceRecord
from tests.helpers import handmade
from tests.helpers.handmade import place
from tests.web.pages import Pages
from web.assets import Assets
from web.cards import Card, card_of_place, spell

CHINESE = place("tiger", country="china", names={"en": ["Tiger Town"], "zh": ["虎镇"]}, kind="town")


@pytest.fixture
def pages(filled: Database, assets: Assets) -> Pages:
    return Pages(filled, assets)


def asked(pages: Pages, *facts: str) -> list[dict[str, str]]:
    answer = pages.client.get(f"/api/cards?{urlencode([('fact', fact) for fact in facts])}")
    assert answer.status_code == 200
    content: dict[str, list[dict[str, str]]] = answer.json()
    assert content.keys() == {"cards"}
    return content["cards"]


def test_a_card_has_three_names(pages: Pages) -> None:
    assert asked(pages, "forum-what") == [
        {"key": "hall", "kind": "venue", "zh": "西宁会堂", "pinyin": "Xīníng Huìtáng", "en": "Xining Hall"}
    ]


@pytest.mark.parametrize(
    ("facts", "keys"),
    [
        ([], []),
        (["unheard-of"], []),
        (["forum-2010"], []),
        (["edirne-tie"], []),  # no driver in Xining goes there
        (["forum-what", "forum-2012"], ["hall"]),
        (["urgent-police", "forum-2012"], ["police", "hall"]),
        (["x", "forum-what", "y", "urgent-police", "z"], ["hall", "police"]),
    ],
)
def test_cards_go_with_facts_in_the_order_asked(pages: Pages, facts: list[str], keys: list[str]) -> None:
    assert [card["key"] for card in asked(pages, *facts)] == keys


def test_more_facts_than_answers_state_are_refused(pages: Pages) -> None:
    assert asked(pages, *["forum-what"] * 5)
    answer = pages.client.get("/api/cards?" + "&".join(["fact=forum-what"] * 6))
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    problem = answer.json()
    assert (problem["type"], problem["status"]) == ("urn:xiadu:problem:invalid-request", 422)
    assert problem["errors"][0]["part"] == "fact"


def test_a_place_of_a_fact_has_its_card(filled: Database, assets: Assets) -> None:
    about = handmade.fact("tiger-where", places=["tiger", "edirne", "china"])
    with filled.write() as session:
        store.save(session, CHINESE, "test")
        store.save(session, about, "test")
    own = {"key": "tiger", "kind": "place", "zh": "虎镇", "pinyin": "Hǔzhèn", "en": "Tiger Town"}
    assert asked(Pages(filled, assets), "tiger-where") == [own]
    # One in the file stands instead, with the facts that it names.
    written = [Card("tiger", "place", "虎", "Hǔ", "Tiger", ("forum-what",))]
    pages = Pages(filled, assets, cards=written)
    assert asked(pages, "tiger-where") == []
    assert [card["en"] for card in asked(pages, "forum-what")] == ["Tiger"]


@pytest.mark.parametrize(
    "other",
    [
        place("edirne", country="turkiye", names={"en": ["Edirne"], "zh": ["埃迪尔内"]}),
        place("qinghai", country="china", names={"en": ["Qinghai"], "zh": ["青海"]}, kind="province"),
        place("china", kind="country", names={"en": ["China"], "zh": ["中国"]}),
        place("plain", country="china", names={"en": ["Plain"]}),
        place("plain", country="china", names={"zh": ["平"]}),
    ],
    ids=lambda record: f"{record.key}-{record.kind}",
)
def test_places_that_a_card_is_of_no_use_for(other: PlaceRecord) -> None:
    assert card_of_place(other) is None


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("西宁", "Xīníng"),
        ("西宁市", "Xīníng Shì"),
        ("互助县", "Hùzhù Xiàn"),
        ("德令哈", "Délìnghā"),
        ("重庆", "Chóngqìng"),
    ],
)
def test_short_names_are_spelt(name: str, pinyin: str) -> None:
    assert spell(name) == pinyin


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_card_has_a_page_of_its_own(pages: Pages, language: str) -> None:
    page = pages.get("/cards/hall", language)
    assert '<p class="zh" lang="zh">西宁会堂</p>' in page
    assert '<p class="pinyin" lang="zh-Latn">Xīníng Huìtáng</p>' in page
    assert '<p class="en" lang="en">Xining Hall</p>' in page
    assert "Xīníng" in pages.get("/cards/xining", language)  # a place's own


def test_a_facts_page_leads_to_its_cards(pages: Pages) -> None:
    assert 'href="/cards/hall"' in pages.get("/facts/forum-what")
    assert "/cards/" not in pages.get("/facts/forum-2010")
