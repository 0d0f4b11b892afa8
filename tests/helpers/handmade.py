"""A small set of facts, texts and question patterns made by hand, so that no test depends on what is shipped."""

from __future__ import annotations

import re
from typing import Any

from facts.answer import Answers
from facts.database import Database
from facts.records import AnyRecord, FactRecord, PlaceRecord, SourceRecord
from facts.search import Search
from facts.seed import seed
from facts.texts import Texts

TEXTS = Texts(
    {
        "en": {
            "replies.answer.other_language": "(Only in {held}.)",
            "replies.answer.more": "More",
            "replies.clarify": "Which of these?",
            "replies.clarify_one": "This one?",
            "replies.unknown": "Nothing held on {topic}. Ask the {office}.",
            "replies.gone": "Gone. Ask the {office}.",
            "replies.gap_end": "Ask the {office}.",
            "replies.out_of_scope": "I know about {topics}.",
            "replies.cannot_now": "Not now. Ask the {office}.",
            "replies.not_understood": "In words, please.",
            "replies.handoff": "A person is at the {office}.",
            "replies.office": "Office",
            "replies.languages.en": "English",
            "replies.languages.zh": "Chinese",
            "replies.smalltalk.greet": "Hello! I know about {topics}.",
            "replies.smalltalk.ask_capability": "I answer.",
            "topics.forum.name": "the forum",
            "topics.homestay.name": "homestays",
            "topics.sister_city.name": "sister cities",
        },
        "zh": {
            "replies.answer.other_language": "（只有{held}版。）",
            "replies.answer.more": "更多",
            "replies.clarify": "是哪一项？",
            "replies.clarify_one": "是这个吗？",
            "replies.unknown": "没有关于{topic}的资料。请问{office}。",
            "replies.gone": "没有了。请问{office}。",
            "replies.gap_end": "请问{office}。",
            "replies.out_of_scope": "我知道{topics}。",
            "replies.cannot_now": "暂时不行。请问{office}。",
            "replies.not_understood": "请用文字。",
            "replies.handoff": "人工在{office}。",
            "replies.office": "外办",
            "replies.languages.en": "英文",
            "replies.languages.zh": "中文",
            "replies.smalltalk.greet": "您好！我知道{topics}。",
            "replies.smalltalk.ask_capability": "我回答。",
            "topics.forum.name": "论坛",
            "topics.homestay.name": "寄宿",
            "topics.sister_city.name": "友城",
        },
    }
)

ASPECTS = {
    "en": {
        "how_many": re.compile(r"\bhow many\b"),
        "cost": re.compile(r"\bcosts?\b|\bhow much\b"),
        "when": re.compile(r"\bwhen\b"),
        "who": re.compile(r"\bwho\b"),
    },
    "zh": {
        "how_many": re.compile("多少(?!钱)"),
        "cost": re.compile("多少钱|费用"),
        "when": re.compile("什么时候"),
        "who": re.compile("谁"),
    },
}


def source(key: str = "press", **more: Any) -> SourceRecord:
    """Makes a source: an official one with an address, unless said otherwise."""
    plain = {"title": f"Title of {key}", "language": "en", "reliability": "A", "url": f"https://{key}.example/"}
    return SourceRecord.model_validate({"key": key, **plain, **more})


def place(key: str, **more: Any) -> PlaceRecord:
    """Makes a place: a city named as its key, unless said otherwise."""
    return PlaceRecord.model_validate({"key": key, "kind": "city", "names": {"en": [key.title()]}, **more})


def fact(key: str, *, en: str | None = None, zh: str | None = None, **more: Any) -> FactRecord:
    """Makes a statement of a forum; ``en`` and ``zh`` are its text in short."""
    said = {"en": en, "zh": zh} if en or zh else {"en": f"Statement of {key}."}
    plain = {
        "topic": "forum",
        "aspect": "what",
        "sources": [] if more.get("kind") == "gap" else ["press"],
        "text": {language: {"short": text} for language, text in said.items() if text},
        "questions": {"en": [f"Question of {key}?"]},
    }
    return FactRecord.model_validate({"key": key, **plain, **more})


