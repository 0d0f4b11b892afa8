"""One message in, its answer out: once only, in order, and never silent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from conversations.engine_client import EngineUnavailable
from conversations.models import Conversation, Erasure, Feedback, IssuedButton, Message, Turn
from conversations.talk import (
    Conversations,
    Incoming,
    KeyReused,
    NothingSaid,
    Outgoing,
    UnknownButton,
    UnknownConversation,
    as_plain_text,
)
from facts.answer import Answers
from facts.database import Base, Database, now
from facts.search import Search
from tests.helpers import handmade
from tests.helpers.events import add_events, senders
from tests.helpers.fake_engine import FakeEngine, button, message

GONE = EngineUnavailable("the test says so")
MORE = message("Short.", buttons=[button("Tell me more", fact="forum-what", part="full")])


class Talk:
    """Conversations on a fresh database with the facts made by hand, and an engine that does what it is told."""

    def __init__(self, database: Database, tracker_file: Path) -> None:
        self.database = database
        self.tracker_file = tracker_file
        self.engine = FakeEngine()
        self.conversations = self.again()

    def again(self, keep_for: timedelta | None = None) -> Conversations:
        """Makes the room anew, as after a restart of the service."""
        answers = handmade.answers_from(self.database)
        return Conversations(self.database, answers, self.engine, self.tracker_file, keep_for)  # type: ignore[arg-type]

    def run[T](self, work: Callable[[], Awaitable[T]]) -> T:
        async def main() -> T:
            return await work()

        return asyncio.run(main())

    def say(self, text: str | None = "What was the forum?", **more: Any) -> Outgoing:
        return self.run(lambda: self.receive(text, **more))

    async def receive(self, text: str | None = "What was the forum?", **more: Any) -> Outgoing:
        return await self.conversations.receive(Incoming("web", text=text, **more))

    def turns(self, *columns: Any) -> list[Any]:
        with self.database.read() as session:
            return [tuple(row) for row in session.execute(select(*columns).order_by(Turn.id))]

    def count(self, *tables: type[Base]) -> list[int]:
        with self.database.read() as session:
            return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


@pytest.fixture
def talk(filled: Database, tmp_path: Path) -> Talk:
    return Talk(filled, tmp_path / "tracker.db")


def test_the_engine_answers(talk: Talk) -> None:
    answer = talk.say("What was the forum?", language="zh")
    (said,) = answer.messages
    assert said == {
        "id": said["id"],
        "text": "Said by the engine.",
        "outcome": "answer",
        "facts": ["forum-what"],
        "sources": [],
        "as_of": "2012",
        "language": "en",
        "buttons": [],
    }
    (asked,) = talk.engine.asked
    assert (asked.conversation, asked.text) == (answer.conversation, "What was the forum?")
    assert asked.metadata == {"language": "zh", "stands_for": None}
    columns = (Turn.conversation_id, Turn.channel, Turn.language, Turn.text, Turn.outcome, Turn.degraded)
    assert talk.turns(*columns) == [(answer.conversation, "web", "zh", "What was the forum?", "answer", False)]


def test_all_messages_of_the_engine_are_given_in_order(talk: Talk) -> None:
    talk.engine.says = [message("One."), message("Two."), message("Three.")]
    assert [m["text"] for m in talk.say().messages] == ["One.", "Two.", "Three."]


def test_what_is_written_reaches_the_engine_clean(talk: Talk) -> None:
    talk.say("  What\x00 was\n\nthe \ud800 forum? ")
    assert talk.engine.asked[0].text == "What was the \ufffd forum?"
    assert talk.turns(Turn.text) == [("What was the \ufffd forum?",)]


@pytest.mark.parametrize("nothing", ["", "  ", "\n\t", "\x00\x07"])
def test_a_message_without_text_is_refused_and_not_kept(talk: Talk, nothing: str) -> None:
    with pytest.raises(NothingSaid):
        talk.say(nothing)
    assert talk.count(Conversation, Turn) == [0, 0]


def test_neither_text_nor_button_is_a_message_without_text(talk: Talk) -> None:
    with pytest.raises(NothingSaid):
        talk.say(None)


def test_a_conversation_that_is_not_held_is_refused(talk: Talk) -> None:
    with pytest.raises(UnknownConversation):
        talk.say(conversation="c-unknown")
    assert talk.engine.asked == []


# Once only


def test_a_repeated_message_is_answered_alike_without_asking_again(talk: Talk) -> None:
    first = talk.say(key="a")
    inside = [talk.say(key="b", conversation=first.conversation) for _ in range(2)]
    assert inside[0] == inside[1]
    assert len(talk.engine.asked) == 2
    assert talk.count(Conversation, Turn, Message) == [1, 2, 2]


def test_a_repeated_first_message_gives_the_same_conversation(talk: Talk) -> None:
    first, again = talk.say(key="a"), talk.say(key="a")
    assert first == again
    with_token = talk.say(key="a", conversation=first.conversation)
    assert with_token == first
    assert len(talk.engine.asked) == 1
    assert talk.count(Conversation, Turn, Message) == [1, 1, 1]


def test_without_keys_every_message_is_another(talk: Talk) -> None:
    first, again = talk.say(), talk.say()
    assert first.conversation != again.conversation
    assert len(talk.engine.asked) == 2


def test_a_repetition_after_a_restart_is_answered_alike(talk: Talk) -> None:
    first = talk.say(key="a")
    talk.conversations = talk.again()
    assert talk.say(key="a") == first
    assert len(talk.engine.asked) == 1


@pytest.mark.parametrize("begun", [True, False], ids=["within a conversation", "first message"])
def test_two_copies_at_once_are_one_message(talk: Talk, begun: bool) -> None:
    conversation = talk.say().conversation if begun else None
    talk.engine.asked.clear()

    async def both() -> list[Outgoing]:
        return await asyncio.gather(*(talk.receive(key="a", conversation=conversation) for _ in range(5)))

    answers = talk.run(both)
    assert all(answer == answers[0] for answer in answers)
    assert len(talk.engine.asked) == 1


@pytest.mark.parametrize(
    "other",
    [{"text": "Something else"}, {"language": "zh"}, {"text": None, "button": "b"}, {"text": "What was the forum"}],
)
@pytest.mark.parametrize("begun", [True, False], ids=["within a conversation", "first message"])
def test_a_key_of_another_message_is_refused(talk: Talk, begun: bool, other: dict[str, Any]) -> None:
    conversation = talk.say(key="first").conversation if begun else None
    first = talk.say(key="a", conversation=conversation)
    with pytest.raises(KeyReused):
        talk.say(**{"key": "a", "conversation": conversation} | other)
    assert talk.say(key="a", conversation=conversation) == first


def test_the_same_key_in_another_conversation_is_another_message(talk: Talk) -> None:
    one, other = talk.say("One", key="a"), talk.say("Two", key="b")
    talk.say("Three", key="k", conversation=one.conversation)
    talk.say("Four", key="k", conversation=other.conversation)
    assert [asked.text for asked in talk.engine.asked] == ["One", "Two", "Three", "Four"]


# In order


def test_messages_of_one_conversation_are_answered_one_after_another(talk: Talk) -> None:
    conversation = talk.say().conversation
    talk.engine.asked.clear()

    async def many() -> list[Outgoing]:
        tasks = []
        for n in range(6):
            tasks.append(asyncio.create_task(talk.receive(f"Question {n}", conversation=conversation)))
            await asyncio.sleep(0)  # they arrive in this order
        return await asyncio.gather(*tasks)

    talk.run(many)
    assert talk.engine.most_at_once == 1
    assert [asked.text for asked in talk.engine.asked] == [f"Question {n}" for n in range(6)]
    assert [row[0] for row in talk.turns(Turn.text)][1:] == [f"Question {n}" for n in range(6)]


def test_conversations_do_not_wait_for_each_other(talk: Talk) -> None:
    async def both() -> list[Outgoing]:
        together = asyncio.Barrier(2)

        async def meet(_: object) -> None:
            async with asyncio.timeout(5):
                await together.wait()

        talk.engine.during = meet
        return await asyncio.gather(talk.receive(), talk.receive())

    assert len({answer.conversation for answer in talk.run(both)}) == 2


def test_no_lock_is_left_behind(talk: Talk) -> None:
    async def many() -> None:
        first = await talk.receive(key="a")
        await asyncio.gather(*(talk.receive(conversation=first.conversation) for _ in range(3)))
        with pytest.raises(UnknownConversation):
            await talk.receive(conversation="c-unknown")

    talk.run(many)
    assert talk.conversations._locks._locks == {}


# Buttons


def issue(talk: Talk) -> tuple[str, str]:
    talk.engine.says = [MORE]
    answer = talk.say()
    (issued,) = answer.messages[0]["buttons"]
    assert issued.keys() == {"title", "id"}
    return answer.conversation, issued["id"]


def test_a_pressed_button_reaches_the_engine_as_what_it_stands_for(talk: Talk) -> None:
    conversation, pressed = issue(talk)
    talk.say(None, conversation=conversation, button=pressed)
    assert talk.engine.asked[-1].text == "/choose"
    assert talk.engine.asked[-1].metadata == {
        "language": "en",
        "stands_for": {"fact": "forum-what", "part": "full"},
    }
    assert talk.turns(Turn.text, Turn.stands_for)[-1] == ("Tell me more", {"fact": "forum-what", "part": "full"})


def test_a_button_can_be_pressed_again(talk: Talk) -> None:
    conversation, pressed = issue(talk)
    for _ in range(2):
        talk.say(None, conversation=conversation, button=pressed)
    assert [asked.text for asked in talk.engine.asked[1:]] == ["/choose", "/choose"]


def test_a_button_that_was_not_issued_here_is_refused(talk: Talk) -> None:
    conversation, pressed = issue(talk)
    other = talk.say().conversation
    for where, what in ((conversation, "unknown"), (other, pressed), (None, pressed)):
        with pytest.raises(UnknownButton):
            talk.say(None, conversation=where, button=what)
    assert talk.count(Conversation, Turn) == [2, 2]


# Language


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ([("What was the forum?", None)], "en"),
        ([("论坛是什么", None)], "zh"),
        ([("What was the forum?", "zh")], "zh"),
        ([("2012?", None)], "en"),
        ([("论坛是什么", None), ("2012?", None)], "zh"),
        ([("论坛是什么", None), ("and Utah?", None)], "en"),
        ([("What?", "zh"), ("2012?", None)], "zh"),
        ([("论坛是什么", None), ("2012?", "en")], "en"),
    ],
)
def test_the_language_is_chosen_or_that_of_the_question_or_that_of_the_talk(
    talk: Talk, said: list[tuple[str, str | None]], language: str
) -> None:
    conversation = None
    for text_, chosen in said:
        conversation = talk.say(text_, language=chosen, conversation=conversation).conversation
    assert talk.engine.asked[-1].metadata["language"] == language


@pytest.mark.parametrize(("chosen", "language"), [(None, "en"), ("zh", "zh")])
def test_a_button_is_answered_in_the_language_of_the_talk(talk: Talk, chosen: str | None, language: str) -> None:
    conversation, pressed = issue(talk)
    talk.say(None, conversation=conversation, button=pressed, language=chosen)
    assert talk.engine.asked[-1].metadata["language"] == language


# Without the engine

CUSTOM = message()["custom"]
MALFORMED: list[Any] = [
    "text",
    None,
    {},
    {"text": "No custom."},
    {"text": None, "custom": CUSTOM},
    {"text": ["a", "list"], "custom": CUSTOM},
    {"text": "No dictionary.", "custom": "answer"},
    {"text": "Nothing in it.", "custom": {}},
    *({"text": f"No {left}.", "custom": {k: v for k, v in CUSTOM.items() if k != left}} for left in CUSTOM),
    message(buttons=[{"title": "No payload."}]),
    message(buttons=[{"title": "No JSON.", "payload": "/greet"}]),
    message(buttons=[{"title": "No object.", "payload": "1"}]),
    message(buttons=["More"]),
]


@pytest.mark.parametrize(
    "says",
    [GONE, *([malformed] for malformed in MALFORMED)],
    ids=["gone", *(f"malformed {n}" for n in range(len(MALFORMED)))],
)
def test_without_a_usable_engine_the_facts_answer(talk: Talk, says: Any, caplog: pytest.LogCaptureFixture) -> None:
    talk.engine.says = says
    with caplog.at_level(logging.WARNING, "conversations.talk"):
        answer = talk.say("What was the forum?")
    (said,) = answer.messages
    assert (said["text"], said["outcome"], said["facts"], said["as_of"], said["degraded"]) == (
        "The forum was a yearly meeting.",
        "answer",
        ["forum-what"],
        "2012",
        True,
    )
    assert [b["title"] for b in said["buttons"]] == ["More"]
    assert talk.turns(Turn.outcome, Turn.degraded) == [("answer", True)]
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.parametrize(
    ("question", "outcome", "begins"),
    [
        ("What was the forum?", "answer", "The forum was"),
        ("论坛是什么", "answer", "论坛是"),
        ("How many people came to the forum?", "clarify", "Which of these?"),
        ("What does a homestay cost?", "unknown", "No fee"),
        ("Please call the police!", "answer", "For the police call 110."),
        ("Best pizza recipe", "unknown", "Not now. Ask the Office."),  # without the engine that's no finding
        ("怎么做披萨", "unknown", "暂时不行。"),
    ],
)
def test_what_the_facts_answer_without_the_engine(talk: Talk, question: str, outcome: str, begins: str) -> None:
    talk.engine.says = GONE
    (said,) = talk.say(question).messages
    assert (said["outcome"], said["degraded"]) == (outcome, True)
    assert said["text"].startswith(begins)


def test_buttons_work_without_the_engine(talk: Talk) -> None:
    conversation, pressed = issue(talk)
    talk.engine.says = GONE
    (said,) = talk.say(None, conversation=conversation, button=pressed).messages
    assert (said["text"], said["degraded"]) == ("The forum was a yearly meeting of youth.", True)
    (own,) = talk.say(conversation=conversation).messages[0]["buttons"]
    (said,) = talk.say(None, conversation=conversation, button=own["id"]).messages
    assert said["text"] == "The forum was a yearly meeting of youth."


def test_a_degraded_answer_is_repeated_as_it_was(talk: Talk) -> None:
    talk.engine.says = GONE
    first = talk.say(key="a")
    talk.engine.says = [message()]
    assert talk.say(key="a") == first


class BrokenSearch(Search):
    """A search whose database is gone."""

    def snapshot(self) -> Any:
        raise RuntimeError("the test says so")


@pytest.mark.parametrize(("language", "text_"), [("en", "Not now. Ask the Office."), ("zh", "暂时不行。请问外办。")])
def test_when_even_the_facts_fail_it_says_that_it_cannot_now(
    talk: Talk, language: str, text_: str, caplog: pytest.LogCaptureFixture
) -> None:
    talk.engine.says = GONE
    answers = Answers(BrokenSearch(talk.database, {}, handmade.weights(), handmade.space()), handmade.TEXTS)
    talk.conversations = Conversations(talk.database, answers, talk.engine, talk.tracker_file)  # type: ignore[arg-type]
    with caplog.at_level(logging.WARNING, "conversations.talk"):
        (said,) = talk.say("What was the forum?", language=language).messages
    assert (said["text"], said["outcome"], said["language"], said["degraded"]) == (text_, "unknown", language, True)
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]


# Interrupted


def test_a_turn_left_without_an_answer_is_answered_when_it_is_repeated(talk: Talk) -> None:
    async def interrupted() -> None:
        async def stop(_: object) -> None:
            raise asyncio.CancelledError

        talk.engine.during = stop
        with pytest.raises(asyncio.CancelledError):
            await talk.receive(key="a")

    talk.run(interrupted)
    assert talk.turns(Turn.outcome) == [(None,)]
    talk.engine.during = None
    talk.conversations = talk.again()
    answers = [talk.say(key="a") for _ in range(2)]
    assert answers[0] == answers[1]
    assert [m["text"] for m in answers[0].messages] == ["Said by the engine."]
    assert len(talk.engine.asked) == 2
    assert talk.count(Conversation, Turn, Message) == [1, 1, 1]
    assert talk.turns(Turn.outcome) == [("answer",)]


def test_a_message_that_is_given_up_does_not_block_its_conversation(talk: Talk) -> None:
    async def given_up() -> Outgoing:
        first = await talk.receive()
        begun = asyncio.Event()

        async def hang(_: object) -> None:
            begun.set()
            await asyncio.Event().wait()

        talk.engine.during = hang
        hanging = asyncio.create_task(talk.receive("Hanging", conversation=first.conversation))
        await begun.wait()
        talk.engine.during = None
        waiting = asyncio.create_task(talk.receive("Waiting", conversation=first.conversation))
        hanging.cancel()
        async with asyncio.timeout(5):
            return await waiting

    assert talk.run(given_up).messages[0]["text"] == "Said by the engine."


# History and opinions


def test_the_history_is_the_whole_talk(talk: Talk) -> None:
    first = talk.say("What was the forum?")
    second = talk.say("二？", conversation=first.conversation)
    talk.say("Another talk.")
    history = talk.run(lambda: talk.conversations.history(first.conversation))
    assert [(entry["from"], entry["text"]) for entry in history] == [
        ("visitor", "What was the forum?"),
        ("assistant", "Said by the engine."),
        ("visitor", "二？"),
        ("assistant", "Said by the engine."),
    ]
    assert [entry["id"] for entry in history if entry["from"] == "assistant"] == [
        first.messages[0]["id"],
        second.messages[0]["id"],
    ]
    with pytest.raises(UnknownConversation):
        talk.run(lambda: talk.conversations.history("c-unknown"))


def test_opinions_are_kept_clean_and_only_of_the_own_talk(talk: Talk) -> None:
    one, other = talk.say(), talk.say()
    rated = one.messages[0]["id"]
    rate = talk.conversations.rate
    assert talk.run(lambda: rate(one.conversation, rated, "down", " wrong\x00 year ")) is True
    assert talk.run(lambda: rate(other.conversation, rated, "up", None)) is False
    with talk.database.read() as session:
        assert [(f.message_id, f.rating, f.comment) for f in session.scalars(select(Feedback))] == [
            (rated, "down", "wrong year")
        ]


# Forgetting


def test_forgetting_deletes_everything_of_a_conversation_and_nothing_else(talk: Talk) -> None:
    talk.engine.says = [MORE]
    gone, kept = talk.say(), talk.say()
    for answer in (gone, kept):
        rated = answer.messages[0]["id"]
        talk.run(lambda c=answer.conversation, m=rated: talk.conversations.rate(c, m, "up", None))
    add_events(talk.tracker_file, [gone.conversation, kept.conversation, gone.conversation])
    talk.run(lambda: talk.conversations.forget(gone.conversation))
    assert senders(talk.tracker_file) == [kept.conversation]
    assert talk.count(Conversation, Turn, Message, IssuedButton, Feedback, Erasure) == [1, 1, 1, 1, 1, 1]
    with talk.database.read() as session:
        assert session.scalars(select(Conversation.id)).all() == [kept.conversation]
    for use in (
        lambda: talk.conversations.forget(gone.conversation),
        lambda: talk.conversations.history(gone.conversation),
        lambda: talk.receive(conversation=gone.conversation),
    ):
        with pytest.raises(UnknownConversation):
            talk.run(use)


def test_a_first_message_can_be_said_again_after_it_was_forgotten(talk: Talk) -> None:
    first = talk.say(key="a")
    talk.run(lambda: talk.conversations.forget(first.conversation))
    assert talk.say(key="a").conversation != first.conversation


def test_forgetting_needs_no_engine_file(talk: Talk) -> None:
    conversation = talk.say().conversation
    talk.run(lambda: talk.conversations.forget(conversation))
    assert not talk.tracker_file.exists()
    assert talk.count(Conversation) == [0]


def test_forgetting_waits_for_the_turn_under_way(talk: Talk) -> None:
    async def both() -> tuple[Outgoing, Outgoing]:
        first = await talk.receive()
        begun = asyncio.Event()

        async def tell(_: object) -> None:
            begun.set()

        talk.engine.during = tell
        answering = asyncio.create_task(talk.receive("Under way", conversation=first.conversation))
        await begun.wait()
        await talk.conversations.forget(first.conversation)
        return first, await answering

    first, last = talk.run(both)
    assert first.conversation == last.conversation
    assert last.messages != []
    assert talk.count(Conversation, Turn, Message) == [0, 0, 0]


def test_what_the_engine_writes_late_is_swept_away(talk: Talk) -> None:
    gone, kept = talk.say().conversation, talk.say().conversation
    talk.run(lambda: talk.conversations.forget(gone))
    add_events(talk.tracker_file, [gone, kept])
    talk.run(lambda: talk.conversations.sweep())
    assert senders(talk.tracker_file) == [kept]
    add_events(talk.tracker_file, [gone])
    talk.run(lambda: talk.conversations.sweep())
    assert senders(talk.tracker_file) == [kept]


def test_an_old_deletion_is_looked_for_once_more_and_then_forgotten_itself(talk: Talk) -> None:
    gone = talk.say().conversation
    talk.run(lambda: talk.conversations.forget(gone))
    with talk.database.write() as session:
        session.execute(update(Erasure).values(at=text("'2020-01-01 00:00:00.000000'")))
    add_events(talk.tracker_file, [gone])
    talk.run(lambda: talk.conversations.sweep())
    assert senders(talk.tracker_file) == []
    assert talk.count(Erasure) == [0]


def test_a_conversation_whose_time_is_up_is_deleted_everywhere(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conversations.talk.EXPIRED_AT_ONCE", 1)
    old, older, kept = (talk.say().conversation for _ in range(3))
    with talk.database.write() as session:
        for conversation, days in ((old, 31), (older, 300), (kept, 29)):
            changed = update(Turn).where(Turn.conversation_id == conversation)
            session.execute(changed.values(at=now() - timedelta(days=days)))
    add_events(talk.tracker_file, [old, older, kept])
    talk.run(lambda: talk.conversations.sweep())
    assert talk.count(Conversation) == [3]  # where nothing is said on it, nothing goes
    talk.conversations = talk.again(timedelta(days=30))
    talk.run(lambda: talk.conversations.sweep())
    assert talk.count(Conversation, Turn, Message) == [2, 2, 2]
    talk.run(lambda: talk.conversations.sweep())
    talk.run(lambda: talk.conversations.sweep())
    assert talk.count(Conversation, Turn, Message) == [1, 1, 1]
    assert senders(talk.tracker_file) == [kept]
    for gone in (old, older):
        with pytest.raises(UnknownConversation):
            talk.say(conversation=gone)
    assert talk.say(conversation=kept).messages


def test_a_sweep_with_nothing_to_do_makes_nothing(talk: Talk) -> None:
    talk.run(lambda: talk.conversations.sweep())
    assert not talk.tracker_file.exists()


# What the engine is told


@pytest.mark.parametrize(
    ("said", "stands_for", "told"),
    [
        ("What?", None, "What?"),
        ("/greet", None, "／greet"),
        ("/choose", None, "／choose"),
        ('/inform{"topic": "forum"}', None, '／inform{"topic": "forum"}'),
        ("//", None, "／/"),
        ("and/or", None, "and/or"),
        ("Tell me more", {"fact": "forum-what"}, "/choose"),
        ("/restart", {"fact": "forum-what"}, "/choose"),
    ],
)
def test_plain_text_is_never_a_command(said: str, stands_for: dict[str, str] | None, told: str) -> None:
    assert as_plain_text(Turn(text=said, stands_for=stands_for)) == told


@pytest.mark.parametrize("said", ["/restart", " /restart", "\t\x00/restart"])
def test_a_visitors_command_is_told_as_text(talk: Talk, said: str) -> None:
    talk.say(said)
    assert talk.engine.asked[0].text == "／restart"
