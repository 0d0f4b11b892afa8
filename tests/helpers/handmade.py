"""A small set of facts and texts made by hand, so that no test depends on the shipped ones. How questions are compared with facts
(encoder, patterns, weights, space) is the real thing: it is learned, and nothing made by hand would stand for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from facts.answer import Answers
from facts.database import Database
from facts.encoder import DIMENSIONS, Vectors, shared_encoder
from facts.meaning import Space, load_space
from facts.patterns import Patterns, load_patterns
from facts.records import AnyRecord, FactRecord, PlaceRecord, SourceRecord
from facts.search import Search, Snapshot
from facts.seed import seed
from facts.texts import Texts
from facts.weights import Weights, load_weights

LANGUAGES = ("en", "zh")
SHIPPED = Path(__file__).resolve().parents[2] / "data" / "search"

TEXTS = Texts(
    {
        "en": {
            "replies.answer.other_language": "(Only in {held}.)",
            "replies.answer.more": "More",
            "replies.answer.yes": "Yes.",
            "replies.answer.no": "No.",
            "replies.answer.figure": "Another figure.",
            "replies.clarify": "Which of these?",
            "replies.clarify_one": "This one?",
            "replies.unknown": "Nothing held on {topic}.",
            "replies.unknown_place": "Nothing held on {missing}.",
            "replies.unknown_year": "Nothing held for the year {missing}.",
            "replies.nearest": "Nearest:",
            "replies.where_to_ask": "Ask the {office}.",
            "replies.gone": "Gone. Ask the {office}.",
            "replies.out_of_scope": "I know about {topics}.",
            "replies.politics": "I take no position.",
            "replies.what_else": "What else?",
            "replies.cannot_now": "Not now. Ask the {office}.",
            "replies.not_understood": "In words, please.",
            "replies.handoff": "A person is at the {office}.",
            "replies.office": "Office",
            "replies.languages.en": "English",
            "replies.languages.zh": "Chinese",
            "replies.about.source": "From {sources}.",
            "replies.about.title": "“{title}”",
            "replies.about.comma": ", ",
            "replies.about.and": "; and ",
            "replies.about.undated": "no date",
            "replies.about.no_source": "No source.",
            "replies.about.reliability.A": "Official.",
            "replies.about.reliability.B": "A mirror.",
            "replies.about.reliability.C": "A re-post.",
            "replies.about.reliability.D": "By volunteers.",
            "replies.about.as_of": "As of {date}.",
            "replies.about.no_date": "Date not held.",
            "replies.about.not_known_since": "Since then: not known.",
            "replies.about.source_of_all": "Each answer has a source.",
            "replies.about.date_of_all": "Each answer has a date.",
            "replies.smalltalk.greet": "Hello! I know about {topics}.",
            "replies.smalltalk.ask_capability": "I answer.",
            "replies.smalltalk.complain": "Sorry. Turn to the {office}.",
            "topics.forum.name": "the forum",
            "topics.homestay.name": "homestays",
            "topics.sister_city.name": "sister cities",
        },
        "zh": {
            "replies.answer.other_language": "（只有{held}版。）",
            "replies.answer.more": "更多",
            "replies.answer.yes": "是的。",
            "replies.answer.no": "不是。",
            "replies.answer.figure": "数字不同。",
            "replies.clarify": "是哪一项？",
            "replies.clarify_one": "是这个吗？",
            "replies.unknown": "没有关于{topic}的资料。",
            "replies.unknown_place": "没有{missing}的资料。",
            "replies.unknown_year": "没有{missing}年的资料。",
            "replies.nearest": "最近的：",
            "replies.where_to_ask": "请问{office}。",
            "replies.gone": "没有了。请问{office}。",
            "replies.out_of_scope": "我知道{topics}。",
            "replies.politics": "我不作评论。",
            "replies.what_else": "还有什么？",
            "replies.cannot_now": "暂时不行。请问{office}。",
            "replies.not_understood": "请用文字。",
            "replies.handoff": "人工在{office}。",
            "replies.office": "外办",
            "replies.languages.en": "英文",
            "replies.languages.zh": "中文",
            "replies.about.source": "来源是{sources}。",
            "replies.about.title": "《{title}》",
            "replies.about.comma": "，",
            "replies.about.and": "；以及",
            "replies.about.undated": "没有日期",
            "replies.about.no_source": "没有来源。",
            "replies.about.reliability.A": "官方。",
            "replies.about.reliability.B": "镜像。",
            "replies.about.reliability.C": "转载。",
            "replies.about.reliability.D": "志愿者。",
            "replies.about.as_of": "截至{date}。",
            "replies.about.no_date": "日期不详。",
            "replies.about.not_known_since": "以后不详。",
            "replies.about.source_of_all": "每条回答都有来源。",
            "replies.about.date_of_all": "每条回答都有日期。",
            "replies.smalltalk.greet": "您好！我知道{topics}。",
            "replies.smalltalk.ask_capability": "我回答。",
            "replies.smalltalk.complain": "抱歉。请联系{office}。",
            "topics.forum.name": "论坛",
            "topics.homestay.name": "寄宿",
            "topics.sister_city.name": "友城",
        },
    }
)

OUTSIDE = (
    "Best pizza recipe",
    "Who won the football match?",
    "Write me a poem",
    "帮我写一首诗",
    "谁赢了足球比赛？",
    "怎么做披萨",
)
"""Examples of what is no subject of ours."""


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
        subject="forum",
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
        "forum-now",
        kind="gap",
        subject="forum",
        aspect="status",
        en="No later forum is on record.",
        zh="没有以后论坛的资料。",
        nearest=["forum-2012"],
        questions={
            "en": ["When is the next forum?", "In which year is the next forum?"],
            "zh": ["下一届论坛什么时候举行？", "下一届论坛在哪一年？"],
        },
    ),
    fact(
        "forum-2010",
        subject="forum-2010",
        aspect="how_many",
        en="In 2010, 90 people came to the forum.",
        zh="2010年有90人参加论坛。",
        number=90,
        as_of="2010",
        questions={
            "en": ["How many people came to the forum in 2010?", "How many guests had the 2010 forum?"],
            "zh": ["2010年有多少人参加论坛？", "2010年论坛的人数是多少？"],
        },
    ),
    fact(
        "forum-2012",
        subject="forum-2012",
        aspect="how_many",
        en="In 2012, 100 people came to the forum.",
        zh="2012年有100人参加论坛。",
        number=100,
        as_of="2012",
        questions={
            "en": ["How many people came to the forum in 2012?", "What was the number of guests in 2012?"],
            "zh": ["2012年有多少人参加论坛？", "2012年来了几位客人？"],
        },
    ),
    fact(
        "edirne-tie",
        subject="edirne",
        topic="sister_city",
        aspect="when",
        en="Edirne signed a letter of intent in June 2014.",
        zh="埃迪尔内2014年6月签署了意向书。",
        as_of="2014-06",
        places=["edirne"],
        sources=["mirror"],
        questions={
            "en": [
                "When did Edirne sign with Xining?",
                "When did the tie with Edirne begin?",
                "When did Turkey (Edirne) sign?",
            ],
            "zh": [
                "埃迪尔内什么时候和西宁签约？",
                "和埃迪尔内的友好关系是什么时候开始的？",
                "土耳其（埃迪尔内）什么时候签约？",
            ],
        },
        yes={"en": ["Has Edirne signed a letter of intent?"], "zh": ["埃迪尔内签署意向书了吗？"]},
        no={"en": ["Does Edirne have a full agreement with Xining?"], "zh": ["埃迪尔内和西宁有正式协议吗？"]},
    ),
    fact(
        "utah-tie",
        subject="utah",
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
        "utah-who",
        subject="utah",
        topic="sister_city",
        aspect="who",
        en="The governor of Utah signed the agreement.",
        zh="犹他州州长签署了协议。",
        as_of="2009-05",
        places=["utah"],
        sources=["press"],
        questions={
            "en": ["Who signed for Utah?", "Which person signed the agreement with Utah?"],
            "zh": ["犹他州是谁签字的？", "谁代表犹他州签署了协议？"],
        },
    ),
    fact(
        "homestay-who",
        subject="homestay",
        topic="homestay",
        aspect="who",
        en="Pupils from Utah stayed with families.",
        as_of="2011",
        sources=["wiki"],
        questions={
            "en": ["Who stayed with the families?", "Who took part in the homestays?"],
            "zh": ["谁住在家庭里？", "谁参加了寄宿？"],
        },
        lacks={
            "en": [
                "What did the host families cook for breakfast?",
                "How old was the youngest pupil who stayed with a family?",
            ]
        },
    ),
    fact(
        "homestay-cost",
        kind="gap",
        subject="homestay",
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
    fact(
        "urgent-police",
        subject="police",
        topic="urgent",
        aspect="contact",
        en="For the police call 110.",
        zh="报警请拨打110。",
        as_of="2024",
        questions={
            "en": ["What is the number of the police?", "How do I call the police?"],
            "zh": ["报警电话是多少？", "怎么报警？"],
        },
    ),
]
RECORDS: list[AnyRecord] = [*SOURCES, *PLACES, *FACTS]


def fill(database: Database, records: list[AnyRecord] | None = None) -> None:
    """Seeds the records, all of the above unless others are given."""
    with database.write() as session:
        seed(session, RECORDS if records is None else records, "test")


class RememberingEncoder:
    """The real encoder, which computes each text once in a run of the tests."""

    def __init__(self) -> None:
        self._held: dict[str, Vectors] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Returns one row a text."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._held]
        if missing:
            self._held.update(zip(missing, shared_encoder().encode(missing), strict=True))
        return np.stack([self._held[text] for text in texts]) if texts else np.zeros((0, DIMENSIONS), np.float32)


@lru_cache(maxsize=1)
def encoder() -> RememberingEncoder:
    """Gives the one encoder of all tests."""
    return RememberingEncoder()


@lru_cache(maxsize=1)
def patterns() -> dict[str, Patterns]:
    """Reads the shipped patterns."""
    loaded, problems = load_patterns(SHIPPED, LANGUAGES)
    assert not problems, problems
    return loaded


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """Reads the shipped weights."""
    loaded = load_weights(SHIPPED / "_weights.yml")
    assert isinstance(loaded, Weights), loaded
    return loaded


def weights() -> Weights:
    """Gives the shipped weights, with thresholds for as few facts as there are here: the shipped ones are set for hundreds."""
    return replace(shipped_weights(), answer=0.65, offer=0.35)


@lru_cache(maxsize=1)
def space() -> Space:
    """Reads the shipped space."""
    loaded = load_space(SHIPPED / "_meaning.npz")
    assert isinstance(loaded, Space), loaded
    return loaded


def search_on(database: Database, outside: Sequence[str] = OUTSIDE) -> Search:
    """Searches a database with what is shipped."""
    return Search(database, patterns(), weights(), space(), outside, encoder=encoder())


@lru_cache(maxsize=1)
def snapshot() -> Snapshot:
    """Makes the facts above ready to be searched, without a database."""
    return search_on(Database("sqlite:////nowhere/xiadu.db")).make_snapshot(1, FACTS, SOURCES, PLACES)


def snapshot_of(*more: FactRecord) -> Snapshot:
    """Adds facts, to be put into words; the search doesn't find them."""
    return replace(snapshot(), facts={record.key: record for record in [*FACTS, *more]})


def answers_from(database: Database) -> Answers:
    """Puts search and texts together."""
    return Answers(search_on(database), TEXTS)