SOURCES = [
    source("press", publisher="The Press", date="2012-06-10"),
    source("mirror", reliability="B", author="Somebody", date="2014"),
    source("repost", reliability="C", publisher="A Re-post", author="Somebody"),
    source("wiki", reliability="D", date_note={"en": "undated", "zh": "无日期"}),
]
PLACES = [
    place("china", kind="country", names={"en": ["China"], "zh": ["中国"]}),
    place("xining", country="china", names={"en": ["Xining"], "zh": ["西宁"]}),
    place("turkiye", kind="country", names={"en": ["Türkiye", "Turkey"], "zh": ["土耳其"]}),
    place(
        "edirne",
        country="turkiye",
        names={"en": ["Edirne"], "zh": ["埃迪尔内"], "tr": ["Edirne"]},
        misspellings=["Edirna", "埃迪内"],
        tie="agreement",
    ),
    place("utah", kind="state", names={"en": ["Utah"], "zh": ["犹他州"]}, tie="friendly_exchange"),
]
FACTS = [
    fact(
        "forum-what",
        en="The forum was a yearly meeting.",
        zh="论坛是一年一度的会议。",
        text={
            "en": {"short": "The forum was a yearly meeting.", "full": "The forum was a yearly meeting of youth."},
            "zh": {"short": "论坛是一年一度的会议。", "full": "论坛是一年一度的青年会议。"},
        },
        as_of="2012",
        sources=["press", "repost"],
        questions={
            "en": ["What was the forum?", "Tell me about the forum"],
            "zh": ["论坛是什么？", "介绍一下论坛"],
        },
    ),
    fact(
        "forum-2010",
        aspect="how_many",
        en="In 2010, 90 people came to the forum.",
        zh="2010年有90人参加论坛。",
        number=90,
        as_of="2010",
        questions={
            "en": ["How many people came to the forum in 2010?", "How many guests had the 2010 forum?"],
            "zh": ["2010年有多少人参加论坛？", "2010年的论坛来了多少人？"],
        },
    ),
    fact(
        "forum-2012",
        aspect="how_many",
        en="In 2012, 100 people came to the forum.",
        zh="2012年有100人参加论坛。",
        number=100,
        as_of="2012",
        questions={
            "en": ["How many people came to the forum in 2012?", "How many guests had the 2012 forum?"],
            "zh": ["2012年有多少人参加论坛？", "2012年的论坛来了多少人？"],
        },
    ),
    fact(
        "edirne-tie",
        topic="sister_city",
        aspect="when",
        en="Edirne signed a letter of intent in June 2014.",
        zh="埃迪尔内2014年6月签署了意向书。",
        as_of="2014-06",
        places=["edirne"],
        sources=["mirror"],
        questions={
            "en": ["When did Edirne sign with Xining?", "When did the tie with Edirne begin?"],
            "zh": ["埃迪尔内什么时候和西宁签约？", "和埃迪尔内的友好关系是什么时候开始的？"],
        },
    ),
    fact(
        "utah-tie",
        topic="sister_city",
        aspect="when",
        en="Utah signed an agreement in May 2009.",
        zh="犹他州2009年5月签署了协议。",
        as_of="2009-05",
        places=["utah"],
        sources=["press"],
        questions={
            "en": ["When did Utah sign with Xining?", "When did the tie with Utah begin?"],
            "zh": ["犹他州什么时候和西宁签约？", "和犹他州的友好关系是什么时候开始的？"],
        },
    ),
    fact(
        "homestay-who",
        topic="homestay",
        aspect="who",
        en="Pupils from Utah stayed with families.",
        as_of="2011",
        sources=["wiki"],
        questions={
            "en": ["Who stayed with the families?", "Who took part in the homestays?"],
            "zh": ["谁住在家庭里？", "谁参加了寄宿？"],
        },
    ),
    fact(
        "homestay-cost",
        kind="gap",
        topic="homestay",
        aspect="cost",
        en="No fee for a homestay is on record.",
        zh="没有寄宿费用的资料。",
        nearest=["homestay-who"],
        questions={
            "en": ["What does a homestay cost?", "How much is a homestay?"],
            "zh": ["寄宿多少钱？", "寄宿的费用是多少？"],
        },
    ),
]
RECORDS: list[AnyRecord] = [*SOURCES, *PLACES, *FACTS]


def fill(database: Database, records: list[AnyRecord] | None = None) -> None:
    """Seeds the records, all of the above unless others are given."""
    with database.write() as session:
        seed(session, RECORDS if records is None else records, "test")


def answers_from(database: Database) -> Answers:
    """Puts search and texts together."""
    return Answers(Search(database, ASPECTS), TEXTS)
