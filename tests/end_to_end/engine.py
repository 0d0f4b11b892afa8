"""Rasa's own tools with the model of the run, in the engine's environment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from settings import ROOT, Settings, load
from xiadu.training import engine_environment, train

LIMIT = 120  # seconds


def settings_of(var: Path) -> Settings:
    """The settings of a test's folder."""
    return load({**os.environ, "XIADU_VAR": str(var)})


@cache
def model_in(var: Path) -> Path:
    """The model of the whole run, trained where it isn't there yet."""
    return train(settings_of(var))


def run(var: Path, arguments: Iterable[str], said: str = "") -> subprocess.CompletedProcess[str]:
    """Runs the engine's Python to its end.

    Args:
        var: the folder of the run.
        arguments: of the interpreter.
        said: its standard input.
    """
    settings = settings_of(var)
    environ = engine_environment(
        settings,
        XIADU_ACTIONS_URL="http://127.0.0.1:9/actions",  # nobody is there: these tools predict, they don't act
        XIADU_ACTIONS_TOKEN="an-actions-token-of-a-test",
        XIADU_ENGINE_TOKEN="an-engine-token-of-a-test",
        XIADU_TRACKER_DB=str(var / "tools-tracker.db"),
    )
    del environ["XIADU_DIE_WITH_PARENT"]  # standard input ends at once here
    command = [str(settings.engine_python), *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, input=said, capture_output=True, text=True, timeout=LIMIT)


def show(ended: subprocess.CompletedProcess[str]) -> str:
    """What a process printed, for a failed test's message."""
    return f"exit code {ended.returncode}\n{ended.stdout[-4000:]}\n{ended.stderr[-4000:]}"
