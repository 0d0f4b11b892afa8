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
from facts.records import FactRecord
from facts.search import Candidate, Search
from facts.weights import Evidence, Said
from tests.helpers import handmade
from tests.helpers.handmade import FACTS, PLACES, fact, place, search_on


@pytest.fixture
def search(filled: Database) -> Search:
    return search_on(filled)


def change(database: Database, work: Callable[[Session], object]) -> None:
    with database.write() as session:
        work(session)


def first(search: Search, question: str, language: str = "en", evidence: Evidence | None = None) -> str:
    return search.search(question, language, evidence)[0].fact.key


def by_key(candidates: list[Candidate]) -> dict[str, Candidate]:
    return {candidate.fact.key: candidate for candidate in candidates}


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
        ("How expensive is living with a family?", "en", "homestay-cost"),  # not a word in common
        ("論壇是什麼？", "zh", "forum-what"),  # in the other script
        ("¿Cuándo firmó Utah el acuerdo?", "en", "utah-tie"),
    ],
)
def test_the_best_candidate(unchanging: Search, question: str, language: str, key: str) -> None:
    assert first(unchanging, question, language) == key


def test_candidates_come_best_first_with_their_reasons(unchanging: Search) -> None:
    candidates = unchanging.search("When did Edirne sign with Xining?", "en", limit=20)
    assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)
    assert {c.fact.key for c in candidates} == {record.key for record in FACTS}
    best, other = candidates[0], by_key(candidates)["utah-tie"]
    assert (best.fact.key, best.phrasing, best.names) == (
        "edirne-tie",
        "When did Edirne sign with Xining?",
        ("edirne",),
    )
    assert "like what is asked and said of it; it is about the place that was named" in best.why
    assert "it answers what is asked of the subject" in best.why
    assert other.names == ()
    assert "it is about another place" in other.why


def test_scores_say_how_likely_each_fact_is_meant(unchanging: Search) -> None:
    for question in ("When did Edirne sign?", "Best pizza recipe", "How many people came?"):
        scores = [c.score for c in unchanging.search(question, "en", limit=20)]
        assert min(scores) >= 0
        assert sum(scores) < 1.5  # facts of one subject and aspect share theirs
    assert unchanging.search("When did Edirne sign with Xining?", "en")[0].score > unchanging.weights.answer
    assert unchanging.search("Best pizza recipe", "en")[0].score < unchanging.weights.answer


def test_facts_that_answer_the_same_do_not_take_from_each_other(search: Search, filled: Database) -> None:
    before = search.search("When did Utah sign with Xining?", "en")[0]
    twin = key_of("utah-tie").model_copy(
        update={"key": "utah-twin", "questions": {"en": ["When did Utah sign with us?"]}}
    )
    change(filled, lambda s: store.save(s, twin, "office"))
    first_, second = search.search("When did Utah sign with Xining?", "en")[:2]
    assert {first_.fact.key, second.fact.key} == {"utah-tie", "utah-twin"}
    assert first_.score > before.score - 0.15


def test_no_more_candidates_than_wanted(unchanging: Search) -> None:
    assert [len(unchanging.search("When did Edirne sign?", "en", limit=n)) for n in (1, 2, 3)] == [1, 2, 3]


@pytest.mark.parametrize("question", ["Best pizza recipe", "谁赢了足球比赛"])
def test_what_is_like_nothing_has_no_answer(unchanging: Search, question: str) -> None:
    assert unchanging.search(question, "en")[0].score < unchanging.weights.answer


@pytest.mark.parametrize(("year", "key"), [("2010", "forum-2010"), ("2012", "forum-2012"), ("２０１０", "forum-2010")])
def test_a_year_in_the_question_prefers_that_edition(unchanging: Search, year: str, key: str) -> None:
    best, second = unchanging.search(f"How many people came to the forum in {year}?", "en")[:2]
    assert best.fact.key == key
    assert second.score < best.score / 2
    assert "it is about the year that was named" in best.why
    assert "it is about another year" in second.why


def test_without_a_year_no_edition_is_the_answer(unchanging: Search) -> None:
    a, b = unchanging.search("How many people came to the forum?", "en")[:2]
    assert {a.fact.key, b.fact.key} == {"forum-2010", "forum-2012"}
    assert a.score < unchanging.weights.answer
    assert a.score + b.score > unchanging.weights.offer


