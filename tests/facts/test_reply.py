"""Decisions put into words."""

from __future__ import annotations

import pytest

from facts.decide import Decision
from facts.polarity import Polarity
from facts.records import FactRecord, SourceRecord
from facts.reply import Button, Composer, Reply, Talk, show_source
from tests.helpers.handmade import FACTS, SOURCES, TEXTS, fact, snapshot_of, source

BY_KEY = {f.key: f for f in FACTS}


def composer(language: str, *facts: FactRecord) -> Composer:
    return Composer(snapshot_of(*facts), TEXTS, language)


def reply(decision: Decision, language: str = "en", *facts: FactRecord) -> Reply:
    return composer(language, *facts).compose(decision)


def state(record: FactRecord, language: str = "en", part: str = "short") -> Reply:
    return composer(language, record).state(record, part)


def same(a: Reply, b: Reply) -> bool:
    return (a, a.talk) == (b, b.talk)  # the talk is left out of a reply's own comparison


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
        talk=Talk("forum", None, ("forum-what",)),
    )
    assert same(state(BY_KEY["forum-what"]), expected)


def test_the_rest_of_a_fact_has_no_more() -> None:
    said = state(BY_KEY["forum-what"], "zh", "full")
    assert (said.text, said.buttons, said.facts) == ("论坛是一年一度的青年会议。", (), ("forum-what",))


def test_a_fact_without_a_rest_says_the_same_when_more_is_wanted() -> None:
    assert state(BY_KEY["edirne-tie"], "en", "full") == state(BY_KEY["edirne-tie"], "en", "short")


@pytest.mark.parametrize(
    ("polarity", "language", "text"),
    [
        ("yes", "en", "Yes. It met."),
        ("no", "en", "No. It met."),
        ("figure", "en", "Another figure. It met."),
        ("", "en", "It met."),
        ("yes", "zh", "是的。开过会。"),
        ("figure", "zh", "数字不同。开过会。"),
    ],
)
def test_a_yes_or_no_comes_first(polarity: Polarity, language: str, text: str) -> None:
    record = fact("x", en="It met.", zh="开过会。")
    assert reply(Decision("answer", (record,), "forum", polarity=polarity), language, record).text == text


def test_what_came_next_can_be_chosen_later() -> None:
    decision = Decision("answer", (BY_KEY["utah-tie"],), others=(BY_KEY["utah-who"], BY_KEY["forum-what"]))
    talk = reply(decision).talk
    assert talk is not None
    assert talk.choices == ("utah-who", "forum-what")


def test_an_answer_leads_on_to_its_topic_and_place() -> None:
    said = state(BY_KEY["edirne-tie"], "zh")
    assert (said.talk, said.as_of) == (Talk("sister_city", "edirne", ("edirne-tie",)), "2014-06")
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
    said = reply(Decision("unknown", (record,), "forum"), language, record)
    assert said.text.startswith(next(iter(record.text.values())).short)
    assert note in said.text


MORE = Button("More", {"fact": "x", "part": "full"})
TO_2010 = Button("How many people came to the forum in 2010?", {"fact": "forum-2010", "part": "short"})
TO_HOMESTAY = Button("Who stayed with the families?", {"fact": "homestay-who", "part": "short"})
TO_FORUM = Button("What was the forum?", {"fact": "forum-what", "part": "short"})
TO_UTAH = Button("When did Utah sign with Xining?", {"fact": "utah-tie", "part": "short"})
TO_UTAH_WHO = Button("Who signed for Utah?", {"fact": "utah-who", "part": "short"})


@pytest.mark.parametrize(
    ("more", "buttons"),
    [
        # what the fact names, two at most, and none for what is gone
        ({"nearest": ["gone", "forum-2010", "homestay-who", "utah-tie"]}, (MORE, TO_2010, TO_HOMESTAY)),
        # then what else is stated of its subject; its gaps are none to go on with
        ({"subject": "forum", "nearest": ["forum-2010"]}, (MORE, TO_2010, TO_FORUM)),
        ({"subject": "forum"}, (MORE, TO_FORUM)),
        ({"subject": "utah"}, (MORE, TO_UTAH, TO_UTAH_WHO)),
        ({"subject": "utah", "nearest": ["utah-who"]}, (MORE, TO_UTAH_WHO, TO_UTAH)),
        ({"subject": "nothing-else"}, (MORE,)),
    ],
)
def test_an_answer_offers_what_may_be_asked_next(more: dict[str, object], buttons: tuple[Button, ...]) -> None:
    assert state(fact("x", text={"en": {"short": "S.", "full": "F."}}, **more)).buttons == buttons


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
    assert (said.facts, said.sources, said.as_of) == ((), (), None)
    assert said.talk == Talk("forum", None, (), ("forum-what", "utah-tie"))


