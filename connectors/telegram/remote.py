"""A service on another host, asked through its API."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from typing import Any

import httpx

from connectors.channels import KEY_HEADER
from connectors.telegram.assistant import AT_ONCE, PATIENCE, CannotAnswer
from conversations.talk import Incoming, KeyReused, NothingSaid, Outgoing, UnknownButton, UnknownConversation
from settings import Secret, is_on_this_machine

logger = logging.getLogger(__name__)

TIMEOUT = 10.0  # seconds for one call; the service itself answers within 3
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0


class _UnknownMessage(Exception):
    """The conversation has no such message."""


REFUSALS: dict[str, type[Exception]] = {
    "empty-message": NothingSaid,
    "unknown-conversation": UnknownConversation,
    "unknown-token": UnknownConversation,
    "token-needed": UnknownConversation,
    "unknown-message": _UnknownMessage,
    "unknown-button": UnknownButton,
    "key-reused": KeyReused,
}


class WrongKey(CannotAnswer):
    """The service doesn't take our key."""


class There:
    """A service on another host. A conversation is known by its token here.

    Args:
        url: of the service, e.g. ``https://ask.example.gov.cn``.
        key: what it wants to see (``XIADU_TELEGRAM_KEY``).
        patience: seconds to go on trying before a question is given up.
    """

    def __init__(self, url: str, key: Secret, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._engine_is_up = False
        self._patient = True
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={KEY_HEADER: key.reveal()},
            timeout=TIMEOUT,
            trust_env=not is_on_this_machine(url),
        )

    async def check(self) -> str | None:
        """Tries address and key; gives what is wrong in words, or None."""
        try:
            await self._call("GET", "/api/messages", patience=0.0)
        except WrongKey as error:
            return str(error)
        except CannotAnswer as error:
            return f"The service can't be reached from here: {error}."
        except UnknownConversation:
            return None
        return None

    async def ask(self, question: Incoming) -> Outgoing:
        """Answers a question."""
        body = {
            "conversation": question.conversation,
            "id": question.key,
            "text": None if question.text is None else _whole(question.text),
            "button": question.button,
            "language": question.language,
        }
        said = {name: value for name, value in body.items() if value is not None}
        answer = await self._call("POST", "/api/messages", said, for_engine=True)
        return Outgoing(answer["conversation"], answer["messages"])

    async def history(self, conversation: str) -> list[dict[str, Any]]:
        """Gives the whole talk."""
        messages: list[dict[str, Any]] = (await self._call("GET", "/api/messages", token=conversation))["messages"]
        return messages

    async def rate(self, conversation: str, message: str, rating: str, comment: str | None = None) -> bool:
        """Keeps an opinion."""
        body = {"conversation": conversation, "message": message, "rating": rating}
        try:
            await self._call("POST", "/api/feedback", body if comment is None else {**body, "comment": comment})
        except _UnknownMessage:
            return False
        return True

    async def forget(self, conversation: str) -> None:
        """Deletes a conversation everywhere."""
        await self._call("DELETE", "/api/conversation", token=conversation)

    async def close(self) -> None:
        """Closes all connections."""
        await self._client.aclose()

    async def _wait_for_engine(self, pauses: _Pauses) -> None:
        """Waits while the service's engine starts; after that the question itself finds out."""
        while not self._engine_is_up:
            with contextlib.suppress(httpx.HTTPError, ValueError, AttributeError):
                self._engine_is_up = bool((await self._client.get("/ready")).json().get("engine"))
            if self._engine_is_up:
                self._patient = True
            elif not self._patient or not await pauses.next():
                self._patient = False  # something is amiss with it: nobody else waits for nothing
                return

    async def _call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        token: str | None = None,
        patience: float | None = None,
        for_engine: bool = False,
    ) -> dict[str, Any]:
        """Calls the API, again and again while it can't be reached.

        Args:
            method: of HTTP.
            path: of the API.
            body: for JSON.
            token: of the conversation.
            patience: seconds to go on trying; those of the constructor where None.
            for_engine: whether the engine is to be up, also after the service came back.

        Raises:
            CannotAnswer: patience is at its end.
            WrongKey: the service doesn't take our key.
        """
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        content = None if body is None else json.dumps(body).encode()  # in ASCII: any text can be written so
        pauses = _Pauses(self._patience if patience is None else patience)
        while True:
            if for_engine:
                await self._wait_for_engine(pauses)
            try:
                async with self._at_once:  # for the call alone: who waits for the service holds up nobody
                    response = await self._client.request(method, path, content=content, headers=headers)
                answer: Any = response.json() if response.content else {}
            except (httpx.HTTPError, ValueError) as error:
                self._engine_is_up = False
                problem = f"{type(error).__name__} at {self._client.base_url}"
            else:
                if response.is_success and isinstance(answer, dict):
                    return answer
                problem = self._refusal(response.status_code, answer)
            if not await pauses.next():
                raise CannotAnswer(problem)

    def _refusal(self, status: int, content: Any) -> str:
        """Raises what trying again can't mend; describes the rest."""
        kind = str(content.get("type", "")) if isinstance(content, dict) else ""
        name = kind.removeprefix("urn:xiadu:problem:")
        if name == "unknown-key":
            raise WrongKey("The service doesn't take this XIADU_TELEGRAM_KEY.")
        if name in REFUSALS:
            raise REFUSALS[name]
        if 400 <= status < 500 and status != 429:
            raise CannotAnswer(f"status {status}, {name or 'no answer of ours'}")
        return f"status {status}"


def _whole(text: str) -> str:
    """Replaces halves of characters, which JSON may hold and the API refuses."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _Pauses:
    """Longer and longer pauses, until patience is at its end."""

    def __init__(self, patience: float) -> None:
        self._end = asyncio.get_running_loop().time() + patience
        self._pause = FIRST_PAUSE

    async def next(self) -> bool:
        """Waits; False where it is of no use any more."""
        if asyncio.get_running_loop().time() + self._pause > self._end:
            return False
        await asyncio.sleep(self._pause)
        self._pause = min(LONGEST_PAUSE, self._pause * 2)
        return True
