"""The contract of every connector: the same talk has the same outcomes, facts, sources and choices, whichever way it comes in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import select

from conversations import log
from conversations.engine_client import EngineUnavailable
from conversations.models import Conversation, Feedback, Turn
from facts.database import Database
from tests.connectors.telegram.station import INTERFACE, Station, custom
from tests.connectors.web import Web, answered
from tests.helpers.bot_api import SentMessage, bot_api
from tests.helpers.fake_engine import Asked, button, message

THUMBS = {"👍", "👎", "✓ 👍", "✓ 👎"}


@dataclass
class Shown:
    """What somebody sees of one message: text and what is beside it, and what can be chosen."""

    text: str
    choices: list[str]


class Way(Protocol):
    """A connector, as its user sees it."""

    database: Database

    def say(self, text: str, expect: int = 1) -> list[Shown]:
        """Writes a message and reads what comes back."""

    def press(self, title: str) -> list[Shown]:
        """Takes a choice of the last message."""

    def language(self, code: str) -> None:
        """Chooses the language of the answers."""

    def rate(self, rating: str) -> None:
        """Rates the last message."""

    def forget(self) -> None:
        """Has all deleted."""


class ByWeb:
    """The JSON API, with what the chat page does with it."""

    def __init__(self, web: Web) -> None:
        self.database = web.database
        self._web = web
        self._token: str | None = None
        self._last: dict[str, Any] = {}
        self._language: str | None = None

    def say(self, text: str, expect: int = 1) -> list[Shown]:
        return self._send({"text": text}, expect)

    def press(self, title: str) -> list[Shown]:
        (chosen,) = [b["id"] for b in self._last["buttons"] if b["title"] == title]
        return self._send({"button": chosen}, 1)

    def _send(self, body: dict[str, Any], expect: int) -> list[Shown]:
        more = {"conversation": self._token, "language": self._language}
        answer = answered(self._web.post({**body, **{name: value for name, value in more.items() if value}}))
        self._token, self._last = answer["conversation"], answer["messages"][-1]
        assert len(answer["messages"]) == expect
        return [self._shown(message) for message in answer["messages"]]

    def _shown(self, message: dict[str, Any]) -> Shown:
        beside = [source["title"] for source in message["sources"]]
        degraded = [INTERFACE("chat.degraded", message["language"])] if message.get("degraded") else []
        return Shown("\n".join([message["text"], *beside, *degraded]), [b["title"] for b in message["buttons"]])

    def language(self, code: str) -> None:
        self._language = code

    def rate(self, rating: str) -> None:
        body = {"conversation": self._token, "message": self._last["id"], "rating": rating}
        assert self._web.post(body, "/api/feedback").status_code == 204

    def forget(self) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        assert self._web.send("DELETE", "/api/conversation", headers=headers).status_code == 204
        self._token = None


class ByTelegram:
    """The bot."""

    def __init__(self, station: Station) -> None:
        self.database = station.database
        self._api = station.api
        self._anna = station.api.person(first_name="Anna", language_code="en")

    def say(self, text: str, expect: int = 1) -> list[Shown]:
        return self._after(lambda: self._anna.says(text), expect)

    def press(self, title: str) -> list[Shown]:
        last = self._anna.heard[-1]
        return self._after(lambda: self._anna.presses(last, self._button(last, title)), 1)

    def _button(self, message: SentMessage, title: str) -> str:
        """Finds what is to be pressed: the title itself, or its number in the text."""
        if title in message.titles:
            return title
        (line,) = [line for line in message.text.splitlines() if line.endswith(f". {title}")]
        return line.partition(". ")[0]

    def _after(self, deed: Callable[[], Any], expect: int) -> list[Shown]:
        before = len(self._anna.heard)
        deed()
        self._api.wait(lambda: len(self._anna.heard) == before + expect, 5)
        return [self._shown(message) for message in self._anna.heard[before:]]

    def _shown(self, message: SentMessage) -> Shown:
        numbered = dict(line.split(". ", 1) for line in message.text.splitlines() if line[:1].isdecimal())
        titles = [numbered.get(title, title) for title in message.titles if title not in THUMBS]
        return Shown(message.text, titles)

    def language(self, code: str) -> None:
        self._after(lambda: self._anna.says(f"/language {code}"), 1)

    def rate(self, rating: str) -> None:
        before = len(self._api.answered_callbacks)
        self._anna.presses(self._anna.heard[-1], {"up": "👍", "down": "👎"}[rating])
        self._api.wait(lambda: len(self._api.answered_callbacks) == before + 1, 5)

    def forget(self) -> None:
        self._after(lambda: self._anna.says("/forget"), 1)
        yes = INTERFACE("telegram.yes", "en")
        self._after(lambda: self._anna.presses(self._anna.heard[-1], yes), 1)


@pytest.fixture
def ways(tmp_path: Path, migrated_file: Path) -> Iterator[Callable[..., dict[str, Way]]]:
    """Makes one of each, on databases of their own and with engines that say the same."""
    web_folder, telegram_folder = tmp_path / "web", tmp_path / "telegram"
    web_folder.mkdir()
    telegram_folder.mkdir()
    opened: list[Any] = []

    def make(says: Any) -> dict[str, Way]:
        web = Web(web_folder, migrated_file, says=says)
        opened.append(web.close)
        station = Station(api, telegram_folder, migrated_file, says=says).start()
        opened.append(station.stop)
        return {"web": ByWeb(web), "telegram": ByTelegram(station)}

    with bot_api() as api:
        yield make
        for close in reversed(opened):
            close()


def kept(way: Way) -> list[dict[str, Any]]:
    """All that is kept of the one talk, without what is made up anew each time."""
    with way.database.read() as session:
        (conversation,) = session.scalars(select(Conversation.id))
        talk = log.history(session, conversation)
    for said in talk:
        for name in ("id", "at"):
            said.pop(name)
        for choice in said.get("buttons", ()):
            choice.pop("id")
    return talk


REPORT = {"title": "A report", "publisher": "A paper", "date": "2016-03-23", "url": "https://example.org/report"}
BOOK = {"title": "书名", "publisher": None, "date": None, "note": "undated, about 2012"}
CASES: dict[str, list[dict[str, Any]]] = {
    "an answer": [message("Said.", custom=custom(sources=[REPORT]))],
    "two sources, one without a date": [message("Said.", custom=custom(sources=[REPORT, BOOK], as_of=None))],
    "choices": [
        message(
            "Which?",
            custom=custom(outcome="clarify", facts=[], sources=[], as_of=None),
            buttons=[
                button("Short one", fact="forum-what", part="short"),
                button("A question that no button on a phone has room for, long as it is", fact="a", part="short"),
                button("哪一届夏都国际论坛有来自九个国家的一百零三位代表参加？", fact="b", part="short"),
            ],
        )
    ],
    "not known": [message("Not on record.", custom=custom(outcome="unknown", facts=[], sources=[], as_of=None))],
    "another subject": [message("Outside.", custom=custom(outcome="out_of_scope", facts=[], sources=[], as_of=None))],
    "small talk": [message("Hello!", custom=custom(outcome="smalltalk", facts=[], sources=[], as_of=None))],
    "a person is wanted": [message("I can't.", custom=custom(outcome="handoff", facts=[], sources=[], as_of=None))],
    "several messages": [message("One."), message("Two.", custom=custom()), message("Three.")],
    "Chinese": [message("截至2012年。", custom=custom("zh", sources=[BOOK]))],
    "signs that markup is made of": [message("<b>&amp;</b> *a* _b_ [c](d) `e`", custom=custom())],
}


@pytest.mark.parametrize("case", CASES)
def test_a_reply_is_the_same(ways: Callable[..., dict[str, Way]], case: str) -> None:
    both = ways(CASES[case])
    shown = {name: way.say("What was the forum?", len(CASES[case])) for name, way in both.items()}
    assert kept(both["web"]) == kept(both["telegram"])
    for web, telegram in zip(shown["web"], shown["telegram"], strict=True):
        for line in web.text.splitlines():
            assert line in telegram.text
        assert sorted(web.choices) == sorted(telegram.choices)


def test_a_choice_is_the_same(ways: Callable[..., dict[str, Way]]) -> None:
    def says(asked: Asked) -> list[dict[str, Any]]:
        if asked.metadata["stands_for"] is None:
            return CASES["choices"]
        return [message(f"Shown: {asked.metadata['stands_for']}", custom=custom())]

    both = ways(says)
    for title in ("Short one", "A question that no button on a phone has room for, long as it is"):
        for way in both.values():
            way.say("What was the forum?")
            (shown,) = way.press(title)
            assert "Shown: {'fact'" in shown.text
    assert kept(both["web"]) == kept(both["telegram"])


def test_an_answer_without_the_engine_is_the_same(ways: Callable[..., dict[str, Way]]) -> None:
    both = ways(EngineUnavailable("the test says so"))
    for way in both.values():
        (shown,) = way.say("How many people took part in the forum?")
        assert INTERFACE("chat.degraded", "en") in shown.text
    talk = kept(both["web"])
    assert talk == kept(both["telegram"])
    assert talk[1]["degraded"] is True


def test_the_language_asked_for_is_the_same(ways: Callable[..., dict[str, Way]]) -> None:
    both = ways(lambda asked: [message("Said.", custom=custom(asked.metadata["language"]))])
    for way in both.values():
        way.say("What was the forum?")
        way.language("zh")
        way.say("What was the forum?")
        way.say("论坛是什么？")
    talk = kept(both["web"])
    assert talk == kept(both["telegram"])
    assert [said["language"] for said in talk if said["from"] == "assistant"] == ["en", "zh", "zh"]


@pytest.mark.parametrize("rating", ["up", "down"])
def test_an_opinion_is_the_same(ways: Callable[..., dict[str, Way]], rating: str) -> None:
    both = ways(CASES["an answer"])
    for way in both.values():
        way.say("What was the forum?")
        way.rate(rating)
        with way.database.read() as session:
            assert list(session.scalars(select(Feedback.rating))) == [rating]
    assert kept(both["web"]) == kept(both["telegram"])


def test_what_is_forgotten_is_gone(ways: Callable[..., dict[str, Way]]) -> None:
    both = ways(CASES["an answer"])
    for way in both.values():
        way.say("What was the forum?")
        way.forget()
        with way.database.read() as session:
            assert list(session.scalars(select(Conversation.id))) == []
            assert list(session.scalars(select(Turn.id))) == []
        way.say("What was the forum?")  # a new one
        assert len(kept(way)) == 2


def test_the_turn_log_names_the_way(ways: Callable[..., dict[str, Way]]) -> None:
    both = ways(CASES["an answer"])
    for name, way in both.items():
        way.say("What was the forum?")
        with way.database.read() as session:
            assert list(session.scalars(select(Turn.channel))) == [name]