def test_a_single_choice_is_offered_in_other_words() -> None:
    assert reply(Decision("clarify", (BY_KEY["utah-tie"],), "sister_city")).text == "This one?"


def test_a_choice_without_a_question_in_the_language_is_offered_in_another() -> None:
    said = reply(Decision("clarify", (fact("x", questions={"zh": ["问？"]}),), "forum"))
    assert [b.title for b in said.buttons] == ["问？"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "No fee for a homestay is on record. Nearest: Pupils from Utah stayed with families. Ask the Office."),
        ("zh", "没有寄宿费用的资料。最近的：Pupils from Utah stayed with families.（只有英文版。）请问外办。"),
    ],
)
def test_a_gap_says_so_and_states_what_is_nearest(language: str, text: str) -> None:
    expected = Reply(
        text,
        "unknown",
        language,
        facts=("homestay-who",),
        sources=(WIKI if language == "en" else {**WIKI, "note": "无日期"},),  # type: ignore[arg-type]
        as_of="2011",
        talk=Talk("homestay", None, ("homestay-cost",)),
    )
    assert same(reply(Decision("unknown", (BY_KEY["homestay-cost"],), "homestay"), language), expected)


@pytest.mark.parametrize(
    ("nearest", "subject", "text", "facts", "buttons"),
    [
        ([], None, "Not held. Ask the Office.", (), ()),
        (["gone"], None, "Not held. Ask the Office.", (), ()),
        (
            ["utah-tie", "forum-2010"],
            None,
            "Not held. Nearest: Utah signed an agreement in May 2009. Ask the Office.",
            ("utah-tie",),
            (TO_2010,),
        ),
        # another gap can be asked for and isn't stated as known
        (
            ["homestay-cost", "utah-tie"],
            None,
            "Not held. Nearest: Utah signed an agreement in May 2009. Ask the Office.",
            ("utah-tie",),
            (Button("What does a homestay cost?", {"fact": "homestay-cost", "part": "short"}),),
        ),
        ([], "forum", "Not held. Ask the Office.", (), (TO_FORUM,)),
    ],
)
def test_a_gap_offers_what_is_nearest(
    nearest: list[str], subject: str | None, text: str, facts: tuple[str, ...], buttons: tuple[Button, ...]
) -> None:
    gap = fact("x", kind="gap", en="Not held.", nearest=nearest, subject=subject)
    said = reply(Decision("unknown", (gap,), "forum"), "en", gap)
    assert (said.text, said.outcome, said.facts, said.buttons) == (text, "unknown", facts, buttons)


@pytest.mark.parametrize(
    ("missing", "language", "text"),
    [
        ("Paris", "en", "Nothing held on Paris. Nearest: Utah signed an agreement in May 2009. Ask the Office."),
        (
            "1999",
            "en",
            "Nothing held for the year 1999. Nearest: Utah signed an agreement in May 2009. Ask the Office.",
        ),
        ("巴黎", "zh", "没有巴黎的资料。最近的：犹他州2009年5月签署了协议。请问外办。"),
        ("1999", "zh", "没有1999年的资料。最近的：犹他州2009年5月签署了协议。请问外办。"),
    ],
)
def test_what_is_missing_is_named_and_the_nearest_stated(missing: str, language: str, text: str) -> None:
    said = reply(Decision("unknown", (BY_KEY["utah-tie"],), "sister_city", missing=missing), language)
    assert (said.text, said.outcome, said.facts, said.as_of) == (text, "unknown", ("utah-tie",), "2009-05")
    assert said.talk == Talk("sister_city", "utah", ("utah-tie",))


@pytest.mark.parametrize(
    ("missing", "language", "text"),
    [
        (None, "en", "Nothing held on the forum. Ask the Office."),
        (None, "zh", "没有关于论坛的资料。请问外办。"),
        ("Paris", "en", "Nothing held on Paris. Ask the Office."),
    ],
)
def test_what_is_not_known_of_a_topic(missing: str | None, language: str, text: str) -> None:
    found = reply(Decision("unknown", (), "forum", missing=missing), language)
    assert same(found, Reply(text, "unknown", language, talk=Talk("forum")))


@pytest.mark.parametrize(("language", "text"), [("en", "I take no position."), ("zh", "我不作评论。")])
def test_politics(language: str, text: str) -> None:
    assert same(reply(Decision("out_of_scope", neutral=True), language), Reply(text, "out_of_scope", language))


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
