"""Telegram in the service, or alone on another host (``xiadu telegram run``), and ``xiadu telegram check``."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

import uvicorn
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.telegram.assistant import Assistant
from connectors.telegram.bot import Connector, account_of
from connectors.telegram.check import check, show
from connectors.telegram.pace import Pace
from connectors.telegram.remote import There
from connectors.telegram.webhook import webhook_route
from conversations.chats import Chats, sweep
from facts.database import Database
from facts.dates import spoken_date
from facts.texts import Texts
from facts.texts import load as load_texts
from settings import DATA, LANGUAGES, Secret, SettingError, Settings, is_on_this_machine
from xiadu.checks import interface_languages
from xiadu.database import migrate
from xiadu.start import listen, only_one, usable

SWEEP_EVERY = 600.0  # seconds


class Words:
    """The words of the interface, with the names of topics and dates as facts speak of them.

    Args:
        interface: of ``data/interface``.
        texts: of ``data/texts``; answers are in its languages, so the connector's words are, too.
    """

    def __init__(self, interface: Texts, texts: Texts) -> None:
        self._interface = interface
        self._texts = texts

    @property
    def languages(self) -> Sequence[str]:
        """Those that answers can be in."""
        return self._texts.languages

    def __call__(self, name: str, language: str, /, **fillings: str) -> str:
        """Gives a text."""
        return self._interface(name, language, **fillings)

    def below(self, name: str, language: str) -> dict[str, str]:
        """Gives the texts below a name."""
        return self._interface.below(name, language)

    def topic(self, topic: str, language: str) -> str:
        """Names a topic."""
        return self._texts(f"topics.{topic}.name", language)

    def date(self, partial: str, language: str) -> str:
        """Writes a date."""
        return spoken_date(partial, language) or ""


def make_connector(
    settings: Settings,
    database: Database,
    assistant: Assistant,
    interface: Texts,
    texts: Texts,
    pace: Callable[[], Pace] = Pace,
) -> Connector | None:
    """Makes the connector; None where Telegram is off."""
    token = settings.telegram.token
    if token is None:
        return None
    return Connector(settings, Chats(database, account_of(token)), assistant, Words(interface, texts), pace)


def check_telegram(settings: Settings) -> int:
    """``xiadu telegram check``; gives the exit code."""
    return show(asyncio.run(check(settings.telegram)), print)


def run_telegram(settings: Settings, service: str) -> None:
    """``xiadu telegram run``: the connector alone, with a service elsewhere.

    Args:
        settings: of this host.
        service: the address of the service.

    Raises:
        SettingError: something is missing.
        xiadu.start.CannotStart: it runs already.
    """
    if settings.telegram.token is None:
        raise SettingError("TELEGRAM_TOKEN must be set: it is what @BotFather gave you.")
    if settings.telegram.key is None:
        raise SettingError("XIADU_TELEGRAM_KEY must be set, to the same value here and at the service.")
    try:
        address = urlsplit(service)
        usable = address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
    except ValueError:
        usable = False
    if "@" in service:  # not shown: it may hold a password
        raise SettingError("--service can't hold a user name or a password.")
    if not usable:
        raise SettingError(f"--service must be like 'https://ask.example.gov.cn', not {service!r}.")
    if address.scheme == "http" and not is_on_this_machine(service):
        raise SettingError("--service must begin with https: the key and what people write travel there.")
    with contextlib.ExitStack() as held:
        held.enter_context(only_one(settings.var))
        listener = None
        if settings.telegram.webhook_url is not None:
            listener = held.enter_context(listen(settings.host, settings.port))
        asyncio.run(_run(settings, service.rstrip("/"), settings.telegram.key, listener))


async def _run(settings: Settings, service: str, key: Secret, listener: socket.socket | None) -> None:
    there = There(service, key)
    problem = await there.check()
    if problem is not None:
        print(f"Telegram: {problem} It is tried again with each question.", file=sys.stderr, flush=True)
    database = Database(f"sqlite:///{settings.var / 'telegram.db'}")
    try:
        with usable("its database"):
            migrate(database)
        texts, _ = load_texts(DATA / "texts", LANGUAGES)
        interface, _ = load_texts(DATA / "interface", interface_languages(DATA, LANGUAGES))
        connector = make_connector(settings, database, there, interface, texts)
        assert connector is not None  # noqa: S101 - there is a token
        sweeping = asyncio.create_task(_sweep(database, timedelta(days=settings.retention_days)))
        if listener is None:
            await _until_stopped(connector)
        else:
            await _serve_webhook(listener, connector)
        sweeping.cancel()
    finally:
        database.close()


async def _sweep(database: Database, keep_for: timedelta) -> None:
    """Forgets chats whose time is up; the service, which has no part of this database, can't."""

    def work() -> None:
        with database.write() as session:
            sweep(session, keep_for)
        database.tidy()

    while True:
        try:
            await asyncio.to_thread(work)
        except SQLAlchemyError as error:  # tried again in a while
            print(f"Old chats can't be deleted just now: {getattr(error, 'orig', error)}", file=sys.stderr)
        await asyncio.sleep(SWEEP_EVERY)


async def _until_stopped(connector: Connector) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    connector.start()
    print("Telegram's connector runs (Ctrl-C stops it).", flush=True)
    await stopping.wait()
    await connector.stop()


async def _serve_webhook(listener: socket.socket, connector: Connector) -> None:
    async def health(_: Request) -> Response:
        return JSONResponse({"status": "alive", "telegram": connector.state})

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        connector.start()
        print(f"Telegram's connector runs, port {listener.getsockname()[1]} (Ctrl-C stops it).", flush=True)
        yield
        await connector.stop()

    application = Starlette(
        routes=[Route("/health", health, methods=["GET"]), webhook_route(connector)], lifespan=lifespan
    )
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
    )
    await server.serve(sockets=[listener])