def test_a_year_within_the_period_of_a_fact_is_not_another_year(search: Search, filled: Database) -> None:
    period = fact("period", valid_from="2010", valid_until="2014", questions={"en": ["Who chaired the committee?"]})
    change(filled, lambda s: store.save(s, period, "office"))
    best = search.search("Who chaired the committee in 2012?", "en")[0]
    assert best.fact.key == "period"
    assert "it is about another year" not in best.why


@pytest.mark.parametrize("home", ["Xining", "China", "西宁"])
def test_the_city_itself_does_not_narrow_a_question_down(unchanging: Search, home: str) -> None:
    best = unchanging.search(f"Who took part in the homestays, {home}?", "en")[0]
    assert (best.fact.key, best.names) == ("homestay-who", ())


@pytest.mark.parametrize(
    "question", ["When did Melbourne sign with Xining?", "When did Paris sign?", "巴黎什么时候签约？"]
)
def test_a_place_that_the_facts_do_not_hold_speaks_against_all_of_them(unchanging: Search, question: str) -> None:
    best = unchanging.search(question, "en")[0]
    assert "it doesn't mention a place that was named" in best.why
    known = unchanging.search(
        question.replace("Melbourne", "Utah").replace("Paris", "Utah").replace("巴黎", "犹他州"), "en"
    )[0]
    assert best.score < known.score


@pytest.mark.parametrize(
    ("question", "talk", "key"),
    [
        ("and when was it signed?", Said("utah-who", "who signed for utah", "utah"), "utah-tie"),
        ("and who signed it?", Said("utah-tie", "when did utah sign", "utah"), "utah-who"),
        ("and the price?", Said("homestay-who", "who stayed with the families"), "homestay-cost"),
        ("费用呢", Said("homestay-who", "谁住在家庭里"), "homestay-cost"),
    ],
)
def test_what_came_before_leads_a_short_question(unchanging: Search, question: str, talk: Said, key: str) -> None:
    assert first(unchanging, question, "en", Evidence(talk=talk)) == key


@pytest.mark.parametrize(("topic", "higher"), [("sister_city", "utah-who"), ("homestay", "homestay-who")])
def test_the_topic_speaks_for_its_facts(unchanging: Search, topic: str, higher: str) -> None:
    alone = by_key(unchanging.search("who?", "en", limit=20))[higher].score
    assert by_key(unchanging.search("who?", "en", Evidence(topic=topic), limit=20))[higher].score > alone


def test_the_engine_may_speak_against_all_facts(unchanging: Search) -> None:
    question = "Tell me about the forum of the Romans"
    within, outside = (unchanging.search(question, "en", Evidence(outside=sure))[0].score for sure in (0.0, 1.0))
    assert outside < within


def test_a_named_place_outweighs_the_one_before(unchanging: Search) -> None:
    talk = Evidence(talk=Said("utah-who", "who signed for utah"))
    assert first(unchanging, "and when did Edirne sign?", "en", talk) == "edirne-tie"


def test_the_sides_and_the_nearest_come_with_a_candidate(unchanging: Search) -> None:
    best = unchanging.search("Has Edirne signed a letter of intent?", "en")[0]
    assert best.fact.key == "edirne-tie"
    assert best.nearest == pytest.approx(1.0, abs=1e-3)
    assert best.sides[0] == pytest.approx(1.0, abs=1e-3)
    assert best.sides[1] < best.sides[0]


def test_a_question_may_be_taken_apart_already(unchanging: Search) -> None:
    asked = unchanging.snapshot().read("When did Edirne sign?")
    assert unchanging.search(asked, "en") == unchanging.search("When did Edirne sign?", "en")


def test_an_older_snapshot_can_be_searched(search: Search, filled: Database) -> None:
    older = search.snapshot()
    change(filled, lambda s: store.delete(s, "fact", "forum-what", "office"))
    assert search.search("What was the forum?", "en", snapshot=older)[0].fact.key == "forum-what"
    assert "forum-what" not in by_key(search.search("What was the forum?", "en", limit=20))


@pytest.mark.parametrize(
    ("subject", "facts"), [("utah", ["utah-tie", "utah-who"]), ("police", ["urgent-police"]), ("gone", []), (None, [])]
)
def test_facts_on_one_subject_come_in_their_order(unchanging: Search, subject: str | None, facts: list[str]) -> None:
    assert [record.key for record in unchanging.snapshot().about(subject)] == facts


NEW = "Who sang at the zorb evening of Qux?"


def test_a_new_phrasing_is_found_by_the_next_question(search: Search, filled: Database) -> None:
    assert search.search(NEW, "en")[0].phrasing != NEW
    old = key_of("forum-what")
    new = old.model_copy(update={"questions": {**old.questions, "en": [NEW]}})
    change(filled, lambda s: store.save(s, new, "office"))
    best = search.search(NEW, "en")[0]
    assert (best.fact, best.phrasing) == (new, NEW)


def test_a_new_fact_is_found_by_the_next_question(search: Search, filled: Database) -> None:
    new = fact("zorb", questions={"en": [NEW]})
    search.search(NEW, "en")
    change(filled, lambda s: store.save(s, new, "office"))
    assert first(search, NEW) == "zorb"


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
    before = search.search(NEW, "en", limit=20)
    with filled.write() as session:
        store.save(session, fact("zorb", questions={"en": [NEW]}), "office")
        assert search.search(NEW, "en", limit=20) == before
        session.rollback()
    assert search.search(NEW, "en", limit=20) == before


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
        search_on(database).snapshot()
    database.close()


def test_an_empty_database_finds_nothing(database: Database) -> None:
    assert search_on(database).search("What was the forum?", "en") == []


def test_vectors_of_what_is_held_are_kept_for_the_next_start(filled: Database, tmp_path: Path) -> None:
    class Counting:
        def __init__(self) -> None:
            self.asked: list[str] = []

        def encode(self, texts: list[str]) -> object:
            self.asked += texts
            return handmade.encoder().encode(texts)

    def start() -> tuple[Search, Counting]:
        counting = Counting()
        file = tmp_path / "vectors.npz"
        made = Search(
            filled, handmade.patterns(), handmade.weights(), handmade.space(), ["Best pizza"], file, counting  # type: ignore[arg-type]
        )  # fmt: skip
        made.snapshot()
        return made, counting

    _, once = start()
    assert {"best pizza", "what was the forum", "论坛是什么"} <= set(once.asked)
    search, again = start()
    assert again.asked == []
    assert first(search, "and what was a forum?") == "forum-what"
    assert again.asked == ["and what was a forum"]


@pytest.mark.parametrize("name", ["London", "paris", "日本"])
def test_a_well_known_place_is_a_place_though_other_subjects_name_it(filled: Database, name: str) -> None:
    search = Search(
        filled,
        handmade.patterns(),
        handmade.weights(),
        handmade.space(),
        [f"the weather in {name}"],
        encoder=handmade.encoder(),
    )
    assert list(search.snapshot().read(f"When did {name} sign?").elsewhere) == [name.lower()]


LACKING = "What was cooked for breakfast by the host families?"


def test_a_question_for_what_a_fact_lacks_is_told_from_one_that_it_answers(unchanging: Search) -> None:
    asked, lacking = "Who took part in the homestays", "What did the host families cook for breakfast?"
    assert unchanging.search(asked, "en")[0].lacks is None
    best = unchanging.search(lacking, "en")[0]
    assert best.lacks is not None
    assert best.lacks.key == "homestay-who"
    assert best.score < unchanging.search(asked, "en")[0].score / 2


def test_other_words_for_what_a_fact_lacks_are_understood_too(unchanging: Search, filled: Database) -> None:
    best = unchanging.search(LACKING, "en")[0]
    assert best.lacks is not None
    assert best.lacks.key == "homestay-who"


def test_without_the_example_a_fact_seems_to_answer_it(search: Search, filled: Database) -> None:
    with_it = search.search(LACKING, "en")[0].score
    plain = next(fact for fact in handmade.FACTS if fact.key == "homestay-who").model_copy(update={"lacks": {}})
    change(filled, lambda s: store.save(s, plain, "office"))
    without = search.search(LACKING, "en")[0]
    assert without.lacks is None
    assert without.score > with_it
