"""The whole product, started as its users start it, for tests that need the real thing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from settings import ROOT

START_LIMIT = 180.0  # seconds, training included
STOP_LIMIT = 5.0


class Product:
    """A running ``xiadu serve``.

    Args:
        var: its folder; a model that is there already is used.
        environ: further variables.
    """

    def __init__(self, var: Path, **environ: str) -> None:
        self.var = var
        # Tests speak more often than people do.
        self.environ = {
            **os.environ,
            "XIADU_VAR": str(var),
            "XIADU_CONVERSATION_RATE": "100000 per second",
            "XIADU_ADDRESS_RATE": "100000 per second",
            **environ,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def start(self, *, wait: bool = True, port: int = 0) -> Product:
        """Starts it, and waits until engine and database are ready; on a port of the system's choice, unless one is given."""
        (self.var / "service.json").unlink(missing_ok=True)
        with (self.var / "serve.log").open("ab") as log:
            command = [sys.executable, "-m", "xiadu", "serve", "--port", str(port)]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environ, stdout=log, stderr=log)
        until(lambda: self._address() or self._ended(), START_LIMIT, self.log)
        self.url = self._address() or ""
        assert self.url, self.log()
        if wait:
            self.wait_until_ready()
        return self

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Stops it and returns the seconds that took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        try:
            self.process.wait(STOP_LIMIT + 10)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
        return time.monotonic() - began

    def wait_until_ready(self) -> None:
        """Waits until ``/ready`` says so."""

        def ready() -> bool:
            try:
                return requests.get(f"{self.url}/ready", timeout=5).ok
            except requests.ConnectionError:
                return bool(self._ended())

        until(ready, START_LIMIT, self.log)

    def ask(self, text: str | None = None, conversation: str | None = None, **more: Any) -> dict[str, Any]:
        """Sends a message and returns the whole answer; anything but 200 is an error."""
        response = self.post(text=text, conversation=conversation, **more)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        assert answer["messages"], answer
        return answer

    def reply(self, text: str, **more: Any) -> dict[str, Any]:
        """Asks in a conversation of its own and returns the one reply."""
        (message,) = self.ask(text, **more)["messages"]
        return message  # type: ignore[no-any-return]

    def post(self, **body: Any) -> requests.Response:
        """Posts a message, leaving out what is None."""
        sent = {name: value for name, value in body.items() if value is not None}
        return requests.post(f"{self.url}/api/messages", json=sent, timeout=15)

    def history(self, conversation: str) -> list[dict[str, Any]]:
        """Reads a whole talk."""
        response = requests.get(f"{self.url}/api/messages", headers=bearer(conversation), timeout=15)
        assert response.status_code == 200, response.text
        messages: list[dict[str, Any]] = response.json()["messages"]
        return messages

    @property
    def engine_pid(self) -> int | None:
        """The engine's process: our child that runs ``engine run``."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for child in children:
            command = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if b"engine" in command and b"run" in command:
                return int(child)
        return None

    def log(self) -> str:
        """What it printed, for a failed test's message."""
        return (self.var / "serve.log").read_text(errors="replace")[-4000:]

    def _address(self) -> str | None:
        try:
            return str(json.loads((self.var / "service.json").read_text())["url"])
        except (OSError, ValueError):
            return None

    def _ended(self) -> bool:
        return self.process is None or self.process.poll() is not None


def bearer(conversation: str) -> dict[str, str]:
    """The header that speaks for a conversation."""
    return {"Authorization": f"Bearer {conversation}"}


def until(condition: Callable[[], Any], limit: float, explain: Callable[[], str] = str) -> None:
    """Waits for a condition; after ``limit`` seconds it fails with what ``explain`` says."""
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, f"not within {limit} s: {explain()}"
        time.sleep(0.05)
