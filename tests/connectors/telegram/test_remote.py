"""The connector with the service on another host: asked through its API, alone as a program, and through proxies."""

from __future__ import annotations

import asyncio
import os
import re
import select
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import select as select_rows
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.channels import TELEGRAM
from connectors.limits import Limits
from connectors.telegram.assistant import CannotAnswer
from connectors.telegram.remote import There, WrongKey
from connectors.web_chat import make_routes
from connectors.web_chat.problems import HANDLERS
from conversations.models import Conversation, Feedback, Turn
from conversations.talk import Conversations, Incoming, KeyReused, NothingSaid, UnknownButton, UnknownConversation
from conversations.tokens import Tokens
from facts.database import Database
from settings import LANGUAGES, ROOT, Secret, SettingError, load
from tests.connectors.telegram.station import GOOD, INTERFACE, OFTEN, Station, say
from tests.helpers import handmade
from tests.helpers.bot_api import BotApi, Person
from tests.helpers.fake_engine import FakeEngine
from tests.helpers.http_server import Answer, answering
from tests.helpers.product import until
from xiadu.__main__ import parser
from xiadu.telegram import run_telegram

KEY = "0123456789abcdefghijklmnopqrstuvwxyz"
STOP_LIMIT = 5.0
ONCE = "a question of a test, hard to guess"


