"""``xiadu telegram check``: whether token, address and webhook are right, in plain words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx
from telegram import Bot, WebhookInfo
from telegram.error import InvalidToken, TelegramError

from connectors.telegram.bot import TOKEN
from connectors.telegram.line import CONNECT, Line, cause_of
from settings import Telegram, is_on_this_machine


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    good: bool
    text: str


async def check(chosen: Telegram) -> list[Finding]:
    """Looks at token, address and webhook.

    Args:
        chosen: the settings.

    Returns:
        What was found, in order; it ends at the first thing that stands in the way of the rest.
    """
    if chosen.token is None:
        return [
            Finding(False, "Token: none. Set TELEGRAM_TOKEN to what @BotFather gave you; without it Telegram is off.")
        ]
    if not TOKEN.fullmatch(chosen.token.reveal()):
        text = "Token: TELEGRAM_TOKEN doesn't look like one (digits, a colon, then at least 20 letters and digits)."
        return [Finding(False, text)]
    bot = Line(chosen, None)
    try:
        return await _look(chosen, bot)
    finally:
        await bot.shutdown()


async def _look(chosen: Telegram, bot: Line) -> list[Finding]:
    way = chosen.api_base_url + (" through TELEGRAM_PROXY" if chosen.proxy is not None else "")
    try:
        await bot.initialize()
    except InvalidToken:
        reached = Finding(True, f"Address: {way} answers.")
        return [reached, Finding(False, "Token: wrong, Telegram refuses TELEGRAM_TOKEN. Ask @BotFather for it again.")]
    except TelegramError as error:
        return [
            Finding(
                False,
                f"Address: {way} can't be reached from here ({cause_of(error) or error.message}). {_advice(chosen)}",
            )
        ]
    try:
        found = [
            Finding(True, f"Address: {way} answers."),
            Finding(True, f"Token: right, it is that of @{bot.username} ({bot.first_name})."),
        ]
        return found + await _webhook(chosen, bot)
    except TelegramError as error:
        return [*found, Finding(False, f"Webhook: Telegram doesn't say ({cause_of(error) or error.message}).")]


async def _webhook(chosen: Telegram, bot: Bot) -> list[Finding]:
    info = await bot.get_webhook_info()
    if chosen.webhook_url is None:
        if info.url:
            text = (
                f"Way in: long polling is chosen, but Telegram still delivers to {info.url}. "
                "The start of the service ends that."
            )
            return [Finding(True, text)]
        return [Finding(True, f"Way in: long polling; {_waiting(info)}")]
    found = [_registered(chosen.webhook_url, info)]
    if info.last_error_message:
        at = f" ({_moment(info.last_error_date)})" if info.last_error_date else ""
        found.append(Finding(False, f"Webhook: Telegram's last delivery failed{at}: {info.last_error_message}."))
    found.append(await _reached(chosen.webhook_url))
    return found


def _registered(url: str, info: WebhookInfo) -> Finding:
    if info.url == url:
        return Finding(True, f"Webhook: Telegram delivers to {url}; {_waiting(info)}")
    if info.url:
        return Finding(
            False, f"Webhook: Telegram delivers to {info.url}, not to {url}. Start the service, which sets it."
        )
    return Finding(False, f"Webhook: not set at Telegram yet. Start the service, which sets it to {url}.")


async def _reached(url: str) -> Finding:
    """Knocks at the webhook without the secret: ours refuses that with 403, and a look at it with 405."""
    try:
        # What is on this machine is never reached through the environment's proxy.
        async with httpx.AsyncClient(timeout=CONNECT, trust_env=not is_on_this_machine(url)) as client:
            looked, knocked = (await client.get(url)).status_code, (await client.post(url, content=b"{}")).status_code
    except httpx.HTTPError as error:
        text = f"Webhook: {url} can't be reached from here ({type(error).__name__}); Telegram itself may reach it."
        return Finding(False, text)
    if (looked, knocked) == (405, 403):
        return Finding(True, f"Webhook: {url} leads to this service.")
    text = f"Webhook: at {url} something else answers (status {looked}). The proxy must hand it to /telegram/webhook."
    return Finding(False, text)


def _waiting(info: WebhookInfo) -> str:
    count = info.pending_update_count
    return "nothing waits." if not count else "one update waits." if count == 1 else f"{count} updates wait."


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _advice(chosen: Telegram) -> str:
    if chosen.proxy is not None:
        return "Is TELEGRAM_PROXY right, and does it run?"
    return "From where Telegram is out of reach, set TELEGRAM_PROXY or TELEGRAM_API_BASE_URL, or run the connector elsewhere."


def show(findings: list[Finding], say: Callable[[str], None]) -> int:
    """Prints what was found; gives the exit code."""
    for finding in findings:
        say(f"{'ok' if finding.good else 'NO'}  {finding.text}")
    return 0 if all(finding.good for finding in findings) else 1
