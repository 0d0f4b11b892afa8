"""What is compared: how each is prepared, trained, started, and which of its processes are the engine's."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.engine.client import Connection, ProductTalk, RestTalk, TalkKind
from benchmarks.engine.processes import Failed, Measured, Program, family, free_port, memory
from settings import ROOT, load
from xiadu.training import engine_environment, model_file

STOCK = ROOT / "benchmarks" / "stock"
STOCK_PYTHON = STOCK / ".venv" / "bin" / "python"
ENGINE_PYTHON = ROOT / ".venv-engine" / "bin" / "python"
RUN = STOCK / "run"
"""Everything that is written while measuring."""
KEPT = RUN / "kept"
"""Stock models of earlier runs, for quick tries."""
DATA = ("data/nlu", "data/rules", "data/stories")
READY_LIMIT = 300.0


@dataclass
class Running:
    """A system that was started.

    Attributes:
        port: where messages go.
        kind: makes a conversation with it.
        alive: a path that answers with success once messages may be tried.
        programs: what was started.
        engine: gives the engine's processes.
    """

    port: int
    kind: TalkKind
    alive: str
    programs: list[Program]
    engine: Callable[[], list[int]]

    def wait(self, sentence: str) -> None:
        """Returns once the first message is answered."""
        until = time.monotonic() + READY_LIMIT
        with closing(Connection(self.port)) as connection:
            while not (connection.is_well(self.alive) and self.kind(connection).say(sentence)):
                for program in self.programs:
                    program.check()
                if time.monotonic() > until:
                    raise Failed(f"no answer after {READY_LIMIT:.0f} s; see {RUN}.")
                time.sleep(0.1)

    def memory(self) -> tuple[int, int]:
        """Returns the bytes that the engine holds, and those of both programs."""
        everything = {pid for program in self.programs for pid in family(program.pid)}
        return memory(self.engine()), memory(everything)

    def stop(self) -> None:
        """Ends all of it."""
        with ExitStack() as ending:
            for program in self.programs:
                ending.callback(program.stop)


class Stock:
    """Rasa as it comes: its default pipeline, its action server, its in-memory tracker store."""

    name = "stock"

    def __init__(self) -> None:
        """Lays out a project as Rasa's documentation has it, with this repository's training data."""
        self._folder = RUN / "stock"
        for part in (*DATA, "domain.yml"):
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            (self._folder / part).parent.mkdir(parents=True, exist_ok=True)
            copy(ROOT / part, self._folder / part)
        for name in ("config.yml", "endpoints.yml", "credentials.yml"):
            shutil.copy(STOCK / name, self._folder)
        shutil.copy(Path(__file__).with_name("fixed_actions.py"), self._folder / "actions.py")

    def train(self, *, reuse: bool) -> Measured:
        """Trains from nothing: no cache of an earlier training.

        Args:
            reuse: takes the model of an earlier run, where there is one of the same data, with that run's figures.
        """
        total = hashlib.sha256((STOCK / "lock.txt").read_bytes())
        for file in sorted(self._folder.rglob("*.yml")):
            total.update(file.read_bytes())
        kept = KEPT / f"{total.hexdigest()[:16]}.tar.gz"
        model, took = self._folder / "models" / "model.tar.gz", kept.with_suffix(".json")
        if reuse and kept.exists() and took.exists():
            model.parent.mkdir()
            shutil.copy(kept, model)
            return Measured(**json.loads(took.read_text()))
        done = self._rasa("train", "--data", *DATA, "--fixed-model-name", "model").wait()
        KEPT.mkdir(parents=True, exist_ok=True)
        shutil.copy(model, kept)
        took.write_text(json.dumps(asdict(done)))
        return done

    def start(self) -> Running:
        """Starts action server and engine together."""
        port, actions_port = free_port(), free_port()
        actions = Program(
            [STOCK_PYTHON, "-m", "rasa_sdk", "--actions", "actions", "--port", str(actions_port)],
            self._folder / "actions.log",
            self._folder,
        )
        engine = self._rasa(
            "run", "--model", "models/model.tar.gz", "--interface", "127.0.0.1", "--port", str(port),
            "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
            STOCK_ACTIONS_URL=f"http://127.0.0.1:{actions_port}/webhook",
        )  # fmt: skip
        return Running(port, RestTalk, "/", [engine, actions], lambda: family(engine.pid))

    def _rasa(self, *arguments: str, **more: str) -> Program:
        return Program([STOCK_PYTHON.with_name("rasa"), *arguments], self._folder / "rasa.log", self._folder, **more)


class Ours:
    """Our engine with the trivial actions, as the product runs it: SQL tracker store, actions behind the token."""

    name = "ours"

    def __init__(self) -> None:
        """Makes a ``var`` of its own."""
        self._settings = load({"XIADU_VAR": str(RUN / "ours")}, port=0)
        self.model = model_file(self._settings)

    def train(self, *, reuse: bool) -> Measured:
        """Trains from nothing, which is quick: an earlier model is never used again."""
        return self._engine(
            "train", "--data", *DATA,
            "--out", str(self.model.parent), "--fixed-model-name", self.model.name.removesuffix(".tar.gz"),
            RASA_CACHE_DIRECTORY=str(RUN / "ours" / "rasa-cache"),
        ).wait()  # fmt: skip

    def start(self) -> Running:
        """Starts action service and engine together."""
        port, actions_port = free_port(), free_port()
        token = self._settings.inner_token.reveal()
        actions = Program(
            [sys.executable, "-m", "benchmarks.engine.action_service", str(actions_port)],
            RUN / "ours" / "actions.log",
            XIADU_ACTIONS_TOKEN=token,
        )
        engine = self._engine(
            "run", "--model", str(self.model), "--interface", "127.0.0.1", "--port", str(port),
            "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
            XIADU_ACTIONS_URL=f"http://127.0.0.1:{actions_port}/actions",
            XIADU_ACTIONS_TOKEN=token,
            XIADU_ENGINE_TOKEN=token,
            XIADU_TRACKER_DB=str(self._settings.tracker_file),
        )  # fmt: skip
        return Running(port, RestTalk, "/", [engine, actions], lambda: family(engine.pid))

    def _engine(self, *arguments: str, **more: str) -> Program:
        env = engine_environment(self._settings, **more)
        return Program([ENGINE_PYTHON, "-m", "engine", *arguments], RUN / "ours" / "engine.log", ROOT, **env)


class Product:
    """``xiadu serve`` with its real actions and facts, through its own API."""

    name = "product"

    def __init__(self, model: Path) -> None:
        """Makes a ``var`` of its own.

        Args:
            model: what :class:`Ours` trained; the product finds it and trains nothing.
        """
        self._var = RUN / "product"
        (self._var / "models").mkdir(parents=True)
        shutil.copy(model, self._var / "models")

    def start(self) -> Running:
        """Starts the product; the first start also fills its database."""
        told = self._var / "service.json"
        told.unlink(missing_ok=True)
        program = Program(
            [sys.executable, "-m", "xiadu", "serve", "--port", "0"],
            RUN / "product.log",
            XIADU_VAR=str(self._var),
            XIADU_ENGINE_PYTHON=str(ENGINE_PYTHON),
            XIADU_CONVERSATION_RATE="100000 per second",
            XIADU_ADDRESS_RATE="100000 per second",
        )
        return Running(_port(told, program), ProductTalk, "/ready", [program], lambda: family(program.pid)[1:])


def clear() -> None:
    """Removes what the last run wrote."""
    for old in RUN.iterdir() if RUN.exists() else ():
        if old.is_file():
            old.unlink()
        elif old != KEPT:
            shutil.rmtree(old)
    (RUN / "ours").mkdir(parents=True)


def _port(told: Path, program: Program) -> int:
    """Waits until the product has told its address."""
    until = time.monotonic() + READY_LIMIT
    while time.monotonic() < until:
        program.check()
        with suppress(OSError, ValueError):
            return int(json.loads(told.read_text())["url"].rpartition(":")[2])
        time.sleep(0.05)
    raise Failed(f"the product told no address; see {program.log}.")


System = Stock | Ours | Product
