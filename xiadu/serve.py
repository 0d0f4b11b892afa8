"""``xiadu serve``: checks, fills, trains where needed, then runs engine and service until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import uvicorn

from connectors.telegram.bot import Connector
from conversations.engine_client import EngineClient
from facts.database import Database
from settings import LANGUAGES, ROOT, Settings
from web.assets import Assets, NotBuilt
from xiadu.checks import Data, check
from xiadu.database import fill, migrate
from xiadu.engine_process import EngineProcess
from xiadu.service import make_service
from xiadu.start import CannotStart, listen, only_one, usable
from xiadu.training import train

logger = logging.getLogger(__name__)

LEAST_FREE = 64 * 1024 * 1024
"""Bytes that must be free: a training and a day of talks."""


def serve(settings: Settings) -> None:
    """Runs the product.

    Raises:
        CannotStart: something stands in the way; the message says what.
        xiadu.training.TrainingFailed: Rasa could not learn from the files.
        OSError: ``var`` can't be written.
    """
    # What is read at the start stays: looking through it for garbage again and again takes a second. The service
    # switches the collector on once it is ready.
    gc.disable()
    with contextlib.ExitStack() as held:
        held.enter_context(only_one(settings.var))
        listener = held.enter_context(listen(settings.host, settings.port))
        _check_disk(settings.var)
        data = checked_data()
        assets = _built_assets()
        database = Database(settings.database_url)
        held.callback(database.close)
        prepare_database(database, data)
        model = train(settings)
        asyncio.run(_run(settings, data, database, model, listener, assets))


def _built_assets() -> Assets:
    try:
        return Assets()
    except NotBuilt as error:
        raise CannotStart(str(error)) from None


def checked_data() -> Data:
    """Reads ``data/``.

    Raises:
        CannotStart: it has problems; all of them are printed.
    """
    data, problems = check(ROOT, LANGUAGES)
    if problems:
        print("\n".join(map(str, problems)), file=sys.stderr)
        plural = "a problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise CannotStart(f"the data files have {plural} (see above); mend them and start again.")
    return data


def prepare_database(database: Database, data: Data) -> None:
    """Migrates and fills the database.

    Raises:
        CannotStart: it can't be written.
    """
    with usable("the facts database"):
        migrate(database)
        done = fill(database, (located.record for located in data.records))
    news = ", ".join(f"{count} {what}" for what, count in sorted(done.items()) if what != "unchanged")
    if news:
        print(f"Facts database: {news}.", file=sys.stderr)


async def _run(
    settings: Settings, data: Data, database: Database, model: Path, listener: socket.socket, assets: Assets
) -> None:
    began = time.monotonic()
    host, port = listener.getsockname()[:2]
    client = EngineClient(settings.inner_token, settings.engine_timeout)
    engine = EngineProcess(settings, model, f"{_url(_reachable(host), port)}/actions", client)
    service = make_service(settings, data, database, client, engine.ready, assets)
    server = _Server(
        uvicorn.Config(
            service.application,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
            timeout_keep_alive=60,  # longer than engine/mends.py keeps its connection to the actions
        )
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.ask_to_stop)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    keeping = asyncio.create_task(engine.run())
    telling = asyncio.create_task(
        _tell(settings, server, engine, _url(_reachable(host), port), _url(host, port), began)
    )
    connecting = asyncio.create_task(_connect(server, service.telegram))
    try:
        await asyncio.wait((serving, keeping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        telling.cancel()
        connecting.cancel()
        if service.telegram is not None:
            await service.telegram.stop()  # what is in hand needs engine and database
        server.ask_to_stop()
        (settings.var / "service.json").unlink(missing_ok=True)
        await asyncio.gather(engine.stop(), serving)
        await keeping
    print("Stopped.", file=sys.stderr)


async def _tell(
    settings: Settings, server: _Server, engine: EngineProcess, reachable: str, url: str, began: float
) -> None:
    """Leaves the address for ``xiadu ask`` once questions are answered, and prints it once the engine is ready, too."""
    await server.answering.wait()
    (settings.var / "service.json").write_text(json.dumps({"url": reachable, "pid": os.getpid()}))
    print("Starting the engine ...", file=sys.stderr, flush=True)
    await engine.ready.wait()
    print(f"Ready after {time.monotonic() - began:.1f} s: {url}   (Ctrl-C stops it)", flush=True)


async def _connect(server: _Server, telegram: Connector | None) -> None:
    """Opens the way in from Telegram once questions are answered."""
    await server.answering.wait()
    if telegram is None:
        print("Telegram is off: TELEGRAM_TOKEN is not set.", file=sys.stderr, flush=True)
    else:
        telegram.start()


class _Server(uvicorn.Server):
    """uvicorn, with the signals left to us: there is an engine to stop as well.

    Attributes:
        answering: set when the application has started: the facts are read, and whoever asks is answered.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answering = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts the application and begins to listen."""
        await super().startup(sockets)
        if self.started:
            self.answering.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def ask_to_stop(self) -> None:
        self.should_exit = True


def _check_disk(var: Path) -> None:
    free = shutil.disk_usage(var).free
    if free < LEAST_FREE:
        raise CannotStart(
            f"the disk of {var} is full: {free // 1_000_000} MB are free, {LEAST_FREE // 1_000_000} MB are needed."
        )


def _reachable(host: str) -> str:
    """Gives the address under which this machine itself reaches a service that listens on all."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
