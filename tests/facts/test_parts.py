"""Two questions in one message."""

from __future__ import annotations

import pytest

from facts.parts import MOST_PARTS, join_replies, sentences_of, split_question, without_negated
from facts.reply import Button, Reply, ShownSource, Talk
from tests.helpers.handmade import patterns


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("When did Utah sign?", ["When did Utah sign?"]),
        ("When did Utah sign? Who came?", ["When did Utah sign?", "Who came?"]),
        ("When did Utah sign and who signed?", ["When did Utah sign", "who signed?"]),
        ("When did Utah and Edirne sign?", ["When did Utah and Edirne sign?"]),
        ("When did Utah sign; who came", ["When did Utah sign", "who came"]),
        (
            "When did it begin, and how many came, and where was it?",
            ["When did it begin", "how many came", "where was it?"],
        ),
        ("论坛是什么？什么时候签约？", ["论坛是什么？", "什么时候签约？"]),
        ("论坛是什么时候开始的，有多少人参加？", ["论坛是什么时候开始的", "有多少人参加？"]),
        ("Who came? 多少人来了？", ["Who came?", "多少人来了？"]),
        ("Where and when was it?", ["Where and when was it?"]),  # one question
        ("Really?? !?", ["Really?? !?"]),  # what is left is no question
        ("", [""]),
    ],
)
def test_a_message_is_split_where_a_second_question_begins(text: str, parts: list[str]) -> None:
    assert split_question(text, patterns()) == parts


@pytest.mark.parametrize(("count", "parts"), [(MOST_PARTS, MOST_PARTS), (MOST_PARTS + 1, 1)])
def test_a_message_of_too_many_questions_stays_whole(count: int, parts: int) -> None:
    assert len(split_question(" ".join(f"Who came in 20{n}?" for n in range(10, 10 + count)), patterns())) == parts


PRESS: ShownSource = {"title": "Press", "publisher": None, "date": None}
WIKI: ShownSource = {"title": "Wiki", "publisher": None, "date": None}


def reply(text: str, facts: tuple[str, ...], sources: tuple[ShownSource, ...], **more: object) -> Reply:
    return Reply(text, "answer", "en", facts, sources, **more)  # type: ignore[arg-type]


def test_replies_are_joined() -> None:
    last = Talk("sister_city", "utah", ("b",), asked="When did Utah sign?")
    button = Button("More", {"fact": "b", "part": "full"})
    first = Button("More", {"fact": "a", "part": "full"})
    joined = join_replies(
        [
            reply("A.", ("a",), (PRESS,), as_of="2012", buttons=(first,), talk=Talk("forum", None, ("a",))),
            reply("B.", ("b", "a"), (WIKI, PRESS), as_of="2014", buttons=(button,), talk=last),
        ]
    )
    assert joined == Reply("A.\nB.", "answer", "en", ("a", "b"), (PRESS, WIKI), "2012", (button,))
    assert joined.talk == last


def test_of_an_answer_and_what_is_not_known_an_answer_is_made() -> None:
    unknown = Reply("Not known.", "unknown", "zh")
    joined = join_replies([unknown, Reply("B.", "answer", "zh", ("b",))])
    assert (joined.outcome, joined.language, joined.facts, joined.as_of) == ("answer", "zh", ("b",), None)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("The state, not the county please.", "the state ."),
        ("No, not the Nepal week, the Korean one", "the korean one"),
        ("I don't mean the province. The city's office, where is it?", "the city's office, where is it?"),
        ("Daejeon I said, not Jeonju!", "daejeon i said !"),
        ("Is Xining not in Tibet?", "Is Xining not in Tibet?"),  # no correction
        ("Why not the Korean week?", "Why not the Korean week?"),
        ("不是加德满都，是拉利特普尔", "是拉利特普尔"),
        ("我说的是市里的，不是省里的，电话多少", "我说的是市里的 ，电话多少"),
        ("西宁不是青海的省会吗？", "西宁不是青海的省会吗？"),
        ("这个数，不是算错了吗", "这个数，不是算错了吗"),
        ("not this.", "not this."),  # nothing would be left
    ],
)
def test_what_a_correction_says_is_not_meant_is_taken_out(text: str, meant: str) -> None:
    assert " ".join(without_negated(text, patterns()).split()) == meant


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("How many came?", []),
        ("I write a paper. Which mayors do you know?", ["I write a paper.", "Which mayors do you know?"]),
        ("Back to the airport - how high is it?", ["Back to the airport", "how high is it?"]),
        ("What are 2.33 million people", []),
        ("西宁有日本的友城吗？我是留学生。", ["西宁有日本的友城吗？", "我是留学生。"]),
        ("Wait... ok?", []),  # "ok" asks nothing
    ],
)
def test_the_sentences_of_a_message(text: str, sentences: list[str]) -> None:
    assert sentences_of(text) == sentences
