"""The JSON API in this process: a fake engine, a real database of its own, and no network."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any, cast

import httpx
from starlette.applications import Starlette

from connectors.limits import Limits
from connectors.web_chat import make_routes
from connectors.web_chat.problems import HANDLERS
from connectors.web_chat.schemas import Answer, ProblemDocument
from conversations.engine_client import EngineClient
from conversations.talk import CHOOSE, Conversations
from conversations.tokens import Tokens
from facts.database import Database
from settings import Secret
from tests.helpers import handmade
from tests.helpers.fake_engine import Asked, FakeEngine, button, message

LANGUAGES = ("en", "zh")
OFTEN = "100000 per second"


def say(asked: Asked) -> list[dict[str, Any]]:
    """Answers as an engine that must never be given a command or nothing."""
    assert asked.text == CHOOSE or (asked.text.strip() and not asked.text.strip().startswith("/")), asked
    return [message(buttons=[button("More", fact="forum-what", part="full")])]


class Web:
    """The API.

    Args:
        folder: for its database.
        migrated_file: a database to copy.
        says: see :class:`FakeEngine`.
        conversation_rate: messages of one conversation.
        address_rate: messages of one address.
    """

    def __init__(
        self,
        folder: Path,
        migrated_file: Path,
        says: Any = say,
        conversation_rate: str = OFTEN,
        address_rate: str = OFTEN,
    ) -> None:
        self.tracker_file = folder / "tracker.db"
        self.database = Database(f"sqlite:///{shutil.copy(migrated_file, folder / 'xiadu.db')}")
        handmade.fill(self.database)
        self.engine = FakeEngine(says)
        self.tokens = Tokens(Secret("a signing key of a test, long enough"))
        conversations = Conversations(
            self.database,
            handmade.answers_from(self.database),
            cast(EngineClient, self.engine),
            self.tracker_file,
        )
        self.routes = make_routes(conversations, self.tokens, Limits(conversation_rate, address_rate), LANGUAGES, "7")
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(
                Starlette(routes=self.routes, exception_handlers=HANDLERS), raise_app_exceptions=False
            ),
            base_url="http://xiadu.test",
        )

    def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Sends one request."""
        return self.send_at_once([(method, path, request)])[0]

    def send_at_once(self, requests: list[tuple[str, str, dict[str, Any]]]) -> list[httpx.Response]:
        """Sends several requests at the same time."""

        async def all_of_them() -> list[httpx.Response]:
            return list(await asyncio.gather(*(self._client.request(m, p, **more) for m, p, more in requests)))

        return self._runner.run(all_of_them())

    def post(self, body: Any, path: str = "/api/messages", token: str | None = None) -> httpx.Response:
        """Posts JSON; lone surrogates and what else Python's JSON allows go as escapes, bytes as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send("POST", path, content=content, headers=bearer(token))

    def get(self, token: str | None = None, path: str = "/api/messages") -> httpx.Response:
        """Reads the talk."""
        return self.send("GET", path, headers=bearer(token))

    def ask(self, text: str = "Hello", **more: Any) -> dict[str, Any]:
        """Sends a message that must be answered, and returns the answer."""
        return answered(self.post({"text": text, **more}))

    def wait(self, seconds: float) -> None:
        """Lets time pass."""
        self._runner.run(asyncio.sleep(seconds))

    def close(self) -> None:
        """Closes connections and loop."""
        self._runner.run(self._client.aclose())
        self._runner.close()
        self.database.close()


def bearer(token: str | None) -> dict[str, str]:
    """The header that speaks for a conversation."""
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def answered(response: httpx.Response) -> dict[str, Any]:
    """Checks that a response is an answer of the contract, and returns it."""
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == "application/json"
    content: dict[str, Any] = response.json()
    answer = Answer.model_validate(content)
    assert answer.conversation
    assert answer.messages
    assert all(said.text.strip() for said in answer.messages)
    return content


def refused(response: httpx.Response) -> dict[str, Any]:
    """Checks that a response is a problem document of RFC 9457, and returns it."""
    assert response.status_code >= 400, response.text
    assert response.headers["Content-Type"] == "application/problem+json", response.text
    content: dict[str, Any] = response.json()
    problem = ProblemDocument.model_validate(content)
    assert problem.type.startswith("urn:xiadu:problem:")
    assert problem.title
    assert problem.detail
    assert problem.status == response.status_code
    return content


def problem_of(response: httpx.Response) -> tuple[int, str]:
    """The status and the kind of a problem."""
    return response.status_code, refused(response)["type"].removeprefix("urn:xiadu:problem:")


def answered_or_refused(response: httpx.Response) -> int:
    """Checks that a response is an answer or a problem of the client's, never a fault of ours; returns the status."""
    if response.status_code == 200:
        answered(response)
    else:
        refused(response)
        assert 400 <= response.status_code < 500, response.text
    return response.status_code
