"""The search: what is found, and that a change is found by the next question."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from facts import store
from facts.database import Database
from facts.files import Problem
from facts.records import FactRecord
from facts.search import Search, load_aspects
from tests.helpers.handmade import ASPECTS, FACTS, PLACES, fact, place


@pytest.fixture
def search(filled: Database) -> Search:
    return Search(filled, ASPECTS)


def change(database: Database, work: Callable[[Session], object]) -> None:
    with database.write() as session:
        work(session)


def first(search: Search, question: str, language: str = "en", **more: str) -> str:
    return search.search(question, language, **more)[0].fact.key


def key_of(name: str) -> FactRecord:
    return next(fact for fact in FACTS if fact.key == name)


@pytest.mark.parametrize(
    ("question", "language", "key"),
    [
        ("What was the forum?", "en", "forum-what"),
        ("论坛是什么", "zh", "forum-what"),
        ("how many people at the 2010 forum", "en", "forum-2010"),
        ("2012年论坛有多少人", "zh", "forum-2012"),
        ("when did Edirne sign", "en", "edirne-tie"),
        ("Edirna: when?", "en", "edirne-tie"),
        ("when did Turkey sign", "en", "edirne-tie"),  # its country
        ("土耳其什么时候签约", "zh", "edirne-tie"),
        ("埃迪内什么时候签约", "zh", "edirne-tie"),
        ("when did Utah sign", "en", "utah-tie"),
        ("who stayed with families", "en", "homestay-who"),
        ("寄宿要多少钱", "zh", "homestay-cost"),
    ],
)
def test_the_best_candidate(search: Search, question: str, language: str, key: str) -> None:
    assert first(search, question, language) == key


def test_candidates_come_best_first_with_their_reasons(search: Search) -> None:
    candidates = search.search("When did Edirne sign with Xining?", "en")
    assert [c.fact.key for c in candidates[:2]] == ["edirne-tie", "utah-tie"]
    assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)
    best, other = candidates[:2]
    assert (best.phrasing, best.names) == ("When did Edirne sign with Xining?", ("edirne",))
    assert best.why == (
        "what is asked and said of it is 100% like the question; it is about edirne; "
        "it answers what is asked of the subject"
    )
    assert other.names == ()
    assert "it is about another place" in other.why


def test_no_more_candidates_than_wanted(search: Search) -> None:
    assert len(search.search("When did Edirne sign?", "en", limit=2)) == 2


@pytest.mark.parametrize("question", ["", "?", "zzqq"])
def test_what_is_like_nothing_has_no_candidates(search: Search, question: str) -> None:
    assert search.search(question, "en") == []


@pytest.mark.parametrize(("year", "key"), [("2010", "forum-2010"), ("2012", "forum-2012"), ("２０１０", "forum-2010")])
def test_a_year_in_the_question_prefers_that_edition(search: Search, year: str, key: str) -> None:
    best, second = search.search(f"How many people came to the forum in {year}?", "en")[:2]
    assert best.fact.key == key
    assert second.score < best.score * 0.7
    assert "it is about another year" in second.why


def test_without_a_year_no_edition_is_preferred(search: Search) -> None:
    a, b = search.search("How many people came to the forum?", "en")[:2]
    assert {a.fact.key, b.fact.key} == {"forum-2010", "forum-2012"}
    assert a.score == pytest.approx(b.score, abs=0.01)
    assert "it is about a year that was not named" in a.why


def test_a_year_within_the_period_of_a_fact_is_not_another_year(search: Search, filled: Database) -> None:
    period = fact("period", valid_from="2010", valid_until="2014", questions={"en": ["Who chaired the committee?"]})
    change(filled, lambda s: store.save(s, period, "office"))
    best = search.search("Who chaired the committee in 2012?", "en")[0]
    assert best.fact.key == "period"
    assert "it is about another year" not in best.why


@pytest.mark.parametrize("home", ["Xining", "China", "西宁"])
def test_the_city_itself_does_not_narrow_a_question_down(search: Search, home: str) -> None:
    best = search.search(f"Who took part in the homestays, {home}?", "en")[0]
    assert (best.fact.key, best.names) == ("homestay-who", ())


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"place": "utah", "aspect": "when"}, "utah-tie"),
        ({"place": "edirne", "aspect": "when"}, "edirne-tie"),
        ({"topic": "homestay", "aspect": "who"}, "homestay-who"),
        ({"topic": "homestay", "aspect": "cost"}, "homestay-cost"),
    ],
)
def test_what_came_before_leads_a_short_question(search: Search, more: dict[str, str], key: str) -> None:
    assert first(search, "and that one?", **more) == key


def test_a_named_place_outweighs_the_one_before(search: Search) -> None:
    assert first(search, "and when did Edirne sign?", place="utah") == "edirne-tie"


@pytest.mark.parametrize(
    ("normalised", "aspect"),
    [("how many came", "how_many"), ("多少人", "how_many"), ("多少钱", "cost"), ("when", "when"), ("the forum", None)],
)
def test_the_aspect_is_told_by_the_words_of_either_language(
    search: Search, normalised: str, aspect: str | None
) -> None:
    assert search.aspect(normalised) == aspect


@pytest.mark.parametrize(("language", "phrasing"), [("en", "Tuva 2013?"), ("zh", "Tuva 2013？")])
def test_of_equally_like_phrasings_that_in_the_language_of_the_question_is_given(
    search: Search, filled: Database, language: str, phrasing: str
) -> None:
    both = fact("tuva", questions={"en": ["Tuva 2013?"], "zh": ["Tuva 2013？"]})
    change(filled, lambda s: store.save(s, both, "office"))
    assert search.search("tuva 2013", language)[0].phrasing == phrasing


def test_a_new_phrasing_is_found_by_the_next_question(search: Search, filled: Database) -> None:
    assert search.search("zorb qux vlim", "en") == []
    old = key_of("forum-what")
    new = old.model_copy(update={"questions": {**old.questions, "en": ["Zorb qux vlim"]}})
    change(filled, lambda s: store.save(s, new, "office"))
    best = search.search("zorb qux vlim", "en")[0]
    assert (best.fact, best.phrasing) == (new, "Zorb qux vlim")


def test_a_new_fact_is_found_by_the_next_question(search: Search, filled: Database) -> None:
    new = fact("zorb", questions={"en": ["Zorb qux vlim?"]})
    search.search("zorb qux vlim", "en")
    change(filled, lambda s: store.save(s, new, "office"))
    assert first(search, "zorb qux vlim") == "zorb"


def test_a_new_name_of_a_place_is_found_by_the_next_question(search: Search, filled: Database) -> None:
    question = "When was Adrianople signed with?"
    assert search.search(question, "en")[0].names == ()
    edirne = next(p for p in PLACES if p.key == "edirne")
    new = edirne.model_copy(update={"misspellings": ["Adrianople"]})
    change(filled, lambda s: store.save(s, new, "office"))
    best = search.search(question, "en")[0]
    assert (best.fact.key, best.names) == ("edirne-tie", ("adrianople",))


@pytest.mark.parametrize("state", ["retired", "draft"])
def test_a_fact_that_is_no_longer_published_is_not_found_by_the_next_question(
    search: Search, filled: Database, state: str
) -> None:
    assert first(search, "What was the forum?") == "forum-what"
    hidden = key_of("forum-what").model_copy(update={"state": state})
    change(filled, lambda s: store.save(s, hidden, "office"))
    assert "forum-what" not in [c.fact.key for c in search.search("What was the forum?", "en", limit=100)]
    assert "forum-what" not in search.snapshot().facts


def test_a_deleted_fact_is_not_found_by_the_next_question(search: Search, filled: Database) -> None:
    search.snapshot()
    change(filled, lambda s: store.delete(s, "fact", "forum-what", "office"))
    assert "forum-what" not in [c.fact.key for c in search.search("What was the forum?", "en", limit=100)]


def test_a_change_that_was_not_committed_is_not_found(search: Search, filled: Database) -> None:
    with filled.write() as session:
        store.save(session, fact("zorb", questions={"en": ["Zorb qux vlim?"]}), "office")
        assert search.search("zorb qux vlim", "en") == []
        session.rollback()
    assert search.search("zorb qux vlim", "en") == []


def test_the_snapshot_is_made_once_for_each_revision(search: Search, filled: Database) -> None:
    once = search.snapshot()
    assert search.snapshot() is once
    change(filled, lambda s: store.save(s, place("utah-lake"), "office"))
    assert search.snapshot() is not once
    assert search.snapshot().revision == once.revision + 1


def spoil(database: Database, file: Path) -> None:
    database.close()
    for end in ("-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)
    file.write_bytes(b"this is no database" * 1000)


def remove(database: Database, file: Path) -> None:
    database.close()
    file.unlink()


def drop(database: Database, file: Path) -> None:
    with database.write() as session:
        session.execute(text("DROP TABLE phrasing"))
        session.execute(text("DROP TABLE change"))


@pytest.mark.parametrize("breaking", [spoil, remove, drop])
def test_while_the_database_cannot_be_read_the_last_facts_answer(
    search: Search,
    filled: Database,
    database_file: Path,
    breaking: Callable[[Database, Path], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = search.search("What was the forum?", "en")
    breaking(filled, database_file)
    with caplog.at_level(logging.ERROR, "facts.search"):
        assert search.search("What was the forum?", "en") == before
    assert [r.message for r in caplog.records] == ["The facts can't be read; answering from those read before."]


def test_a_database_that_never_could_be_read_is_an_error(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/nowhere/xiadu.db")
    with pytest.raises(SQLAlchemyError):
        Search(database, ASPECTS).snapshot()
    database.close()


def test_an_empty_database_finds_nothing(database: Database) -> None:
    assert Search(database, ASPECTS).search("What was the forum?", "en") == []


def test_aspects_are_read_by_language(tmp_path: Path) -> None:
    (tmp_path / "en.yml").write_text("aspects:\n  when: ['\\bwhen\\b', '\\byear\\b']\n")
    (tmp_path / "zh.yml").write_text("aspects:\n  when: [何时]\n")
    aspects, problems = load_aspects(tmp_path, ("en", "zh"))
    assert problems == []
    assert {lang: {a: p.pattern for a, p in of.items()} for lang, of in aspects.items()} == {
        "en": {"when": "\\bwhen\\b|\\byear\\b"},
        "zh": {"when": "何时"},
    }


@pytest.mark.parametrize(
    ("yaml", "line", "said"),
    [
        (None, 1, "this file is missing."),
        ("aspects:\n  who: [who]\n  when: ['(when']\n", 3, "when: missing ), unterminated subpattern at position 0."),
        ("aspects: {}\naspects: {}\n", 2, "'aspects' stands here twice."),
    ],
)
def test_what_cannot_be_used_as_aspects_is_a_problem(tmp_path: Path, yaml: str | None, line: int, said: str) -> None:
    (tmp_path / "zh.yml").write_text("aspects:\n  when: [何时]\n")
    if yaml is not None:
        (tmp_path / "en.yml").write_text(yaml)
    aspects, problems = load_aspects(tmp_path, ("en", "zh"))
    assert problems == [Problem(f"data/{tmp_path.name}/en.yml", line, said)]
    assert set(aspects["zh"]) == {"when"}


@pytest.mark.parametrize(
    "yaml",
    ["- when\n", "aspects: [when]\n", "aspects:\n  when: year\n", "aspects:\n  when:\n", "aspects:\n  wehn: [when]\n"],
)
def test_aspects_of_another_shape_are_a_problem(tmp_path: Path, yaml: str) -> None:
    (tmp_path / "en.yml").write_text(yaml)
    _, problems = load_aspects(tmp_path, ("en",))
    assert [problem.path for problem in problems] == [f"data/{tmp_path.name}/en.yml"]
