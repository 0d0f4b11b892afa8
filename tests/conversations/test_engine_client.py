"""The engine's client, against a real server on this machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from types import SimpleNamespace

import pytest

from conversations import engine_client
from conversations.engine_client import FAILURES, IN_HAND, REST, EngineClient, EngineUnavailable
from settings import Secret
from tests.helpers.fake_engine import message
from tests.helpers.http_server import Answer, Answering, answering

GOOD = Answer({"messages": [message("Said.")]})
BROKEN = Answer({"error": "bad gateway"}, status=502)
LIMIT = 0.2


def with_client(server: Answering | str, use: Callable[[EngineClient], Awaitable[None]], timeout: float = 5.0) -> None:
    async def run() -> None:
        client = EngineClient(Secret("token of the engine"), timeout)
        client.at(server if isinstance(server, str) else server.url)
        try:
            await use(client)
        finally:
            await client.close()

    asyncio.run(run())


def test_a_message_goes_to_the_engine_and_its_replies_come_back() -> None:
    async def use(client: EngineClient) -> None:
        assert await client.ask("c-1", "What?", {"language": "en"}) == [message("Said.")]

    with answering(GOOD) as server:
        with_client(server, use)
    (call,) = server.calls
    assert (call.method, call.path, call.body) == (
        "POST",
        "/webhooks/xiadu/",
        {"sender": "c-1", "text": "What?", "metadata": {"language": "en"}},
    )
    assert {name.lower(): value for name, value in call.headers.items()}["x-xiadu-token"] == "token of the engine"


@pytest.mark.parametrize(
    "answer",
    [
        BROKEN,
        Answer({"messages": [message()]}, status=500),
        Answer({"messages": [message()]}, status=404),
        Answer(raw=b"this is no JSON"),
        Answer(raw=b"\xff\xfe\xfa"),
        Answer(raw=b""),
        Answer({"messages": []}),
        Answer({"messages": None}),
        Answer({"messages": {"text": "no list"}}),
        Answer({}),
        Answer([]),
        Answer("text"),
        Answer(None),
    ],
)
def test_an_answer_that_is_not_usable_is_told(answer: Answer) -> None:
    async def use(client: EngineClient) -> None:
        with pytest.raises(EngineUnavailable):
            await client.ask("c-1", "What?", {})

    with answering(answer) as server:
        with_client(server, use)
    assert len(server.calls) == 1


def test_an_engine_that_is_not_started_is_told() -> None:
    async def use(client: EngineClient) -> None:
        client._address = None
        with pytest.raises(EngineUnavailable, match="not started"):
            await client.ask("c-1", "What?", {})
        assert await client.is_ready() is False

    with_client("http://127.0.0.1:1", use)


def test_an_engine_that_is_gone_is_told() -> None:
    with answering(GOOD) as server:
        pass

    async def use(client: EngineClient) -> None:
        with pytest.raises(EngineUnavailable):
            await client.ask("c-1", "What?", {})
        assert await client.is_ready() is False

    with_client(server, use)


@pytest.mark.parametrize(("waited", "limit"), [(0.0, LIMIT), (LIMIT / 2, LIMIT / 2), (LIMIT, 0.0), (9.0, 0.0)])
def test_a_slow_engine_is_given_up_within_the_limit(waited: float, limit: float) -> None:
    async def use(client: EngineClient) -> None:
        began = time.monotonic()
        with pytest.raises(EngineUnavailable):
            await client.ask("c-1", "What?", {}, waited)
        passed = time.monotonic() - began
        assert limit - 0.05 <= passed < limit + 1.0

    with answering(Answer({"messages": [message()]}, held=True)) as server:
        with_client(server, use, LIMIT)


def test_it_follows_an_engine_that_moves() -> None:
    async def use(client: EngineClient) -> None:
        await client.ask("c-1", "One?", {})
        client.at(second.url)
        assert await client.ask("c-1", "Two?", {}) == [message("Elsewhere.")]

    with answering(GOOD) as first, answering(Answer({"messages": [message("Elsewhere.")]})) as second:
        with_client(first, use)
    assert [call.body["text"] for call in first.calls] == ["One?"]
    assert [call.body["text"] for call in second.calls] == ["Two?"]


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(engine_client, "time", SimpleNamespace(monotonic=clock.monotonic))
    return clock


async def fail(client: EngineClient, times: int) -> None:
    for _ in range(times):
        with pytest.raises(EngineUnavailable):
            await client.ask("c-1", "What?", {})


def test_after_failures_the_engine_is_left_alone_for_a_while(clock: Clock) -> None:
    async def use(client: EngineClient) -> None:
        await fail(client, FAILURES)
        assert len(server.calls) == FAILURES
        with pytest.raises(EngineUnavailable, match="resting"):
            await client.ask("c-1", "What?", {})
        clock.seconds += REST - 0.1
        with pytest.raises(EngineUnavailable, match="resting"):
            await client.ask("c-1", "What?", {})
        assert len(server.calls) == FAILURES
        clock.seconds += 0.2
        assert await client.ask("c-1", "What?", {}) == [message("Said.")]
        assert await client.ask("c-1", "What?", {}) == [message("Said.")]

    with answering(*[BROKEN] * FAILURES, GOOD) as server:
        with_client(server, use)


def test_if_it_still_fails_after_the_rest_it_rests_again_at_once(clock: Clock) -> None:
    async def use(client: EngineClient) -> None:
        await fail(client, FAILURES)
        clock.seconds += REST + 0.1
        await fail(client, 1)
        assert len(server.calls) == FAILURES + 1
        await fail(client, 1)
        assert len(server.calls) == FAILURES + 1

    with answering(BROKEN) as server:
        with_client(server, use)


def test_only_failures_in_a_row_count(clock: Clock) -> None:
    async def use(client: EngineClient) -> None:
        for _ in range(2):
            await fail(client, FAILURES - 1)
            await client.ask("c-1", "What?", {})
        assert len(server.calls) == 2 * FAILURES

    with answering(*[BROKEN] * (FAILURES - 1), GOOD, *[BROKEN] * (FAILURES - 1), GOOD) as server:
        with_client(server, use)


def test_an_engine_that_says_it_is_ready_is_asked_at_once(clock: Clock) -> None:
    async def use(client: EngineClient) -> None:
        await fail(client, FAILURES)
        assert await client.is_ready() is True
        assert await client.ask("c-1", "What?", {}) == [message("Said.")]

    with answering(*[BROKEN] * FAILURES, Answer({"status": "ok"}), GOOD) as server:
        with_client(server, use)


@pytest.mark.parametrize(("answer", "ready"), [(Answer({"status": "ok"}), True), (BROKEN, False)])
def test_whether_it_is_ready(answer: Answer, ready: bool) -> None:
    async def use(client: EngineClient) -> None:
        assert await client.is_ready() is ready

    with answering(answer) as server:
        with_client(server, use)
    assert [(call.method, call.path) for call in server.calls] == [("GET", "/webhooks/xiadu/")]


def test_a_proxy_in_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)

    async def use(client: EngineClient) -> None:
        assert await client.ask("c-1", "What?", {}) == [message("Said.")]

    with answering(GOOD) as server:
        with_client(server, use)


def test_what_waited_in_our_own_queue_does_not_count_against_the_engine(clock: Clock) -> None:
    async def use(client: EngineClient) -> None:
        for _ in range(FAILURES):
            with pytest.raises(EngineUnavailable):
                await client.ask("c-1", "What?", {}, waited=99.0)
        assert await client.ask("c-2", "What?", {}) == [message("Said.")]

    with answering(GOOD) as server:
        with_client(server, use)


def test_who_comes_after_too_many_others_is_not_kept_waiting() -> None:
    async def use(client: EngineClient) -> None:
        waiting = [asyncio.create_task(client.ask(f"c-{n}", "What?", {})) for n in range(IN_HAND)]
        await asyncio.sleep(0)  # each has begun to ask
        for _ in range(FAILURES):  # says nothing about the engine: it doesn't rest afterwards
            with pytest.raises(EngineUnavailable, match="too many others"):
                await client.ask("c-late", "What?", {})
        server.over.set()
        assert await asyncio.gather(*waiting) == [[message("Said.")]] * IN_HAND
        assert await client.ask("c-late", "What?", {}) == [message("Said.")]

    with answering(Answer(GOOD.content, held=True)) as server:
        with_client(server, use)
    assert len(server.calls) == IN_HAND + 1
