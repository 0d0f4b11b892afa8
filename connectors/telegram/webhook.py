"""Where Telegram delivers what is new, for who has a public address."""

from __future__ import annotations

import hmac
import json
import logging

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.telegram.bot import Connector

logger = logging.getLogger(__name__)

PATH = "/telegram/webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
LONGEST_BODY = 1_048_576  # bytes; updates have a few thousand


def webhook_route(connector: Connector) -> Route:
    """Makes the webhook's route. It answers as soon as an update is kept; the work is done afterwards."""
    secret = connector.secret.encode()

    async def deliver(request: Request) -> Response:
        # Before anything is read: whoever doesn't know the secret isn't Telegram.
        if not hmac.compare_digest(request.headers.get(HEADER, "").encode(), secret):
            return Response(status_code=403)
        received = bytearray()
        async for chunk in request.stream():
            received += chunk
            if len(received) > LONGEST_BODY:
                return Response(status_code=413)
        try:
            content = json.loads(received)
        except (ValueError, RecursionError):
            logger.warning("Telegram's webhook got something that is no JSON; it is left out.")
            return Response()  # with anything else Telegram would send it again and again
        try:
            taken = await connector.deliver(content)
        except SQLAlchemyError as error:
            logger.error("An update can't be kept: %s; Telegram sends it again.", getattr(error, "orig", error))
            taken = False
        return Response(status_code=200 if taken else 503)

    return Route(PATH, deliver, methods=["POST"])
