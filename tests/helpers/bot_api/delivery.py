"""Delivery of updates to a webhook: in order within a chat, chats side by side."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from tests.helpers.bot_api.methods import is_local
from tests.helpers.bot_api.records import Payload, Pending

if TYPE_CHECKING:
    from tests.helpers.bot_api.api import BotApi

RETRY_AFTER = 0.1  # seconds
MOST_TRIES = 50


class Webhook:
    """Where updates go. All but the constructor runs in the emulator's loop.

    Attributes:
        url: the address, as it was set.
        most: how many connections at a time.
        last_error: when a delivery failed, and how.
    """

    def __init__(self, api: BotApi, url: str, secret: str | None, most: int) -> None:
        self.url = url
        self.secret = secret
        self.most = most
        self.last_error: tuple[int, str] | None = None
        self._api = api
        self._gate = asyncio.Semaphore(most)
        self._taken: set[Pending] = set()
        self._queues: dict[int | None, deque[Pending]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: httpx.AsyncClient | None = None

    def add(self, pending: Pending) -> None:
        """Takes an update over, unless it did so already."""
        if pending in self._taken:
            return
        self._taken.add(pending)
        queue = self._queues.get(pending.key)
        if queue is not None:
            queue.append(pending)
            return
        self._queues[pending.key] = deque([pending])
        task = asyncio.get_running_loop().create_task(self._deliver_all(pending.key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def post(self, body: bytes, headers: dict[str, str] | None = None) -> int:
        """Posts to the webhook and returns the status."""
        if self._client is None:
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=self.most)
            self._client = httpx.AsyncClient(trust_env=False, verify=False, limits=limits)
        secret = {} if self.secret is None else {"X-Telegram-Bot-Api-Secret-Token": self.secret}
        sent = {"Content-Type": "application/json", **secret, **(headers or {})}
        response = await self._client.post(
            self._target(), content=body, headers=sent, timeout=self._api.webhook_timeout
        )
        return response.status_code

    async def close(self) -> None:
        """Stops delivering."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    def _target(self) -> str:
        parts = urlsplit(self.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        url = self._api.public.get(origin, origin) + self.url.removeprefix(origin)
        if not is_local(url):
            raise httpx.ConnectError("the emulator delivers only on this machine; see BotApi.public")
        return url

    async def _deliver_all(self, key: int | None) -> None:
        queue = self._queues[key]
        while queue:
            pending = queue[0]
            delivered = await self._deliver(pending)
            if delivered and self._api.deliver_twice:
                await self._deliver(pending)
            queue.popleft()
            if not delivered:
                self._api.undelivered.append(pending.payload)
            self._api.confirm(pending)
        del self._queues[key]

    async def _deliver(self, pending: Pending) -> bool:
        for attempt in range(MOST_TRIES):
            if attempt:
                await asyncio.sleep(RETRY_AFTER)
            async with self._gate:
                problem = await self._try(pending.payload)
            if problem is None:
                return True
            self.last_error = (int(time.time()), problem)
            self._api.note_change()
        return False

    async def _try(self, payload: Payload) -> str | None:
        try:
            status = await self.post(json.dumps(payload, ensure_ascii=False).encode("utf-8", "backslashreplace"))
        except httpx.TimeoutException:
            return "Read timeout expired"
        except httpx.ConnectError as problem:
            return str(problem) if "emulator" in str(problem) else "Connection refused"
        except httpx.HTTPError:
            return "Connection reset by peer"
        if 200 <= status < 300:
            return None
        return f"Wrong response from the webhook: {status} {httpx.codes.get_reason_phrase(status)}"