class Service:
    """A service's API as it is served, on a thread of its own; it can go and come back on the same port.

    Args:
        folder: for its database.
        migrated_file: a database to copy.
        conversation_rate: messages that one conversation may send.
    """

    def __init__(self, folder: Path, migrated_file: Path, conversation_rate: str = OFTEN) -> None:
        file = folder / "service.db"
        file.write_bytes(migrated_file.read_bytes())
        self.database = Database(f"sqlite:///{file}")
        handmade.fill(self.database)
        self.engine = FakeEngine(say)
        self.engine_is_up = True
        self.asked_whether_ready = 0
        self.seen: list[tuple[str, str, str | None]] = []
        conversations = Conversations(
            self.database,
            handmade.answers_from(self.database),
            self.engine,  # type: ignore[arg-type]
            folder / "service-tracker.db",
        )
        tokens, limits = Tokens(Secret(GOOD)), Limits(conversation_rate, "1 per hour")
        routes = make_routes(conversations, tokens, limits, LANGUAGES, "7", Secret(KEY))
        self._application = Starlette(
            routes=[Route("/ready", self._ready, methods=["GET"]), *routes], exception_handlers=HANDLERS
        )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    async def _ready(self, _: Request) -> Response:
        self.asked_whether_ready += 1
        return JSONResponse(
            {"engine": self.engine_is_up, "database": True}, status_code=200 if self.engine_is_up else 503
        )

    def start(self) -> Service:
        """Serves."""
        config = uvicorn.Config(
            self._application, port=self.port, log_level="error", lifespan="off", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="service", daemon=True)
        self._thread.start()
        until(lambda: self._server is not None and self._server.started, 5)
        return self

    def stop(self) -> None:
        """Serves no more."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join()
        self._server = self._thread = None

    def channels(self) -> list[str]:
        """The ways in of all turns."""
        with self.database.read() as session:
            return list(session.scalars(select_rows(Turn.channel).order_by(Turn.id)))


@pytest.fixture
def make_service(tmp_path: Path, migrated_file: Path) -> Iterator[Callable[..., Service]]:
    made: list[Service] = []

    def make(**options: Any) -> Service:
        made.append(Service(tmp_path, migrated_file, **options))
        return made[-1]

    yield make
    for service in made:
        service.stop()
        service.database.close()


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    """A service that runs."""
    return make_service().start()


def asking[T](url: str, work: Callable[[There], Awaitable[T]], *, key: str = KEY, patience: float = 3.0) -> T:
    """Does something with the service."""

    async def do() -> T:
        there = There(url, Secret(key), patience)
        try:
            return await work(there)
        finally:
            await there.close()

    return asyncio.run(do())


def question(text: str | None = "What was the forum?", number: int = 0, **more: Any) -> Incoming:
    """A question."""
    return Incoming(TELEGRAM, key=f"{ONCE.replace(' ', '-')}-{number}", text=text, **more)


# The assistant that is elsewhere


def test_a_talk_goes_on(service: Service) -> None:
    async def talk(there: There) -> None:
        first = await there.ask(question("What was the forum?"))
        assert first.messages[0]["text"] == "You asked: What was the forum?"
        pressed = first.messages[0]["buttons"][0]
        second = await there.ask(question(None, 1, conversation=first.conversation, button=pressed["id"]))
        assert second.conversation == first.conversation
        assert second.messages[0]["text"] == "Shown: {'fact': 'forum-what', 'part': 'full'}"
        third = await there.ask(question("And then?", 2, conversation=first.conversation, language="zh"))
        assert third.messages[0]["language"] == "zh"
        said = await there.history(first.conversation)
        assert [entry["from"] for entry in said] == ["visitor", "assistant"] * 3
        assert await there.rate(first.conversation, first.messages[0]["id"], "down", "It was longer.")
        assert (await there.history(first.conversation))[1]["rating"] == "down"
        assert not await there.rate(first.conversation, "m-of-nobody", "up")
        await there.forget(first.conversation)
        with pytest.raises(UnknownConversation):
            await there.history(first.conversation)
        with pytest.raises(UnknownConversation):
            await there.ask(question("And now?", 3, conversation=first.conversation))
        with pytest.raises(UnknownConversation):
            await there.forget(first.conversation)

    asking(service.url, talk)
    with service.database.read() as session:
        assert list(session.scalars(select_rows(Conversation.id))) == []


def test_the_turn_log_names_telegram_and_no_address_is_counted(service: Service) -> None:
    async def many(there: There) -> None:
        await asyncio.gather(*(there.ask(question(number=number)) for number in range(10)))

    asking(service.url, many)
    assert service.channels() == ["telegram"] * 10
    assert service.engine.most_at_once <= 4


def test_a_question_that_is_repeated_is_answered_once(service: Service) -> None:
    async def twice(there: There) -> None:
        first, second = await there.ask(question()), await there.ask(question())
        assert (first.conversation, first.messages) == (second.conversation, second.messages)

    asking(service.url, twice)
    assert len(service.engine.asked) == 1


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (question("Hello", conversation="c-nonsense.nonsense"), UnknownConversation),
        (question("Hello", conversation="钥匙"), UnknownConversation),
        (question(None, button="nonsense"), UnknownButton),
        (question("   "), NothingSaid),
        (question("\x07 \n"), NothingSaid),
    ],
)
def test_refusals_are_those_of_the_conversations(service: Service, asked: Incoming, refusal: type[Exception]) -> None:
    async def ask(there: There) -> None:
        with pytest.raises(refusal):
            await there.ask(asked)

    asking(service.url, ask)


def test_a_key_that_stands_for_another_question_is_refused(service: Service) -> None:
    async def ask(there: There) -> None:
        await there.ask(question("One"))
        with pytest.raises(KeyReused):
            await there.ask(question("Two"))

    asking(service.url, ask)


@pytest.mark.parametrize(
    "text", ["西宁有哪些友好城市？" * 199, "👩‍👩‍👧 " * 300, "half \ud83d a pair", "\x00\x07 bell", '{"text": "}']
)
def test_any_text_arrives(service: Service, text: str) -> None:
    answer = asking(service.url, lambda there: there.ask(question(text)))
    assert answer.messages[0]["text"].startswith("You asked: ")


def test_what_a_conversation_may_not_say_yet_is_said_later(make_service: Callable[..., Service]) -> None:
    service = make_service(conversation_rate="1 per 1 second").start()

    async def ask(there: There) -> None:
        first = await there.ask(question())
        for number in (1, 2):
            await there.ask(question(number=number, conversation=first.conversation))

    asking(service.url, ask, patience=5)
    assert len(service.engine.asked) == 3


# What goes wrong


def test_a_service_that_comes_back_in_time_answers(service: Service) -> None:
    async def ask(there: There) -> Any:
        first = await there.ask(question())
        await asyncio.to_thread(service.stop)
        asked = asyncio.create_task(there.ask(question("And then?", 1, conversation=first.conversation)))
        await asyncio.sleep(0.3)
        assert not asked.done()
        await asyncio.to_thread(service.start)
        return await asked

    assert asking(service.url, ask, patience=10).messages[0]["text"] == "You asked: And then?"
    assert [asked.text for asked in service.engine.asked] == ["What was the forum?", "And then?"]


def test_a_service_that_comes_back_is_waited_for_until_its_engine_is_up(service: Service) -> None:
    async def ask(there: There) -> None:
        first = await there.ask(question())
        await asyncio.to_thread(service.stop)
        service.engine_is_up = False
        asked = asyncio.create_task(there.ask(question("And then?", 1, conversation=first.conversation)))
        await asyncio.sleep(0.3)
        before = service.asked_whether_ready
        await asyncio.to_thread(service.start)
        await asyncio.to_thread(until, lambda: service.asked_whether_ready >= before + 2, 5)
        assert len(service.engine.asked) == 1
        service.engine_is_up = True
        await asked

    asking(service.url, ask, patience=15)
    assert len(service.engine.asked) == 2


def test_patience_has_an_end_and_it_is_the_same_for_all(make_service: Callable[..., Service]) -> None:
    nobody = make_service()  # never started
    began = time.monotonic()

    async def ask(there: There) -> None:
        asked = [there.ask(question(number=number)) for number in range(12)]
        ends = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(end) for end in ends] == [CannotAnswer] * 12
        for call in (there.history("c"), there.forget("c"), there.rate("c", "m", "up")):
            with pytest.raises(CannotAnswer):
                await call

    asking(nobody.url, ask, patience=0.6)
    assert 0.5 <= time.monotonic() - began < 4


def test_a_question_waits_for_an_engine_that_is_starting(service: Service) -> None:
    service.engine_is_up = False

    async def ask(there: There) -> None:
        asked = asyncio.create_task(there.ask(question()))
        await asyncio.to_thread(until, lambda: service.asked_whether_ready >= 2, 5)
        assert service.engine.asked == []
        service.engine_is_up = True
        await asked
        before = service.asked_whether_ready
        await there.ask(question(number=1))
        assert service.asked_whether_ready == before  # it is known to be up

    asking(service.url, ask, patience=10)
    assert len(service.engine.asked) == 2


def test_an_engine_that_does_not_start_is_not_waited_for_for_ever(service: Service) -> None:
    service.engine_is_up = False
    began = time.monotonic()
    assert asking(service.url, lambda there: there.ask(question()), patience=0.8).messages
    assert time.monotonic() - began < 3


def test_the_check_finds_nothing_where_all_is_right(service: Service) -> None:
    assert asking(service.url, lambda there: there.check()) is None
    assert asking(service.url + "/", lambda there: there.check()) is None


def test_a_wrong_key_is_told_by_the_check_and_is_not_tried_again(service: Service) -> None:
    told = asking(service.url, lambda there: there.check(), key=KEY[::-1])
    assert told == "The service doesn't take this XIADU_TELEGRAM_KEY."
    began = time.monotonic()

    async def all_calls(there: There) -> None:
        for call in (there.ask(question()), there.history("c"), there.forget("c"), there.rate("c", "m", "up")):
            with pytest.raises(WrongKey):
                await call

    asking(service.url, all_calls, key=KEY[::-1], patience=30)
    assert time.monotonic() - began < 5
    assert service.engine.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        Answer(raw=b"<html>Welcome", status=200),
        Answer(raw=b"<html>Moved", status=302),
        Answer(raw=b"<html>Not found", status=404),
        Answer(content=["nothing", "of ours"], status=200),
        Answer(content=None, status=401),
        Answer(content={"type": None}, status=400),
        Answer(content={"type": ["x"]}, status=500),
    ],
)
def test_an_address_where_something_else_answers_cannot_answer(answer: Answer) -> None:
    with answering(answer) as other:

        async def ask(there: There) -> None:
            told = await there.check()
            assert told is not None
            assert told.startswith("The service can't be reached from here: ")
            assert KEY not in told
            with pytest.raises(CannotAnswer):
                await there.ask(question())

        asking(other.url, ask, patience=0.3)


def test_the_check_tells_that_nobody_is_there(make_service: Callable[..., Service]) -> None:
    nobody = make_service()
    told = asking(nobody.url, lambda there: there.check())
    assert told == f"The service can't be reached from here: ConnectError at {nobody.url}."


# Telegram, with the service elsewhere


@pytest.fixture
def far(make_station: Callable[..., Station], service: Service) -> Station:
    """A connector whose service is elsewhere."""
    return make_station(assistant=There(service.url, Secret(KEY), 3.0)).start()


def press(api: BotApi, person: Person, title: str) -> None:
    """Presses a button of the last message that has it, and waits until that is answered."""
    last = next(said for said in reversed(person.heard) if title in said.titles)
    before = len(api.answered_callbacks)
    person.presses(last, title)
    api.wait(lambda: len(api.answered_callbacks) > before)


def a_talk(api: BotApi, database: Database, name: str) -> list[Any]:
    """Has a whole talk, and gives what was heard and what is kept of it."""
    person = api.person(first_name=name)

    def after(deed: Callable[[], Any], expect: int = 1) -> None:
        before = len(person.heard)
        deed()
        api.wait(lambda: len(person.heard) == before + expect)

    after(lambda: person.says("What was the forum?"))
    after(lambda: press(api, person, "Tell me more"))
    after(lambda: person.says("/sources"))
    after(lambda: person.says("/language zh"))
    after(lambda: person.says("And in 2012?"))
    after(lambda: press(api, person, "👎"))
    after(lambda: person.says("It was longer.", reply_to=person.heard[-1].message_id))
    after(lambda: person.says("/cancel"))
    with database.read() as session:
        kept: list[Any] = [
            list(session.execute(select_rows(Turn.text, Turn.channel, Turn.outcome).order_by(Turn.id))),
            list(session.execute(select_rows(Feedback.rating, Feedback.comment))),
        ]
    old = person.heard[0]
    after(lambda: person.says("/forget"))
    after(lambda: press(api, person, INTERFACE("telegram.yes", "zh")))
    with database.read() as session:
        kept.append(list(session.scalars(select_rows(Conversation.id))))
    person.presses_data(old, "b.of-a-talk-that-is-gone")
    api.wait(lambda: not api.open_queries)
    after(lambda: person.says("What was the forum?"))
    heard = [(said.text, said.titles, said.entities) for said in person.heard]
    return [heard, kept]


def test_telegram_is_the_same_wherever_the_service_is(
    api: BotApi, far: Station, service: Service, make_station: Callable[..., Station]
) -> None:
    elsewhere = a_talk(api, service.database, "Anna")
    far.stop()
    (far.folder / "xiadu.db").unlink()
    near = make_station().start()
    assert a_talk(api, near.database, "Anna") == elsewhere
    heard, (turns, opinions, left) = elsewhere
    assert {channel for _, channel, _ in turns} == {"telegram"}
    assert [text for text, _, _ in turns] == ["What was the forum?", "Tell me more", "And in 2012?"]
    assert opinions == [("down", "It was longer.")]
    assert left == []
    assert (heard[-2][0], heard[-1][0].splitlines()[0]) == (
        INTERFACE("telegram.forgotten", "zh"),
        "You asked: What was the forum?",
    )


def test_the_connector_holds_no_text_of_a_talk(api: BotApi, far: Station, anna: Person) -> None:
    anna.says("What was the forum in particular?")
    api.wait(lambda: anna.heard)
    api.wait(lambda: not far.run(far.chats.waiting()))
    with far.database.read() as session:
        assert list(session.scalars(select_rows(Turn.id))) == []
        assert list(session.scalars(select_rows(Conversation.id))) == []


def test_who_asks_while_the_service_is_away_is_told_and_is_answered_later(
    api: BotApi, far: Station, service: Service, anna: Person
) -> None:
    anna.says("one")
    api.wait(lambda: anna.heard)
    service.stop()
    anna.says("two")
    api.wait(lambda: len(anna.heard) == 2, 10)
    assert anna.heard[1].text == INTERFACE("telegram.cannot_now", "en")
    service.start()
    anna.says("three")
    api.wait(lambda: len(anna.heard) == 3, 10)
    assert anna.heard[2].text.startswith("You asked: three")


def test_forgetting_while_the_service_is_away_forgets_nothing(
    api: BotApi, far: Station, service: Service, anna: Person
) -> None:
    anna.says("one")
    api.wait(lambda: anna.heard)
    service.stop()
    anna.says("/forget")
    api.wait(lambda: len(anna.heard) == 2)
    anna.presses(anna.heard[-1], INTERFACE("telegram.yes", "en"))
    api.wait(lambda: len(anna.heard) == 3, 10)
    assert anna.heard[2].text == INTERFACE("telegram.forget_failed", "en")
    service.start()
    anna.says("/forget")
    api.wait(lambda: len(anna.heard) == 4)
    anna.presses(anna.heard[-1], INTERFACE("telegram.yes", "en"))
    api.wait(lambda: len(anna.heard) == 5, 10)
    assert anna.heard[4].text == INTERFACE("telegram.forgotten", "en")
    with service.database.read() as session:
        assert list(session.scalars(select_rows(Conversation.id))) == []


# As a program of its own


class Program:
    """``xiadu telegram run``.

    Args:
        folder: for what it writes.
        arguments: after ``run``.
        environ: its variables.
    """

    def __init__(self, folder: Path, arguments: list[str], **environ: str) -> None:
        self.log_file = folder / "run.log"
        self._command = [sys.executable, "-m", "xiadu", "telegram", "run", *arguments]
        others = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM_", "XIADU_"))}
        self._environ = {**others, "XIADU_VAR": str(folder / "connector"), **environ}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Program:
        """Starts it."""
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=ROOT, env=self._environ, stdout=log, stderr=log)
        return self

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Stops it; gives the exit code and the seconds that took."""
        assert self._process is not None
        began = time.monotonic()
        self._process.send_signal(number)
        try:
            code = self._process.wait(STOP_LIMIT + 5)
        finally:
            self.kill()
        return code, time.monotonic() - began

    def wait(self, seconds: float = 15.0) -> int:
        """Waits until it ends by itself; gives the exit code."""
        assert self._process is not None
        return self._process.wait(seconds)

    def kill(self) -> None:
        """Ends it at once."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def log(self) -> str:
        """What it printed."""
        return self.log_file.read_text(errors="replace")


@pytest.fixture
def make_program(api: BotApi, service: Service, tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Makes programs that would run; variables may be replaced."""
    made: list[Program] = []

    def make(*arguments: str, url: str | None = None, **environ: str) -> Program:
        right = {"TELEGRAM_TOKEN": api.token, "TELEGRAM_API_BASE_URL": api.url, "XIADU_TELEGRAM_KEY": KEY}
        service_url = service.url if url is None else url
        made.append(Program(tmp_path, ["--service", service_url, *arguments], **{**right, **environ}))
        return made[-1]

    yield make
    for program in made:
        program.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_program_answers_stops_cleanly_and_goes_on_without_doubling(
    api: BotApi, service: Service, make_program: Callable[..., Program], anna: Person
) -> None:
    program = make_program().start()
    anna.says("one")
    api.wait(lambda: anna.heard, 20)
    code, seconds = program.stop()
    assert (code, seconds < STOP_LIMIT) == (0, True), program.log()
    anna.says("two")
    program.start()
    api.wait(lambda: len(anna.heard) >= 2, 20)
    anna.says("three")
    api.wait(lambda: len(anna.heard) >= 3, 10)
    code, seconds = program.stop(signal.SIGINT)
    assert (code, seconds < STOP_LIMIT) == (0, True), program.log()
    assert [said.text.splitlines()[0] for said in anna.heard] == [f"You asked: {n}" for n in ("one", "two", "three")]
    assert [asked.text for asked in service.engine.asked] == ["one", "two", "three"]
    assert len({asked.conversation for asked in service.engine.asked}) == 1
    assert service.channels() == ["telegram"] * 3
    log = program.log()
    assert "Telegram's connector runs (Ctrl-C stops it)." in log
    assert "Telegram: @xining_test_bot answers (long polling)." in log
    for hidden in (api.token, api.token.partition(":")[2], KEY, "Traceback"):
        assert hidden not in log


