"""What goes wrong because a test ordered it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.helpers.bot_api.limits import Refused
from tests.helpers.bot_api.records import Call

DESCRIPTIONS = {
    400: "Bad Request: ordered by a test",
    401: "Unauthorized",
    403: "Forbidden: ordered by a test",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
When = bool | Literal["after"]


@dataclass
class Failure:
    """An order to fail.

    Attributes:
        method: of which calls; ``*`` for all.
        times: how many are left; None for all that come.
        hang: never answer; ``"after"`` the work was done.
        drop: close the connection; ``"after"`` the work was done.
        body: what is answered instead of JSON, as by a proxy.
        count: how often it struck.
    """

    method: str
    status: int = 500
    description: str | None = None
    retry_after: int | None = None
    chat: int | None = None
    times: int | None = 1
    hang: When = False
    drop: When = False
    body: bytes | None = None
    count: int = 0

    @property
    def works_first(self) -> bool:
        return "after" in (self.hang, self.drop)

    def takes(self, call: Call) -> bool:
        """Says whether it strikes this call, and counts that."""
        if self.times is not None and self.count >= self.times:
            return False
        if self.method not in ("*", call.method) or self.chat not in (None, call.params.get("chat_id")):
            return False
        self.count += 1
        return True

    def refusal(self) -> Refused:
        """Gives the error that is answered."""
        if self.retry_after is not None:
            return too_many(self.retry_after, self.status, self.description)
        return Refused(self.description or DESCRIPTIONS.get(self.status, "Error"), self.status)


def too_many(seconds: int, status: int = 429, description: str | None = None) -> Refused:
    """Makes the error for too many calls."""
    return Refused(description or f"Too Many Requests: retry after {seconds}", status, retry_after=seconds)


class Struck(Exception):
    """A waiting call that an order struck.

    Args:
        failure: the order.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure
