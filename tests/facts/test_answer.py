"""From a question to a reply."""

from __future__ import annotations

from pathlib import Path

import pytest

from facts import store
from facts.answer import Answers
from facts.database import Database
from facts.decide import Context
from facts.records import FactRecord
from tests.helpers import handmade
from tests.helpers.handmade import fact


@pytest.fixture
def answers(filled: Database) -> Answers:
    return handmade.answers_from(filled)


@pytest.mark.parametrize(
    ("question", "outcome", "facts", "buttons"),
    [
        ("What was the forum?", "answer", ["forum-what"], ["forum-what"]),
        ("论坛是什么", "answer", ["forum-what"], ["forum-what"]),
        ("How many people came to the forum in 2010?", "answer", ["forum-2010"], []),
        ("2012年有多少人参加论坛", "answer", ["forum-2012"], []),
        ("How many people came to the forum?", "clarify", [], ["forum-2010", "forum-2012"]),
        ("有多少人参加论坛？", "clarify", [], ["forum-2010", "forum-2012"]),
        ("When did Turkey sign?", "answer", ["edirne-tie"], []),
        ("When did Edirna sign?", "answer", ["edirne-tie"], []),
        ("埃迪内什么时候签约", "answer", ["edirne-tie"], []),
        ("谁参加了寄宿？", "answer", ["homestay-who"], []),
        ("What does a homestay cost?", "unknown", [], ["homestay-who"]),
        ("寄宿的费用", "unknown", [], ["homestay-who"]),
        ("Best pizza recipe", "out_of_scope", [], []),
        ("今天股票涨了吗", "out_of_scope", [], []),
        ("", "clarify", [], []),
        ("?! 😀", "clarify", [], []),
    ],
)
def test_a_question_and_its_outcome(
    answers: Answers, question: str, outcome: str, facts: list[str], buttons: list[str]
) -> None:
    reply = answers.answer(question, answers.language_of(question))
    assert (reply.outcome, list(reply.facts), sorted(b.stands_for["fact"] for b in reply.buttons)) == (
        outcome,
        facts,
        buttons,
    )
    assert reply.text


def test_the_language_of_the_reply_is_the_one_asked_for(answers: Answers) -> None:
    assert answers.answer("What was the forum?", "zh").text == "论坛是一年一度的会议。"
    assert answers.answer("论坛是什么", "en").text == "The forum was a yearly meeting."
    assert answers.answer("谁参加了寄宿？", "zh").text == "Pupils from Utah stayed with families.（只有英文版。）"


@pytest.mark.parametrize(
    ("question", "context", "outcome", "facts", "topic", "place"),
    [
        # follow-ups lean on the last answer: its topic, place, and what was asked
        (
            "and when?",
            Context("follow_up", 0.9, "sister_city", "utah", ("utah-tie",)),
            "answer",
            ("utah-tie",),
            "sister_city",
            "utah",
        ),
        (
            "and when?",
            Context("follow_up", 0.9, "sister_city", "edirne"),
            "answer",
            ("edirne-tie",),
            "sister_city",
            "edirne",
        ),
        (
            "and Edirne?",
            Context("follow_up", 0.9, "sister_city", "utah", ("utah-tie",)),
            "answer",
            ("edirne-tie",),
            "sister_city",
            "edirne",
        ),
        (
            "那埃迪尔内呢？",
            Context("follow_up", 0.9, "sister_city", "utah", ("utah-tie",)),
            "answer",
            ("edirne-tie",),
            "sister_city",
            "edirne",
        ),
        (
            "and in 2010?",
            Context("follow_up", 0.9, "forum", None, ("forum-2012",)),
            "answer",
            ("forum-2010",),
            "forum",
            None,
        ),
        ("hm qux?", Context("follow_up", 0.9, "homestay"), "unknown", (), "homestay", None),
        # without anything before there is nothing to lean on
        ("hm qux?", Context("follow_up", 0.9), "out_of_scope", (), None, None),
        # the engine is sure of a subject
        ("qux vlim?", Context("ask_forum", 0.9), "unknown", (), "forum", None),
        ("qux vlim?", Context("ask_forum", 0.3), "out_of_scope", (), None, None),
        # what isn't ours doesn't end the subject of the talk
        (
            "Best pizza recipe",
            Context("out_of_scope", 0.9, "sister_city", "utah"),
            "out_of_scope",
            (),
            "sister_city",
            "utah",
        ),
        (
            "What was the forum?",
            Context("out_of_scope", 0.9, "sister_city", "utah"),
            "answer",
            ("forum-what",),
            "forum",
            None,
        ),
        # what came before doesn't lead a question that stands for itself
        (
            "When did Edirne sign?",
            Context("ask_sister_city", 0.9, "sister_city", "utah", ("utah-tie",)),
            "answer",
            ("edirne-tie",),
            "sister_city",
            "edirne",
        ),
        # a fact that is gone since
        (
            "and when?",
            Context("follow_up", 0.9, "sister_city", "utah", ("gone",)),
            "answer",
            ("utah-tie",),
            "sister_city",
            "utah",
        ),
    ],
)
def test_what_is_known_beside_the_question(
    answers: Answers,
    question: str,
    context: Context,
    outcome: str,
    facts: tuple[str, ...],
    topic: str | None,
    place: str | None,
) -> None:
    reply = answers.answer(question, "en", context)
    assert (reply.outcome, reply.facts, reply.topic, reply.place) == (outcome, facts, topic, place)


def test_a_tie_between_two_facts_is_asked_back(answers: Answers, filled: Database) -> None:
    with filled.write() as session:
        for key in ("mon", "tue"):
            twin = fact(f"zorb-{key}", topic="homestay", questions={"en": [f"What happened at zorbing on {key}?"]})
            store.save(session, twin, "office")
    reply = answers.answer("What about zorbing?", "en")
    assert (reply.text, reply.outcome, reply.topic) == ("Which of these?", "clarify", "homestay")
    assert {b.title: b.stands_for for b in reply.buttons} == {
        "What happened at zorbing on mon?": {"fact": "zorb-mon", "part": "short"},
        "What happened at zorbing on tue?": {"fact": "zorb-tue", "part": "short"},
    }


@pytest.mark.parametrize("context", [Context(), Context("ask_forum", 0.9), Context("follow_up", 0.9, "forum")])
@pytest.mark.parametrize("question", ["How many people came to the forum?", "有多少人参加论坛？"])
def test_a_tie_is_asked_back_whatever_else_speaks_for_both(answers: Answers, question: str, context: Context) -> None:
    reply = answers.answer(question, "en", context)
    assert (reply.outcome, {b.stands_for["fact"] for b in reply.buttons}) == ("clarify", {"forum-2010", "forum-2012"})


@pytest.mark.parametrize(
    ("key", "part", "outcome", "text"),
    [
        ("forum-what", "short", "answer", "The forum was a yearly meeting."),
        ("forum-what", "full", "answer", "The forum was a yearly meeting of youth."),
        ("homestay-cost", "short", "unknown", "No fee for a homestay is on record. Ask the Office."),
    ],
)
def test_a_button_shows_its_fact(answers: Answers, key: str, part: str, outcome: str, text: str) -> None:
    reply = answers.show(key, "en", part)
    assert (reply.outcome, reply.text) == (outcome, text)


@pytest.mark.parametrize("how", ["retired", "deleted"])
def test_the_button_of_a_fact_that_is_gone_is_said_to_be_not_known(
    answers: Answers, filled: Database, how: str
) -> None:
    assert answers.show("forum-what", "en").outcome == "answer"
    with filled.write() as session:
        if how == "deleted":
            store.delete(session, "fact", "forum-what", "office")
        else:
            held = store.get(session, "fact", "forum-what")
            assert isinstance(held, FactRecord)
            store.save(session, held.model_copy(update={"state": "retired"}), "office")
    reply = answers.show("forum-what", "en")
    assert (reply.outcome, reply.facts, reply.sources) == ("unknown", (), ())


@pytest.mark.parametrize(
    ("text", "otherwise", "language"),
    [
        ("How many?", None, "en"),
        ("多少？", None, "zh"),
        ("多少？", "en", "zh"),
        ("2012?", "zh", "zh"),
        ("2012?", None, "en"),
        ("2012?", "tr", "en"),  # not one of ours
    ],
)
def test_the_language_of_a_reply(answers: Answers, text: str, otherwise: str | None, language: str) -> None:
    assert answers.language_of(text, otherwise) == language


@pytest.mark.parametrize(
    ("name", "language", "outcome", "text"),
    [
        ("replies.smalltalk.greet", "en", "smalltalk", "Hello! I know about the forum, homestays and sister cities."),
        ("replies.smalltalk.greet", "zh", "smalltalk", "您好！我知道论坛、寄宿、友城。"),
        ("replies.handoff", "zh", "handoff", "人工在外办。"),
    ],
)
def test_texts_are_said_with_office_and_topics(
    answers: Answers, name: str, language: str, outcome: str, text: str
) -> None:
    reply = answers.say(name, language, outcome=outcome)  # type: ignore[arg-type]
    assert (reply.text, reply.outcome, reply.language, reply.facts, reply.buttons) == (text, outcome, language, (), ())


def test_answers_go_on_while_the_database_cannot_be_read(
    answers: Answers, filled: Database, database_file: Path
) -> None:
    before = answers.answer("What was the forum?", "en")
    filled.close()
    database_file.write_bytes(b"no database any more" * 100)
    assert answers.answer("What was the forum?", "en") == before
    assert answers.show("forum-what", "zh").text == "论坛是一年一度的会议。"


@pytest.mark.parametrize("question", ["Is Atlantis a sister city of Xining?", "亚特兰蒂斯是西宁的友好城市吗？"])
def test_what_is_asked_of_an_unknown_place_is_not_answered_of_another(answers: Answers, question: str) -> None:
    reply = answers.answer(question, "en", Context("ask_sister_city", 0.9))
    assert reply.outcome != "answer"
