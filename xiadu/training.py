"""Trains the model when what it learns from has changed: told by a fingerprint of the content, not by dates."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

from settings import ROOT, Settings

# What the model is made of. The lock stands for the versions of Rasa and what it uses.
PARTS = (
    "config.yml",
    "domain.yml",
    "data/nlu",
    "data/rules",
    "data/stories",
    "data/facts/_places.yml",
    "data/search",
    "engine/entities.py",
    "engine/featurizer.py",
    "engine/tokenizer.py",
    "locks/engine.txt",
)


KEPT_MODELS = 2


class TrainingFailed(Exception):
    """The message says in a sentence what happened, and where more stands."""


def fingerprint(root: Path = ROOT) -> str:
    """Returns a hash of everything that the model is made of."""
    total = hashlib.sha256()
    for part in PARTS:
        path = root / part
        for file in sorted(path.rglob("*.y*ml")) if path.is_dir() else [path]:
            total.update(
                f"{file.relative_to(root).as_posix()}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\0".encode()
            )
    return total.hexdigest()


def model_file(settings: Settings) -> Path:
    """Names the trained model of the content as it is now; it exists once that was trained."""
    return settings.models / f"model-{fingerprint()[:16]}.tar.gz"


def train(settings: Settings, *, again: bool = False) -> Path:
    """Trains where needed.

    Args:
        settings: where the model goes.
        again: trains even if nothing has changed.

    Returns:
        The model's file.

    Raises:
        TrainingFailed: Rasa could not learn from the files.
    """
    model = model_file(settings)
    if model.exists() and not again:
        return model
    settings.models.mkdir(parents=True, exist_ok=True)
    log = settings.var / "log" / "training.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    unfinished = f"training-{os.getpid()}"
    command = [
        str(settings.engine_python), "-m", "engine", "train",
        "--data", "data/nlu", "data/rules", "data/stories",
        "--out", str(settings.models), "--fixed-model-name", unfinished,
        "--force",  # our fingerprint knows more than Rasa's cache, which sees only the class of a component
    ]  # fmt: skip
    with log.open("wb") as output:
        child = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=output, stderr=output, env=engine_environment(settings)
        )
        try:
            _show_progress(child)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
            if child.stdin is not None:
                child.stdin.close()
    made = settings.models / f"{unfinished}.tar.gz"
    if child.returncode or not made.exists():
        made.unlink(missing_ok=True)
        raise TrainingFailed(f"The model could not be trained: {_reason(log)} The whole story is in {log}.")
    made.replace(model)
    # The one before may be that of a running service, which needs it should its engine have to start again.
    newest_first = sorted(settings.models.glob("model-*.tar.gz"), key=lambda file: -file.stat().st_mtime)
    for older in newest_first[KEPT_MODELS:]:
        older.unlink(missing_ok=True)
    return model


def engine_environment(settings: Settings, **more: str) -> dict[str, str]:
    """Gives the environment of an engine process: ours, without what would lead Python astray."""
    kept = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    }
    settings.cache.mkdir(parents=True, exist_ok=True)
    return kept | {
        "XIADU_CACHE": str(settings.cache),
        "XIADU_DIE_WITH_PARENT": "1",
        "PYTHONWARNINGS": "ignore",
        "PYTHONUNBUFFERED": "1",
        "RASA_CACHE_DIRECTORY": str(settings.cache / "rasa"),
        "MPLCONFIGDIR": str(settings.cache),
        "LOG_LEVEL": "INFO",
        **more,
    }


def _show_progress(child: subprocess.Popen[bytes]) -> None:
    began = time.monotonic()
    print("Training the language model (about a minute) ...", end="", file=sys.stderr, flush=True)
    while True:
        try:
            child.wait(timeout=2)
        except subprocess.TimeoutExpired:
            print(".", end="", file=sys.stderr, flush=True)
        else:
            print(f" {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            return


def _reason(log: Path) -> str:
    """Gives the last telling line of the log."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if "Error" in line or "Exception" in line or line.startswith("engine:")]
    return (telling or lines or ["the engine's environment did not start."])[-1].rstrip(".") + "."
