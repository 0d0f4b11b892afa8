"""The line to Telegram: the library's bot, through a proxy where there is one."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from telegram import Update
from telegram.error import InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.ext import BaseRateLimiter, ExtBot
from telegram.request import HTTPXRequest

from connectors.telegram.inbox import number_of, read_update
from settings import Telegram, is_on_this_machine

logger = logging.getLogger(__name__)

CONNECTIONS = 32
CONNECT, READ, POOL = 5.0, 10.0, 30.0  # seconds


def cause_of(error: TelegramError) -> str | None:
    """Names what is behind an error, without the address that was called: the token stands in it."""
    return type(error.__cause__).__name__ if error.__cause__ is not None else None


class Line(ExtBot[None]):
    """The library's bot, which news that it can't read don't stop.

    Args:
        chosen: the settings.
        limiter: paces the calls.
        refused: is told once Telegram doesn't take the token any more.
    """

    def __init__(
        self, chosen: Telegram, limiter: BaseRateLimiter[Any] | None, refused: Callable[[], None] | None = None
    ) -> None:
        if chosen.token is None:
            raise ValueError("no token")
        super().__init__(
            token=chosen.token.reveal(),
            base_url=f"{chosen.api_base_url}/bot",
            base_file_url=f"{chosen.api_base_url}/file/bot",
            request=_request(chosen, READ),
            get_updates_request=_request(chosen, READ),
            rate_limiter=limiter,
        )
        self._refused = refused

    async def get_updates(self, *args: Any, **options: Any) -> tuple[Update, ...]:
        """Asks for news. One update that can't be read doesn't keep the others from being read, nor comes again for ever."""
        try:
            return await super().get_updates(*args, **options)
        except InvalidToken:
            if self._refused is not None:
                self._refused()
            raise
        except TimedOut as error:
            raise NetworkError("no answer") from error  # the library would ask again at once, and tell nobody
        except TelegramError:
            raise
        except Exception as error:
            logger.warning("Telegram's news could not be read at once (%s); one by one now.", type(error).__name__)
        return await self._one_by_one(options.get("offset"), options.get("allowed_updates"))

    async def _one_by_one(self, offset: int | None, allowed: Sequence[str] | None) -> tuple[Update, ...]:
        wanted = {"offset": offset, "timeout": 0, "allowed_updates": allowed}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library would rather have its own method called
            raw = await self.do_api_request("getUpdates", {name: v for name, v in wanted.items() if v is not None})
        news = []
        for content in raw if isinstance(raw, list) else []:
            update, number = read_update(content, self), number_of(content)
            if update is None and number is not None:
                update = Update(number)  # nothing in it, but it counts: the next call confirms it
            if update is not None:
                news.append(update)
        if raw and not news:
            raise NetworkError("nothing of it is an update")  # it would come again at once, without end
        return tuple(news)


class _Request(HTTPXRequest):
    """The library's calls, which take no word of a proxy's or of a page's for Telegram's.

    To the library a 404 is always a wrong token, and a 403 somebody who blocked the bot: both would be given up.
    """

    async def do_request(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        """Makes a call."""
        status, payload = await super().do_request(*args, **options)
        if not _is_of_the_api(payload):
            raise NetworkError(f"something else than the Bot API answers, status {status}")
        return status, payload


def _is_of_the_api(payload: bytes) -> bool:
    """Tells whether an answer is as the Bot API gives it: https://core.telegram.org/bots/api#making-requests."""
    try:
        content = json.loads(payload)
    except (ValueError, RecursionError):
        return False
    if not isinstance(content, dict) or not isinstance(content.get("ok"), bool):
        return False
    return "result" in content if content["ok"] else isinstance(content.get("error_code"), int)


def _request(chosen: Telegram, read: float) -> HTTPXRequest:
    direct = is_on_this_machine(chosen.api_base_url)
    return _Request(
        connection_pool_size=CONNECTIONS,
        proxy=chosen.proxy.reveal() if chosen.proxy is not None else None,
        connect_timeout=CONNECT,
        read_timeout=read,
        write_timeout=CONNECT,
        pool_timeout=POOL,
        # A server of the Bot API on this machine is never reached through the environment's proxy.
        httpx_kwargs={"trust_env": False} if direct else None,
    )
