"""Two questions in one message."""

from __future__ import annotations

import pytest

from facts.parts import MOST_PARTS, join_replies, split_question
from facts.reply import Button, Reply, ShownSource, Talk
from tests.helpers.handmade import patterns


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("When did Utah sign?", ["When did Utah sign?"]),
        ("When did Utah sign? Who came?", ["When did Utah sign", "Who came?"]),
        ("When did Utah sign and who signed?", ["When did Utah sign", "who signed?"]),
        ("When did Utah and Edirne sign?", ["When did Utah and Edirne sign?"]),
        ("When did Utah sign; who came", ["When did Utah sign", "who came"]),
        (
            "When did it begin, and how many came, and where was it?",
            ["When did it begin", "how many came", "where was it?"],
        ),
        ("论坛是什么？什么时候签约？", ["论坛是什么", "什么时候签约？"]),
        ("论坛是什么时候开始的，有多少人参加？", ["论坛是什么时候开始的", "有多少人参加？"]),
        ("Who came? 多少人来了？", ["Who came", "多少人来了？"]),
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
