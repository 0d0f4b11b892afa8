"""The public pages: every published fact can be read, in each language, with date and source, and nothing else can."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from markupsafe import escape

from facts import store
from facts.database import Database
from facts.records import AnyRecord, FactRecord, Record
from tests.helpers import handmade
from tests.web.pages import Pages, hrefs, interface
from web.assets import Assets
from web.evaluation import Evaluation, load_evaluation

LANGUAGES = ("en", "zh")
ALONE = ("/about", "/privacy", "/accessibility", "/questions")
ALL = (*ALONE, "/questions/forum", "/facts/forum-what", "/cards/hall")


@pytest.fixture
def pages(filled: Database, assets: Assets) -> Pages:
    return Pages(filled, assets)


def save(database: Database, record: Record, who: str = "Somebody of the office") -> None:
    assert isinstance(record, AnyRecord)
    with database.write() as session:
        store.save(session, record, who)


def changed(key: str, **parts: object) -> FactRecord:
    fact = next(fact for fact in handmade.FACTS if fact.key == key)
    return FactRecord.model_validate(fact.model_dump() | parts)


# All pages


@pytest.mark.parametrize("path", ALL)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_there_in_every_language(pages: Pages, path: str, language: str) -> None:
    page = pages.get(path, language)
    assert f'<html lang="{language}">' in page
    assert page.count("<h1") == 1
    for name in ("skip", "nav.questions", "nav.privacy"):
        assert interface()(f"pages.{name}", language) in page
    links = hrefs(page)
    assert {"/", "/questions", "/about", "/privacy", "/accessibility", "#content"} <= set(links)
    for code in LANGUAGES:
        assert f'hreflang="{code}" href="https://ask.example{path}?language={code}"' in page
    assert f"{path}?language={'zh' if language == 'en' else 'en'}" in links


@pytest.mark.parametrize("path", ALL)
def test_no_page_has_a_script_or_style_of_its_own(pages: Pages, path: str) -> None:
    page = pages.get(path)
    assert page.count("<script") == page.count('<script src="/assets/pages-') == 1
    assert "<style" not in page
    assert " style=" not in page
    assert " on" not in "".join(part.split(">")[0] for part in page.split("<")[1:] if part.startswith("button"))
    assert "frame-ancestors 'none'" in pages.answer(path).headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ALL)
def test_links_keep_a_language_that_the_reader_chose(pages: Pages, path: str) -> None:
    page = pages.get(f"{path}?language=zh", "en")
    inner = [link for link in hrefs(page) if link.startswith("/") and not link.startswith("/assets/")]
    assert len(inner) > 5
    assert [link for link in inner if "?language=" not in link] == []


@pytest.mark.parametrize("path", ALL)
def test_no_link_within_the_pages_is_dead(pages: Pages, path: str) -> None:
    inner = {link for link in hrefs(pages.get(path)) if link.startswith("/") and not link.startswith("/assets/")}
    assert {link: pages.answer(link).status_code for link in inner - {"/"}} == dict.fromkeys(inner - {"/"}, 200)


# Sending nothing twice


@pytest.mark.parametrize("path", [*ALL, "/sitemap.xml"])
def test_what_the_browser_holds_is_not_sent_again(pages: Pages, path: str) -> None:
    first = pages.answer(path)
    tag = first.headers["ETag"]
    for held in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = pages.answer(path, If_None_Match=held)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert pages.answer(path, If_None_Match='"other"').status_code == 200
    assert first.headers["Cache-Control"] == "no-cache"


def test_a_change_of_the_facts_is_seen_at_once(pages: Pages) -> None:
    kept = {path: pages.answer(path).headers["ETag"] for path in ALL}
    save(pages.database, changed("forum-2012", as_of="2013"))
    known = {path for path, tag in kept.items() if pages.answer(path, If_None_Match=tag).status_code == 304}
    assert known == {"/privacy", "/accessibility"}


def test_language_version_and_address_make_another_page(filled: Database, assets: Assets) -> None:
    here = Pages(filled, assets)
    tags = {here.answer("/about", language).headers["ETag"] for language in LANGUAGES}
    tags |= {
        Pages(filled, assets, **other).answer("/about", "en").headers["ETag"]  # type: ignore[arg-type]
        for other in ({"version": "8"}, {"public_url": "https://other.example"}, {"evaluation": None})
    }
    assert len(tags) == 5


# About


def test_about_says_what_is_held_and_how_well_it_answers(pages: Pages) -> None:
    page = pages.get("/about", "en")
    assert "8 answers from 4 sources, and 2 questions" in page
    assert "from May 2009 to 2024" in page
    assert "24 Nov 2026" in page
    assert "<td>1,009</td><td>91.6%</td><td>2.5%</td>" in page
    assert "The forum" in page
    assert "Office" in page
    assert "2026年11月24日" in pages.get("/about", "zh")


def test_about_says_that_there_is_no_evaluation(filled: Database, assets: Assets) -> None:
    page = Pages(filled, assets, evaluation=None).get("/about", "en")
    assert interface()("pages.about.no_score", "en") in page
    assert "<table" not in page


def test_a_kept_evaluation_is_read(tmp_path: Path) -> None:
    file = tmp_path / "evaluation.json"
    score = {"asked": 10, "right": 0.8, "wrong claim": 0.1, "answered though unknown": 0.05}
    file.write_text(json.dumps({"summary": {"en": {"all": score}}, "surroundings": {"date": "2026-01-02"}}))
    kept = load_evaluation(file)
    assert isinstance(kept, Evaluation)
    assert kept.date == "2026-01-02"
    (only,) = kept.scores
    assert (only.language, only.asked, only.right, only.wrong) == ("en", 10, 0.8, pytest.approx(0.15))


@pytest.mark.parametrize("content", [None, "", "[]", '{"summary": {}}', '{"summary": {"en": 1}, "surroundings": {}}'])
def test_an_evaluation_that_cannot_be_read_is_none(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "evaluation.json"
    if content is not None:
        file.write_text(content)
    assert load_evaluation(file) is None


def test_privacy_says_how_long(pages: Pages) -> None:
    assert "42 days" in pages.get("/privacy", "en")
    assert "42天" in pages.get("/privacy", "zh")


# All questions


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_published_fact_is_reached_from_the_list(pages: Pages, language: str) -> None:
    topics = [link for link in hrefs(pages.get("/questions", language)) if link.startswith("/questions/")]
    seen: set[str] = set()
    for topic in topics:
        page = pages.get(topic, language)
        seen |= {link.removeprefix("/facts/") for link in hrefs(page) if link.startswith("/facts/")}
    assert seen == {fact.key for fact in handmade.FACTS}


def test_a_topic_shows_questions_with_answers_and_dates(pages: Pages) -> None:
    page = pages.get("/questions/forum", "en")
    assert "What was the forum?" in page
    assert "The forum was a yearly meeting." in page
    assert "As of 2012" in page
    known, unknown = page.split('id="unknown"')
    assert "No later forum is on record." in unknown
    assert "No later forum is on record." not in known


def test_a_title_is_a_whole_question(pages: Pages) -> None:
    questions = {"en": ["forum things", "what are forum things?", "Which forum things?"], "zh": ["论坛啊"]}
    save(pages.database, changed("forum-2010", questions=questions))
    assert "<h1>Which forum things?</h1>" in pages.get("/facts/forum-2010", "en")
    assert "<h1>论坛啊</h1>" in pages.get("/facts/forum-2010", "zh")
    save(pages.database, changed("forum-2010", questions={"en": ["forum things"]}))
    assert "<h1>Forum things</h1>" in pages.get("/facts/forum-2010", "en")
    assert '<h1 lang="en">Forum things</h1>' in pages.get("/facts/forum-2010", "zh")


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("EDIRNE", {"edirne-tie"}),
        ("埃迪尔内", {"edirne-tie"}),
        ("猶他州", {"utah-tie", "utah-who"}),
        ("letter  intent?", {"edirne-tie"}),
        ("Utah governor", {"utah-who"}),
        ("100 people", {"forum-2012"}),
        ("zeppelin", set()),
    ],
)
def test_words_find_facts(pages: Pages, query: str, keys: set[str]) -> None:
    page = pages.client.get("/questions", params={"q": query}, headers={"Accept": "text/html"}).text
    found = page.split('id="found"')[1].split('id="topics"')[0]
    assert {link.removeprefix("/facts/") for link in hrefs(found)} == keys


@pytest.mark.parametrize("query", ["", "   ", "?!"])
def test_nothing_is_found_by_no_words(pages: Pages, query: str) -> None:
    page = pages.client.get("/questions", params={"q": query}).text
    assert "<article" not in page


def test_a_query_is_shown_as_typed(pages: Pages) -> None:
    page = pages.client.get("/questions", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


# What isn't there


@pytest.mark.parametrize("path", ["/nowhere", "/facts/unheard-of", "/questions/unheard-of", "/cards/unheard-of"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dead_link_gets_a_page(pages: Pages, path: str, language: str) -> None:
    page = pages.get(path, language, 404)
    assert str(escape(interface()("pages.not_found.title", language))) in page
    assert "/questions" in hrefs(page)
    assert "ETag" not in pages.answer(path).headers


@pytest.mark.parametrize(("path", "accept"), [("/nowhere", "*/*"), ("/api/nowhere", "text/html"), ("/facts/x", "")])
def test_programs_get_a_problem_document(pages: Pages, path: str, accept: str) -> None:
    answer = pages.answer(path, Accept=accept)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_robots_and_the_map_of_the_site(pages: Pages) -> None:
    assert "Sitemap: https://ask.example/sitemap.xml" in pages.client.get("/robots.txt").text
    answer = pages.client.get("/sitemap.xml")
    assert answer.headers["Content-Type"] == "application/xml"
    for fact in handmade.FACTS:
        for language in LANGUAGES:
            assert f"<loc>https://ask.example/facts/{fact.key}?language={language}</loc>" in answer.text
    assert "sister_city" in answer.text