def test_the_program_by_webhook(
    api: BotApi, service: Service, make_program: Callable[..., Program], anna: Person
) -> None:
    port = free_port()
    api.public["https://bot.example.org"] = f"http://127.0.0.1:{port}"
    url = "https://bot.example.org/telegram/webhook"
    program = make_program("--port", str(port), TELEGRAM_WEBHOOK_URL=url).start()
    anna.says("one")
    api.wait(lambda: anna.heard, 20)
    assert anna.heard[0].text.startswith("You asked: one")
    assert api.webhook is not None
    assert api.webhook.url == url
    health = httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False)
    assert (health.status_code, health.json()) == (200, {"status": "alive", "telegram": "on"})
    assert httpx.get(f"http://127.0.0.1:{port}/", trust_env=False).status_code == 404
    assert api.raw_update(b"{}", {"X-Telegram-Bot-Api-Secret-Token": "wrong"}) == 403
    code, seconds = program.stop()
    assert (code, seconds < STOP_LIMIT) == (0, True), program.log()
    assert "Traceback" not in program.log()


def test_a_second_program_on_the_same_folder_is_told_in_a_sentence(
    api: BotApi, service: Service, make_program: Callable[..., Program]
) -> None:
    first = make_program().start()
    api.wait(lambda: api.polls, 20)
    second = make_program().start()
    assert second.wait() == 1
    assert re.search(r"^xiadu: it runs already on .*connector \(process \d+\)\.$", second.log(), re.MULTILINE)
    assert first.stop()[0] == 0


