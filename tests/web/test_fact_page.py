"""The permanent page of a fact."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from facts import store
from facts.database import Database
from facts.models import Change
from facts.records import FactRecord
from tests.helpers import handmade
from tests.web.pages import Pages, hrefs, interface
from web.assets import Assets


@pytest.fixture
def pages(filled: Database, assets: Assets) -> Pages:
    return Pages(filled, assets)


def save(pages: Pages, record: FactRecord, who: str = "Li Secret") -> None:
    with pages.database.write() as session:
        store.save(session, record, who)


def changed(key: str, **parts: object) -> FactRecord:
    fact = next(fact for fact in handmade.FACTS if fact.key == key)
    return FactRecord.model_validate(fact.model_dump() | parts)


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        (
            "en",
            [
                "<h1>What was the forum?</h1>",
                "The forum was a yearly meeting.",
                "The forum was a yearly meeting of youth.",
                '<section class="other" lang="zh"',
                "论坛是一年一度的青年会议。",
                "<dd>2012</dd>",
                "Stated by the source",
                "Tell me about the forum",
                "The Press, 10 Jun 2012",
                "A Re-post, undated",
            ],
        ),
        ("zh", ["<h1>论坛是什么？</h1>", '<section class="other" lang="en"', "2012年", "The Press，2012年6月10日"]),
    ],
)
def test_everything_stands_on_the_page(pages: Pages, language: str, shown: list[str]) -> None:
    page = pages.get("/facts/forum-what", language)
    assert [part for part in shown if part not in page] == []


def test_only_reliable_sources_are_linked_and_none_is_vouched_for(pages: Pages) -> None:
    page = pages.get("/facts/forum-what")
    assert '<a href="https://press.example/" rel="nofollow noopener"' in page
    assert "Title of repost" in page
    assert "repost.example" not in page


def test_the_permanent_address_is_that_which_visitors_know(filled: Database, assets: Assets) -> None:
    known = Pages(filled, assets).get("/facts/forum-what?language=zh")
    assert "https://ask.example/facts/forum-what" in hrefs(known)
    assert "inner" not in known
    assert "http://inner/facts/forum-what" in hrefs(Pages(filled, assets, public_url=None).get("/facts/forum-what"))


def test_a_citation_can_be_copied(pages: Pages) -> None:
    page = pages.get("/facts/forum-what", "en")
    citation = page.split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0].strip().splitlines()
    assert citation[0].startswith("Office, automated assistant")
    assert "“What was the forum?” The forum was a yearly meeting." in citation[0]
    assert citation[1:3] == [
        "As of 2012.",
        "Source: Title of press, The Press, 10 Jun 2012; Title of repost, A Re-post, undated.",
    ]
    assert citation[3].startswith("Entry last changed ")
    assert citation[4] == "https://ask.example/facts/forum-what"


def test_a_gap_says_that_nothing_is_known(pages: Pages) -> None:
    page = pages.get("/facts/homestay-cost", "en")
    assert "No fee for a homestay is on record." in page
    assert "The Office is the place to ask" in page
    assert interface()("pages.fact.certainty", "en") not in page
    assert "/facts/homestay-who" in hrefs(page)


def test_a_text_that_is_held_in_one_language_is_shown_with_a_word_on_it(pages: Pages) -> None:
    page = pages.get("/facts/homestay-who", "zh")
    assert '<div class="answer" lang="en">' in page
    assert interface()("pages.fact.other_language", "zh") in page
    assert 'class="other"' not in page


def test_the_places_are_named_in_the_pages_language(pages: Pages) -> None:
    assert "<dd>Edirne</dd>" in pages.get("/facts/edirne-tie", "en")
    assert "<dd>埃迪尔内</dd>" in pages.get("/facts/edirne-tie", "zh")


@pytest.mark.parametrize(("part", "name"), [("valid_from", "from"), ("valid_until", "until")])
def test_the_time_in_which_it_holds(pages: Pages, part: str, name: str) -> None:
    label = f"<dt>{interface()(f'pages.fact.{name}', 'en')}</dt>"
    assert label not in pages.get("/facts/forum-2010", "en")
    save(pages, changed("forum-2010", **{part: "2010-05"}))
    assert f"{label}<dd>May 2010</dd>" in pages.get("/facts/forum-2010", "en")


def test_html_in_a_fact_shows_as_typed(pages: Pages) -> None:
    bad = '</textarea><script>alert("x")</script><img src=x onerror=alert(1)>'
    text = {language: {"short": f"Short {bad}", "full": f"Full {bad}"} for language in ("en", "zh")}
    save(pages, changed("forum-what", text=text, questions={"en": [f"What {bad}?"], "zh": [f"什么{bad}？"]}))
    for path in ("/facts/forum-what", "/questions", "/questions/forum", "/questions?q=alert"):
        page = pages.get(path, "en")
        assert "<script>alert" not in page
        assert "<img" not in page
        assert page.count("</textarea>") == (path == "/facts/forum-what")
        assert "&lt;/textarea&gt;&lt;script&gt;" in page


# History


def test_the_history_tells_what_changed_and_not_who(pages: Pages) -> None:
    with pages.database.write() as session:
        session.execute(update(Change).values(who="xiadu 3.2.1", at=datetime(2026, 1, 2, tzinfo=UTC)))
    save(pages, changed("forum-2010", as_of="2011", sources=["press", "mirror"]))
    save(pages, changed("forum-2010", as_of="2011", sources=["press", "mirror"], questions={"en": ["How many?"]}))
    steps = pages.get("/facts/forum-2010", "en").split('<ol class="history">')[1].split("</ol>")[0].split("<li>")[1:]
    assert "2 Jan 2026</time>: added (shipped with version 3.2.1)" in steps[0]
    assert "changed: date, sources (by the office)" in steps[1]
    assert "changed: example questions (by the office)" in steps[2]
    assert "Secret" not in pages.get("/facts/forum-2010", "en")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_part_of_a_fact_has_a_name_in_the_history(pages: Pages, language: str) -> None:
    parts = {
        "topic": "homestay",
        "valid_until": "2015",
        "certainty": "conflicting",
        "places": ["utah"],
        "number": 91,
        "text": {"en": {"short": "Other."}},
        "lacks": {"en": ["What did they eat?"]},
    }
    save(pages, changed("forum-2010", **parts))
    page = pages.get("/facts/forum-2010", language)
    for name in ("text", "date", "certainty", "places", "questions", "other"):
        assert interface()(f"pages.history.parts.{name}", language) in page.split('id="history"')[1]


# What is no longer published


@pytest.mark.parametrize("state", ["retired", "draft"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_withdrawn_is_gone_without_its_text(pages: Pages, state: str, language: str) -> None:
    save(pages, changed("forum-2012", state=state))
    page = pages.get("/facts/forum-2012", language, 410)
    assert interface()("pages.gone.title", language) in page
    assert "100" not in page
    for path in ("/questions/forum", "/sitemap.xml", "/questions?q=2012"):
        assert "forum-2012" not in pages.answer(path).text


def test_what_was_deleted_is_gone(pages: Pages) -> None:
    with pages.database.write() as session:
        store.delete(session, "fact", "forum-2012", "Li Secret")
    assert "100" not in pages.get("/facts/forum-2012", "en", 410)


def test_a_draft_that_nobody_read_yet_is_not_given_away(pages: Pages) -> None:
    save(pages, handmade.fact("secret-plan", state="draft"))
    assert "secret" not in pages.get("/facts/secret-plan", "en", 404).split("<main")[1]


def test_what_is_published_again_is_there_again(pages: Pages) -> None:
    save(pages, changed("forum-2012", state="retired"))
    save(pages, changed("forum-2012"))
    assert "100 people" in pages.get("/facts/forum-2012", "en")
