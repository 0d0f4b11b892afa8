"""A client of the running service, for the terminal."""

from __future__ import annotations

import json
import os
import uuid
from typing import Any

import requests

from settings import ROOT, is_on_this_machine

PATIENCE = 10.0  # seconds; the service itself answers within 3


class NotRunning(Exception):
    """No service answers; the message says how to start it."""


class Refused(Exception):
    """The service answered with a problem document."""


class Client:
    """Asks the service, in one conversation.

    Args:
        url: of the service; without it ``XIADU_URL``, else the one that ``xiadu serve`` left.
    """

    def __init__(self, url: str | None = None) -> None:
        self.url = (url or os.environ.get("XIADU_URL") or _left_address()).rstrip("/")
        self.conversation: str | None = None
        self._session = requests.Session()
        # A service on this machine is never reached through a proxy.
        self._session.trust_env = not is_on_this_machine(self.url)

    def ask(self, *, text: str | None = None, button: str | None = None, language: str | None = None) -> dict[str, Any]:
        """Sends a text or a pressed button, and returns the whole contract.

        Raises:
            NotRunning: nothing answers.
            Refused: the service said why not.
        """
        body = {
            "conversation": self.conversation,
            "id": str(uuid.uuid4()),
            "text": text,
            "button": button,
            "language": language,
        }
        answer = self._send({name: value for name, value in body.items() if value is not None})
        self.conversation = answer["conversation"]
        return answer

    def _send(self, body: dict[str, Any]) -> dict[str, Any]:
        try:
            response = self._session.post(f"{self.url}/api/messages", json=body, timeout=PATIENCE)
            content: Any = response.json()
        except (requests.ConnectionError, requests.Timeout):
            raise NotRunning(_how_to_start(self.url)) from None
        except requests.RequestException as error:
            raise Refused(f"{self.url} gave no usable answer ({type(error).__name__}).") from None
        answer: dict[str, Any] = content if isinstance(content, dict) else {}
        if not response.ok or "messages" not in answer:
            raise Refused(answer.get("detail", f"status {response.status_code}"))
        return answer


def _left_address() -> str:
    file = os.path.join(os.environ.get("XIADU_VAR") or ROOT / "var", "service.json")
    try:
        with open(file, encoding="utf-8") as left:
            return str(json.load(left)["url"])
    except (OSError, ValueError, KeyError, TypeError):
        raise NotRunning(_how_to_start(None)) from None


def _how_to_start(url: str | None) -> str:
    where = f" at {url}" if url else ""
    return f"The assistant is not running{where}. Start it in another terminal with: ./scripts/serve"
