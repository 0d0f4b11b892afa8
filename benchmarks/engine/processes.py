"""Starts, measures and ends programs: each in a session of its own, ended by its id with all that it started."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from settings import ROOT

STOP_LIMIT = 15.0
"""Seconds that a program may take to end before it is made to."""


_running: list[Program] = []


class Failed(Exception):
    """A program did not do what was asked; the message says where its log is."""


@dataclass(frozen=True)
class Measured:
    """A program that ran to its end: how long, and the memory of its largest process at the highest."""

    seconds: float
    peak: int


class Program:
    """A running program.

    Args:
        command: what to run.
        log: takes its output.
        cwd: the working folder.
        env: variables beside our own.
    """

    def __init__(self, command: Sequence[str | Path], log: Path, cwd: Path = ROOT, **env: str) -> None:
        self.log = log
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                [str(part) for part in command],
                cwd=cwd, env=os.environ | env, stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        self.pid = self._child.pid
        _running.append(self)

    def check(self) -> None:
        """Raises :class:`Failed` where the program has ended."""
        if self._child.poll() is not None:
            raise Failed(f"it ended with exit code {self._child.returncode}; {tail(self.log)}")

    def wait(self) -> Measured:
        """Waits for the end and returns what it took since just now."""
        began = time.monotonic()
        _, status, usage = os.wait4(self.pid, 0)
        self._child.returncode = os.waitstatus_to_exitcode(status)
        _running.remove(self)
        if self._child.returncode:
            raise Failed(f"it ended with exit code {self._child.returncode}; {tail(self.log)}")
        return Measured(time.monotonic() - began, usage.ru_maxrss * 1024)

    def stop(self) -> None:
        """Ends the program and every process that it started; by force those that don't go."""
        if self not in _running:
            return
        handles = []
        for pid in family(self.pid):
            with contextlib.suppress(ProcessLookupError):
                handles.append(os.pidfd_open(pid))  # a handle stands for this process even when its id is given anew
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGTERM)
        until = time.monotonic() + STOP_LIMIT
        for handle in handles:
            if not select.select([handle], [], [], max(0.0, until - time.monotonic()))[0]:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
            os.close(handle)
        self._child.wait()
        if self._child.stdin:
            self._child.stdin.close()
        _running.remove(self)


def stop_all() -> None:
    """Ends whatever still runs."""
    for program in list(_running):
        program.stop()


def family(pid: int) -> list[int]:
    """Returns a process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with contextlib.suppress(OSError):
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(folder.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def memory(pids: Iterable[int]) -> int:
    """Returns the bytes of memory that processes hold together, what they share counted once (PSS)."""
    return sum(_memory_of(pid) for pid in pids)


def _memory_of(pid: int) -> int:
    for file, name in ((f"/proc/{pid}/smaps_rollup", "Pss"), (f"/proc/{pid}/status", "VmRSS")):
        with contextlib.suppress(OSError):
            found = re.search(rf"^{name}:\s+(\d+) kB", Path(file).read_text(), re.MULTILINE)
            if found:
                return int(found[1]) * 1024
    return 0


def free_port() -> int:
    """Returns a port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def tail(log: Path) -> str:
    """Returns the end of a log, for a message."""
    lines = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else []
    return f"{log} ends with:\n" + "\n".join(lines)


def clean_environment() -> None:
    """Takes out of our environment, which all programs inherit, what would lead Python or one of them astray."""
    for name in list(os.environ):
        if name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV") or name.startswith(("XIADU_", "RASA_", "SANIC_")):
            del os.environ[name]
    os.environ.update(RASA_TELEMETRY_ENABLED="false", SANIC_HOST="127.0.0.1", PYTHONUNBUFFERED="1")
