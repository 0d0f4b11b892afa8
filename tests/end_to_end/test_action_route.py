"""The real engine with an action route that fails, hangs or says nothing: a visitor is answered all the same."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import settings as settings_room
from conversations.engine_client import EngineClient
from conversations.talk import Conversations, Incoming
from facts.answer import Answers
from facts.database import Database
from facts.search import Search
from settings import Settings
from xiadu.database import fill, migrate
from xiadu.engine_process import EngineProcess
from xiadu.serve import checked_data
from xiadu.training import train

LIMIT = 3.0  # seconds
QUESTION = "How many foreign experts did the city invite to Xining?"
Action = Callable[[Request], Awaitable[Response]]


async def fails(_: Request) -> Response:
    return JSONResponse({"error": "the action failed"}, 500)


async def says_nothing(_: Request) -> Response:
    return JSONResponse({"events": [], "responses": []})


async def talks_nonsense(_: Request) -> Response:
    return Response("<html>", media_type="text/html")


async def hangs(_: Request) -> Response:
    await asyncio.sleep(60)
    return JSONResponse({})


@pytest.fixture
def installation(test_var: Path, tmp_path: Path) -> Settings:
    """Settings of their own, with the model of the whole run."""
    settings = settings_room.load({"XIADU_VAR": str(tmp_path)})
    settings.models.mkdir()
    model = train(settings_room.load({"XIADU_VAR": str(test_var)}))
    (settings.models / model.name).symlink_to(model)
    return settings


def test_whatever_the_action_route_does_a_visitor_is_answered(installation: Settings) -> None:
    asyncio.run(_through(installation))


async def _through(settings: Settings) -> None:
    data = checked_data()
    database = Database(settings.database_url)
    migrate(database)
    fill(database, (located.record for located in data.records))
    client = EngineClient(settings.inner_token, settings.engine_timeout)
    search = Search(database, data.patterns, data.weights, data.space, data.outside)
    search.snapshot()
    talks = Conversations(database, Answers(search, data.texts), client, settings.tracker_file)
    current: list[Action] = [fails]

    async def act(request: Request) -> Response:
        return await current[0](request)

    server = uvicorn.Server(
        uvicorn.Config(
            Starlette(routes=[Route("/actions", act, methods=["POST"])]),
            port=0,
            log_level="critical",
            timeout_graceful_shutdown=1,
        )
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    engine = EngineProcess(settings, train(settings), f"http://127.0.0.1:{port}/actions", client)
    keeping = asyncio.create_task(engine.run())
    try:
        await asyncio.wait_for(engine.ready.wait(), 60)
        for action in (fails, says_nothing, talks_nonsense, hangs):
            current[0] = action
            began = time.monotonic()
            answer = await talks.receive(Incoming("web", text=QUESTION))
            assert time.monotonic() - began < LIMIT, action
            (message,) = answer.messages
            assert (message["degraded"], message["facts"]) == (True, ["experts-number"]), action
    finally:
        server.should_exit = True
        await engine.stop()
        await asyncio.gather(keeping, serving)
        await client.close()
        database.close()
