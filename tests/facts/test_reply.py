"""Decisions put into words."""

from __future__ import annotations

import pytest

from facts.decide import Decision
from facts.index import FactIndex
from facts.names import Names
from facts.records import FactRecord, SourceRecord
from facts.reply import Button, Reply, compose, show_source
from facts.search import Snapshot
from tests.helpers.handmade import FACTS, PLACES, SOURCES, TEXTS, fact, source

BY_KEY = {f.key: f for f in FACTS}


def snapshot(*facts: FactRecord) -> Snapshot:
    held = [*FACTS, *facts]
    return Snapshot(
        revision=1,
        facts={f.key: f for f in held},
        sources={s.key: s for s in SOURCES},
        places={p.key: p for p in PLACES},
        names=Names(PLACES),
        index=FactIndex([], []),
        traits={},
    )


def reply(decision: Decision, language: str = "en", part: str = "short", *facts: FactRecord) -> Reply:
    return compose(decision, snapshot(*facts), TEXTS, language, part)


def state(record: FactRecord, language: str = "en", part: str = "short") -> Reply:
    return reply(Decision("answer", (record,), record.topic), language, part, record)


def same(a: Reply, b: Reply) -> bool:
    return (a, a.topic, a.place) == (b, b.topic, b.place)  # topic and place are left out of a reply's own comparison


PRESS = {"title": "Title of press", "publisher": "The Press", "date": "2012-06-10", "url": "https://press.example/"}
MIRROR = {"title": "Title of mirror", "publisher": "Somebody", "date": "2014", "url": "https://mirror.example/"}
REPOST = {"title": "Title of repost", "publisher": "A Re-post", "date": None}
WIKI = {"title": "Title of wiki", "publisher": None, "date": None, "note": "undated"}


def test_an_answer_has_text_date_sources_and_more() -> None:
    expected = Reply(
        "The forum was a yearly meeting.",
        "answer",
        "en",
        facts=("forum-what",),
        sources=(PRESS, REPOST),  # type: ignore[arg-type]
        as_of="2012",
        buttons=(Button("More", {"fact": "forum-what", "part": "full"}),),
        topic="forum",
    )
    assert same(state(BY_KEY["forum-what"]), expected)


def test_the_rest_of_a_fact_has_no_more() -> None:
    said = state(BY_KEY["forum-what"], "zh", "full")
    assert (said.text, said.buttons, said.facts) == ("论坛是一年一度的青年会议。", (), ("forum-what",))


def test_a_fact_without_a_rest_says_the_same_when_more_is_wanted() -> None:
    assert state(BY_KEY["edirne-tie"], "en", "full") == state(BY_KEY["edirne-tie"], "en", "short")


def test_an_answer_leads_on_to_its_topic_and_place() -> None:
    said = state(BY_KEY["edirne-tie"], "zh")
    assert (said.topic, said.place, said.as_of) == ("sister_city", "edirne", "2014-06")
    assert said.sources == (MIRROR,)


@pytest.mark.parametrize(
    ("key", "language", "shown"),
    [
        ("press", "en", PRESS),
        ("mirror", "en", MIRROR),  # the author, where there is no publisher
        ("repost", "en", REPOST),
        ("wiki", "en", WIKI),
        ("wiki", "zh", {**WIKI, "note": "无日期"}),
        ("wiki", "tr", {name: value for name, value in WIKI.items() if name != "note"}),
    ],
)
def test_a_source_is_shown(key: str, language: str, shown: dict[str, object]) -> None:
    assert show_source(next(s for s in SOURCES if s.key == key), language) == shown


@pytest.mark.parametrize(("reliability", "linked"), [("A", True), ("B", True), ("C", False), ("D", False)])
def test_only_good_sources_are_linked(reliability: str, linked: bool) -> None:
    assert ("url" in show_source(source("any", reliability=reliability), "en")) == linked


def test_a_good_source_without_an_address_has_no_link() -> None:
    assert show_source(SourceRecord(key="x", title="T", language="en", reliability="A"), "en") == {
        "title": "T",
        "publisher": None,
        "date": None,
    }


ENGLISH = fact("x", en="Held in English.")
CHINESE = fact("x", zh="只有中文。")


@pytest.mark.parametrize(
    ("record", "language", "text"),
    [
        (ENGLISH, "zh", "Held in English.（只有英文版。）"),
        (CHINESE, "en", "只有中文。 (Only in Chinese.)"),
        (ENGLISH, "en", "Held in English."),
        (CHINESE, "zh", "只有中文。"),
    ],
)
def test_a_missing_language_is_said_in_the_other_with_a_note(record: FactRecord, language: str, text: str) -> None:
    said = state(record, language)
    assert (said.text, said.language) == (text, language)


@pytest.mark.parametrize(
    ("record", "language", "note"),
    [
        (fact("x", kind="gap", en="Not on record."), "zh", "（只有英文版。）"),
        (fact("x", kind="gap", zh="没有资料。"), "en", "(Only in Chinese.)"),
    ],
)
def test_a_gap_that_misses_a_language_has_the_note_as_well(record: FactRecord, language: str, note: str) -> None:
    said = reply(Decision("unknown", (record,), "forum"), language, "short", record)
    assert said.text.startswith(next(iter(record.text.values())).short)
    assert note in said.text


def test_at_most_three_buttons_and_none_for_what_is_gone() -> None:
    record = fact(
        "x",
        text={"en": {"short": "S.", "full": "F."}},
        nearest=["gone", "forum-2010", "homestay-who", "utah-tie"],
    )
    assert state(record).buttons == (
        Button("More", {"fact": "x", "part": "full"}),
        Button("How many people came to the forum in 2010?", {"fact": "forum-2010", "part": "short"}),
        Button("Who stayed with the families?", {"fact": "homestay-who", "part": "short"}),
    )


def test_a_source_that_is_gone_is_left_out() -> None:
    assert state(fact("x", sources=["gone", "wiki"])).sources == (WIKI,)


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("en", ["What was the forum?", "When did Utah sign with Xining?"]),
        ("zh", ["论坛是什么？", "犹他州什么时候和西宁签约？"]),
    ],
)
def test_choices_are_offered_by_their_first_question(language: str, titles: list[str]) -> None:
    said = reply(Decision("clarify", (BY_KEY["forum-what"], BY_KEY["utah-tie"]), "forum"), language)
    assert (said.text, said.outcome) == (TEXTS("replies.clarify", language), "clarify")
    assert said.buttons == (
        Button(titles[0], {"fact": "forum-what", "part": "short"}),
        Button(titles[1], {"fact": "utah-tie", "part": "short"}),
    )
    assert (said.facts, said.sources, said.as_of, said.topic) == ((), (), None, "forum")


def test_a_choice_without_a_question_in_the_language_is_offered_in_another() -> None:
    said = reply(Decision("clarify", (fact("x", questions={"zh": ["问？"]}),), "forum"))
    assert [b.title for b in said.buttons] == ["问？"]


@pytest.mark.parametrize(
    ("language", "text", "title"),
    [
        ("en", "No fee for a homestay is on record. Ask the Office.", "Who stayed with the families?"),
        ("zh", "没有寄宿费用的资料。请问外办。", "谁住在家庭里？"),
    ],
)
def test_a_gap_says_so_and_offers_what_is_nearest(language: str, text: str, title: str) -> None:
    expected = Reply(
        text,
        "unknown",
        language,
        buttons=(Button(title, {"fact": "homestay-who", "part": "short"}),),
        topic="homestay",
    )
    assert same(reply(Decision("unknown", (BY_KEY["homestay-cost"],), "homestay"), language), expected)


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "Nothing held on the forum. Ask the Office."), ("zh", "没有关于论坛的资料。请问外办。")],
)
def test_what_is_not_known_of_a_topic(language: str, text: str) -> None:
    assert same(reply(Decision("unknown", (), "forum"), language), Reply(text, "unknown", language, topic="forum"))


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "I know about the forum, homestays and sister cities."), ("zh", "我知道论坛、寄宿、友城。")],
)
def test_another_subject(language: str, text: str) -> None:
    assert same(reply(Decision("out_of_scope"), language), Reply(text, "out_of_scope", language))


def test_the_contract() -> None:
    assert state(BY_KEY["homestay-who"]).contract() == {
        "outcome": "answer",
        "facts": ["homestay-who"],
        "sources": [WIKI],
        "as_of": "2011",
        "language": "en",
    }