def test_a_port_that_is_taken_is_told_in_a_sentence(
    api: BotApi, service: Service, make_program: Callable[..., Program]
) -> None:
    url = "https://bot.example.org/telegram/webhook"
    program = make_program("--port", str(service.port), TELEGRAM_WEBHOOK_URL=url).start()
    assert program.wait() == 1
    assert program.log().strip().startswith("xiadu: port ")
    assert program.log().count("\n") == 1
    assert api.webhook is None


def test_a_wrong_key_is_one_line_and_who_asks_is_told(
    api: BotApi, service: Service, make_program: Callable[..., Program], anna: Person
) -> None:
    program = make_program(XIADU_TELEGRAM_KEY=KEY[::-1]).start()
    anna.says("one")
    api.wait(lambda: anna.heard, 20)
    assert anna.heard[0].text == INTERFACE("telegram.cannot_now", "en")
    assert program.stop()[0] == 0
    assert program.log().count("The service doesn't take this XIADU_TELEGRAM_KEY.") == 1
    assert "Traceback" not in program.log()


@pytest.mark.parametrize(
    ("missing", "url", "sentence"),
    [
        ("TELEGRAM_TOKEN", "https://ask.example.gov.cn", "TELEGRAM_TOKEN must be set"),
        ("XIADU_TELEGRAM_KEY", "https://ask.example.gov.cn", "XIADU_TELEGRAM_KEY must be set"),
        ("", "ask.example.gov.cn", "--service must be like"),
        ("", "ftp://ask.example.gov.cn", "--service must be like"),
        ("", "https://", "--service must be like"),
        ("", "https://[::1", "--service must be like"),
        ("", "https://ask.example.gov.cn:99999", "--service must be like"),
        ("", "http://ask.example.gov.cn", "--service must begin with https"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(
    api: BotApi, tmp_path: Path, missing: str, url: str, sentence: str
) -> None:
    environ = {"XIADU_VAR": str(tmp_path), "TELEGRAM_TOKEN": api.token, "XIADU_TELEGRAM_KEY": KEY}
    with pytest.raises(SettingError) as told:
        run_telegram(load({name: value for name, value in environ.items() if name != missing}), url)
    assert str(told.value).startswith(sentence)
    assert api.calls == []


def test_the_program_says_what_is_missing_in_one_line(api: BotApi, make_program: Callable[..., Program]) -> None:
    program = make_program(XIADU_TELEGRAM_KEY="").start()
    assert program.wait() == 1
    assert program.log() == "xiadu: XIADU_TELEGRAM_KEY must be set, to the same value here and at the service.\n"


def test_without_a_service_the_command_does_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["telegram", "run"])
    assert ended.value.code == 2
    assert "--service" in capsys.readouterr().err


# Through a proxy


class Proxy:
    """A proxy on this machine that counts what goes through it.

    Attributes:
        port: where it listens.
        passed: the bytes that clients sent through it.
        connections: how many were opened.
        refuses: whether it is out of order.
    """

    def __init__(self) -> None:
        self.port = 0
        self.passed = bytearray()
        self.connections = 0
        self.refused = 0
        self.lock = threading.Lock()

    @property
    def calls(self) -> int:
        """Requests that went through."""
        return len(re.findall(rb"POST \S+ HTTP/1\.1\r\n", self.passed))

    def pump(self, client: socket.socket, upstream: socket.socket, first: bytes = b"") -> None:
        """Hands bytes on, both ways, until one side is closed."""
        with self.lock:
            self.connections += 1
            self.passed += first
        upstream.sendall(first)
        while True:
            for ready in select.select([client, upstream], [], [])[0]:
                data = ready.recv(65536)
                if not data:
                    return
                if ready is client:
                    with self.lock:
                        self.passed += data
                (upstream if ready is client else client).sendall(data)


class HttpProxy(socketserver.BaseRequestHandler):
    """Forwards requests with absolute addresses; wants a name and a password."""

    proxy: Proxy

    def handle(self) -> None:
        """Serves one connection."""
        head = b""
        while b"\r\n\r\n" not in head:
            data = self.request.recv(65536)
            if not data:
                return
            head += data
        match = re.match(rb"POST http://([0-9.]+):(\d+)/", head)
        if match is None or b"proxy-authorization: basic dxnlcjpwyxnzoi8=" not in head.lower():  # user:pass:/
            self.proxy.refused += 1
            self.request.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection((match[1].decode(), int(match[2]))) as upstream, suppress(OSError):
            self.proxy.pump(self.request, upstream, head)


class SocksProxy(socketserver.BaseRequestHandler):
    """SOCKS5 with a name and a password (RFC 1928 and 1929), TCP only."""

    proxy: Proxy

    def handle(self) -> None:
        """Serves one connection."""
        version, count = self._take(2)
        methods = self._take(count)
        if version != 5 or 2 not in methods:
            self.proxy.refused += 1
            self.request.sendall(b"\x05\xff")
            return
        self.request.sendall(b"\x05\x02")
        self._take(1)
        name = self._take(self._take(1)[0])
        password = self._take(self._take(1)[0])
        right = (name, password) == (b"user", b"pass:/")
        self.request.sendall(b"\x01\x00" if right else b"\x01\x01")
        if not right:
            self.proxy.refused += 1
            return
        version, command, _, kind = self._take(4)
        assert (version, command) == (5, 1)
        host = socket.inet_ntoa(self._take(4)) if kind == 1 else self._take(self._take(1)[0]).decode()
        port = int.from_bytes(self._take(2), "big")
        with socket.create_connection((host, port)) as upstream, suppress(OSError):
            self.request.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
            self.proxy.pump(self.request, upstream)

    def _take(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self.request.recv(count - len(data))
            if not more:
                raise ConnectionError
            data += more
        return data


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing: clients go when they like."""


@contextmanager
def running_proxy(kind: type[socketserver.BaseRequestHandler]) -> Iterator[Proxy]:
    """Runs a proxy for as long as the block lasts."""
    proxy = Proxy()
    handler = type("Handler", (kind,), {"proxy": proxy})
    with _Server(("127.0.0.1", 0), handler) as server:
        proxy.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()


PROXIES = pytest.mark.parametrize(
    ("scheme", "kind"), [("http", HttpProxy), ("socks5", SocksProxy), ("socks5h", SocksProxy)]
)


@PROXIES
def test_calls_and_news_all_go_through_the_proxy(
    api: BotApi,
    make_station: Callable[..., Station],
    anna: Person,
    scheme: str,
    kind: type[socketserver.BaseRequestHandler],
) -> None:
    with running_proxy(kind) as proxy:
        station = make_station(environ={"TELEGRAM_PROXY": f"{scheme}://user:pass%3A%2F@127.0.0.1:{proxy.port}"}).start()
        anna.says("one")
        api.wait(lambda: anna.heard)
        anna.presses(anna.heard[-1], "👍")
        api.wait(lambda: api.answered_callbacks)
        api.wait(lambda: api.profile.get(("short_description", "zh")))  # the menus are set
        station.stop()
        with api.lock:
            methods = {call.method for call in api.calls}
            assert {"getMe", "sendMessage", "answerCallbackQuery", "setMyCommands"} <= methods
            assert api.polls
            assert proxy.calls == len(api.calls) + len(api.polls)
        assert b"/getUpdates" in proxy.passed
    assert proxy.refused == 0


def test_a_wrong_password_of_an_http_proxy_is_not_a_wrong_token(
    api: BotApi, make_station: Callable[..., Station], caplog: pytest.LogCaptureFixture
) -> None:
    with running_proxy(HttpProxy) as proxy:
        station = make_station(environ={"TELEGRAM_PROXY": f"http://user:hush@127.0.0.1:{proxy.port}"})
        station.start(wait=False)
        api.wait(lambda: station.connector.state == "unreachable")
        assert proxy.refused > 0
        station.stop()
    assert api.calls == []
    assert "Telegram can't be reached from here" in caplog.text
    assert "hush" not in caplog.text


def test_a_wrong_password_of_a_socks_proxy_is_not_a_wrong_token(api: BotApi, tmp_path: Path) -> None:
    # A process of its own: httpcore leaves the connection open where a SOCKS proxy refuses it.
    with running_proxy(SocksProxy) as proxy:
        environ = {
            **os.environ,
            "XIADU_VAR": str(tmp_path),
            "TELEGRAM_TOKEN": api.token,
            "TELEGRAM_API_BASE_URL": api.url,
            "TELEGRAM_PROXY": f"socks5://user:hush@127.0.0.1:{proxy.port}",
        }
        command = [sys.executable, "-m", "xiadu", "telegram", "check"]
        told = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=20, check=False)
        assert proxy.refused > 0
    assert told.returncode == 1
    assert told.stdout.startswith(
        f"NO  Address: {api.url} through TELEGRAM_PROXY can't be reached from here (ProxyError)."
    )
    assert told.stdout.count("\n") == 1
    assert "hush" not in told.stdout + told.stderr
