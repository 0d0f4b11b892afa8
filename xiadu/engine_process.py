"""Keeps the engine running: starts it, watches it, starts it again with growing pauses, and stops it for good."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import time
from pathlib import Path

from conversations.engine_client import EngineClient
from settings import ROOT, Settings
from xiadu.training import engine_environment

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before the engine is started again; doubled each time it ends early."""
STEADY_AFTER = 60.0
"""An engine that ran so many seconds was well: the next pause is the first again."""
START_LIMIT, HANG_LIMIT = 120.0, 20.0
"""Seconds that an engine may take to start, and may be without an answer before it is taken for hung."""
STOP_LIMIT = 2.0
LARGEST_LOG = 10_000_000  # bytes


class EngineProcess:
    """One engine, in a process of its own.

    Args:
        settings: of the installation.
        model: the trained model's file.
        actions_url: where the engine finds the actions.
        client: is told the engine's address, and asks whether it is well.
    """

    def __init__(self, settings: Settings, model: Path, actions_url: str, client: EngineClient) -> None:
        self._settings = settings
        self._model = model
        self._actions_url = actions_url
        self._client = client
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self.ready = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The engine's process, where one runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def run(self) -> None:
        """Keeps the engine running until :meth:`stop`."""
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                code = f"exit code {await self._once()}"
            except OSError as error:  # no disk, no memory, no interpreter: the service answers on, and we try again
                code = str(error)
            if self._stopping.is_set():
                return
            if time.monotonic() - began > STEADY_AFTER:
                pause = FIRST_PAUSE
            logger.error("The engine ended (%s); starting it again in %.1f s.", code, pause)
            try:
                await asyncio.wait_for(self._stopping.wait(), pause)
            except TimeoutError:
                pause = min(pause * 2, LONGEST_PAUSE)

    async def stop(self) -> None:
        """Stops the engine, by force where it doesn't go at once."""
        self._stopping.set()
        if self._process is not None:
            await _end(self._process)

    async def _once(self) -> int | None:
        """Starts the engine and returns its exit code when it has ended."""
        port = _free_port()
        self._client.at(f"http://127.0.0.1:{port}")
        with _open_log(self._settings) as log:
            self._process = await asyncio.create_subprocess_exec(
                str(self._settings.engine_python), "-m", "engine", "run",
                "--model", str(self._model), "--interface", "127.0.0.1", "--port", str(port),
                "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,  # closed when we end, however we end: then the engine ends, too
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is ours to hand on
                env=engine_environment(
                    self._settings,
                    XIADU_ACTIONS_URL=self._actions_url,
                    XIADU_ACTIONS_TOKEN=self._settings.inner_token.reveal(),
                    XIADU_ENGINE_TOKEN=self._settings.inner_token.reveal(),
                    XIADU_TRACKER_DB=str(self._settings.tracker_file),
                ),
            )  # fmt: skip
        process = self._process
        if self._stopping.is_set():  # while it was being made
            await _end(process)
        watch = asyncio.create_task(self._watch(process))
        try:
            return await process.wait()
        finally:
            watch.cancel()
            self.ready.clear()

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        """Ends an engine that no longer answers, so that it is started again."""
        well = time.monotonic()
        while process.returncode is None:
            limit = HANG_LIMIT if self.ready.is_set() else START_LIMIT
            if await self._client.is_ready():
                well = time.monotonic()
                if not self.ready.is_set():
                    logger.info("The engine is ready.")
                    self.ready.set()
            elif time.monotonic() - well > limit:
                logger.error("The engine has not answered for %.0f s; ending it.", limit)
                await _end(process)
                return
            await asyncio.sleep(2.0 if self.ready.is_set() else 0.1)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Asks a process and all that it started to end, then makes them."""
    for number, limit in ((signal.SIGTERM, STOP_LIMIT), (signal.SIGKILL, 1.0)):
        if process.returncode is not None:
            return
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        try:
            await asyncio.wait_for(process.wait(), limit)
        except TimeoutError:
            continue


def _open_log(settings: Settings):  # type: ignore[no-untyped-def]  # typeshed names the file type privately
    path = settings.var / "log" / "engine.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.exists() and path.stat().st_size > LARGEST_LOG
    return path.open("wb" if fresh else "ab")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
