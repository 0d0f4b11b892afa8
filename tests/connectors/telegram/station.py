"""The connector in this process: the emulator of Telegram on one side, a fake engine and a real database on the other."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import shutil
import tempfile
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from typing import Any, cast

import uvicorn
from anyio._backends._asyncio import WorkerThread
from starlette.applications import Starlette

from connectors.telegram.assistant import Assistant, Here
from connectors.telegram.bot import Connector
from connectors.telegram.pace import Pace
from connectors.telegram.webhook import PATH, webhook_route
from conversations.chats import Chats
from conversations.engine_client import EngineClient
from conversations.talk import Conversations
from facts.database import Database
from facts.texts import load as load_texts
from settings import DATA, LANGUAGES, Settings, load
from tests.helpers import handmade
from tests.helpers.bot_api import BotApi
from tests.helpers.fake_engine import Asked, FakeEngine, button, message
from xiadu.telegram import make_connector

INTERFACE, _ = load_texts(DATA / "interface", LANGUAGES)
TEXTS, _ = load_texts(DATA / "texts", LANGUAGES)
OFTEN = "100000 per second"
GOOD = "a signing key of a test, long enough"
SOURCE = {"title": "A report", "publisher": "A paper", "date": "2016-03-23", "url": "https://example.org/report"}


def custom(language: str = "en", **more: Any) -> dict[str, Any]:
    """The contract's part of an engine's message."""
    return {
        "outcome": "answer",
        "facts": ["forum-what"],
        "sources": [SOURCE],
        "as_of": "2012-06",
        "language": language,
        **more,
    }


def say(asked: Asked) -> list[dict[str, Any]]:
    """Answers with what was asked, so that a test sees which answer belongs to which question."""
    language = asked.metadata.get("language") or "en"
    said = (
        f"You asked: {asked.text}" if asked.metadata["stands_for"] is None else f"Shown: {asked.metadata['stands_for']}"
    )
    buttons = [
        button("Tell me more", fact="forum-what", part="full"),
        button("How many people took part in all three forums?", fact="forum-people", part="short"),
    ]
    return [message(said, custom=custom(language), buttons=buttons)]


class Fast(Pace):
    """Without the limits that would make tests slow; what Telegram itself refuses is waited for all the same."""

    def __init__(self) -> None:
        super().__init__(overall_max_rate=0, group_max_rate=0)

    def _limiter(self, chat: Any) -> Any:
        return _Open()


class _Open:
    async def __aenter__(self) -> None:
        """Waits for nothing."""

    async def __aexit__(self, *_: object) -> None:
        """Holds nothing."""


@cache
def filled(migrated_file: Path) -> bytes:
    """A database with the facts made by hand."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(shutil.copy(migrated_file, Path(folder) / "xiadu.db"))
        database = Database(f"sqlite:///{file}")
        handmade.fill(database)
        database.close()
        return file.read_bytes()


class Station:
    """The connector, on a thread with a loop of its own.

    Args:
        api: the emulator.
        folder: for its database and secrets.
        migrated_file: a database to copy.
        environ: further settings.
        assistant: instead of conversations in this process.
        pace: makes the limiter of calls.
        webhook: whether Telegram delivers to us, instead of being asked.
    """

    def __init__(
        self,
        api: BotApi,
        folder: Path,
        migrated_file: Path,
        *,
        assistant: Assistant | None = None,
        pace: type[Pace] = Fast,
        webhook: bool = False,
        says: Any = say,
        environ: dict[str, str] | None = None,
    ) -> None:
        self.api = api
        self.folder = folder
        self.database_file = folder / "xiadu.db"
        if not self.database_file.exists():
            self.database_file.write_bytes(filled(migrated_file))
        self.engine = FakeEngine(says)
        self._assistant = assistant
        self._pace = pace
        self._webhook = webhook
        self._environ = environ or {}
        self.settings: Settings
        self.database: Database
        self.connector: Connector
        self.conversations: Conversations
        self._loop: asyncio.AbstractEventLoop
        self._thread: threading.Thread
        self._server: uvicorn.Server | None = None
        self.running = False

    def start(self, *, engine_is_up: bool = True, wait: bool = True) -> Station:
        """Starts it, and waits until it is connected."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="station", daemon=True)
        self._thread.start()
        self.running = True
        self.run(self._start(engine_is_up))
        if wait:
            self.api.wait(lambda: self.connector.state in ("on", "refused"), 5)
        return self

    async def _start(self, engine_is_up: bool) -> None:
        environ = {
            "XIADU_VAR": str(self.folder / "var"),
            "XIADU_SIGNING_KEY": GOOD,
            "XIADU_CONVERSATION_RATE": OFTEN,
            "XIADU_ADDRESS_RATE": OFTEN,
            "TELEGRAM_TOKEN": self.api.token,
            "TELEGRAM_API_BASE_URL": self.api.url,
            **self._environ,
        }
        port = 0
        if self._webhook:
            port = self._free_port()
            environ["TELEGRAM_WEBHOOK_URL"] = f"http://127.0.0.1:{port}{PATH}"
        self.settings = load(environ)
        self.database = Database(f"sqlite:///{self.database_file}")
        self.engine_is_up = asyncio.Event()
        if engine_is_up:
            self.engine_is_up.set()
        self.conversations = Conversations(
            self.database,
            handmade.answers_from(self.database),
            cast(EngineClient, self.engine),
            self.folder / "tracker.db",
        )
        assistant = self._assistant or Here(self.conversations, self.engine_is_up)
        made = make_connector(self.settings, self.database, assistant, INTERFACE, TEXTS, self._pace)
        assert made is not None
        self.connector = made
        if self._webhook:
            application = Starlette(routes=[webhook_route(made)])
            self._server = uvicorn.Server(uvicorn.Config(application, port=port, log_level="error", lifespan="off"))
            self._serving = asyncio.create_task(self._server.serve())
            while not self._server.started:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.005)
        made.start()

    def _free_port(self) -> int:
        import socket

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    def stop(self) -> None:
        """Stops it as the service does."""
        if not self.running:
            return
        self.running = False
        try:
            self.run(self._stop())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self._end_threads()
            self.database.close()

    async def _stop(self) -> None:
        await self.connector.stop()
        if self._server is not None:
            self._server.should_exit = True
            await self._serving
        await self._cancel_rest()

    def kill(self) -> None:
        """Ends it in the middle of whatever it does, as a power cut would; nothing is tidied up."""
        self.running = False
        self.run(self._cancel_rest())
        self.run(self._hang_up())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._end_threads()
        self.database.close()

    def _end_threads(self) -> None:
        """Waits for what threads do in the database: a task that is cancelled leaves its thread behind."""
        for thread in threading.enumerate():
            if isinstance(thread, WorkerThread) and thread.loop is self._loop:
                with contextlib.suppress(queue.Full):  # it was told already
                    thread.queue.put_nowait(None)
                thread.join(5)

    async def _hang_up(self) -> None:
        """Closes all connections, as the system does for a process that is gone."""
        for server in self._server.servers if self._server is not None else ():
            server.close()
        for transport in list(self._loop._transports.values()):  # type: ignore[attr-defined]
            transport.abort()
        for _ in range(3):
            await asyncio.sleep(0)

    async def _cancel_rest(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Does something on the connector's loop."""
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(15)

    def restart(self) -> Station:
        """Stops it cleanly and starts it again, on the same database."""
        self.stop()
        return self.start()

    @property
    def chats(self) -> Chats:
        """What the connector remembers."""
        return self.connector._chats
