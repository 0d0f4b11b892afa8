"""Puts the service together: one ASGI application from the rooms."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import anyio.to_thread
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actions.route import make_executor, make_route
from connectors.limits import Limits
from connectors.telegram.assistant import Here
from connectors.telegram.bot import Connector
from connectors.telegram.webhook import webhook_route
from connectors.web_chat import make_routes
from connectors.web_chat.problems import HANDLERS
from conversations.engine_client import EngineClient
from conversations.talk import Conversations
from conversations.tokens import Tokens
from facts.answer import Answers
from facts.database import Database
from facts.search import Search
from settings import ROOT, Settings
from web.assets import Assets
from web.chat_page import chat_routes
from web.evaluation import load_evaluation
from web.not_found import with_pages
from web.public_pages import public_routes
from web.site import Site
from xiadu import VERSION
from xiadu.checks import Data
from xiadu.telegram import make_connector

logger = logging.getLogger(__name__)

SWEEP_EVERY = 15.0  # seconds
EVALUATION = ROOT / "benchmarks" / "results" / "evaluation.json"


@dataclass(frozen=True)
class Service:
    """The service, put together.

    Attributes:
        application: for a web server.
        telegram: to be started and stopped beside it; None where Telegram is off.
    """

    application: Starlette
    telegram: Connector | None


def make_service(
    settings: Settings,
    data: Data,
    database: Database,
    engine: EngineClient,
    engine_is_up: asyncio.Event,
    assets: Assets,
) -> Service:
    """Puts the service together.

    Args:
        settings: of the installation.
        data: the checked data files.
        database: migrated and seeded.
        engine: the client of the engine; where it is may be told later.
        engine_is_up: set once it answers.
        assets: the built files of the web pages.
    """
    search = Search(database, data.patterns, data.weights, data.space, data.outside, settings.cache / "vectors.npz")
    answers = Answers(search, data.texts)
    site = Site(data.interface, data.texts, assets, settings.public_url)
    keep_for = timedelta(days=settings.retention_days)
    conversations = Conversations(database, answers, engine, settings.tracker_file, keep_for)
    telegram = make_connector(settings, database, Here(conversations, engine_is_up), data.interface, data.texts)

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "alive", "version": VERSION})

    async def ready(_: Request) -> Response:
        usable = {"engine": await engine.is_ready(), "database": await anyio.to_thread.run_sync(_usable, database)}
        return JSONResponse(usable, 200 if all(usable.values()) else 503)

    async def load_encoder() -> None:
        """Loads the encoder once the engine is up: two seconds that neither its start nor a question waits for."""
        await engine_is_up.wait()
        await anyio.to_thread.run_sync(search.vectors.load)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await anyio.to_thread.run_sync(search.snapshot)  # the index is built before the first question, not during it
        gc.freeze()  # what was read stays; see xiadu/serve.py
        gc.enable()
        sweeping = asyncio.create_task(_sweep(conversations))
        loading = asyncio.create_task(load_encoder())
        yield
        sweeping.cancel()
        loading.cancel()
        await engine.close()

    handlers = HANDLERS | {HTTPException: with_pages(site, HANDLERS[HTTPException])}
    application = Starlette(
        routes=[
            Route("/health", health, methods=["GET"]),
            Route("/ready", ready, methods=["GET"]),
            make_route(make_executor(answers), settings.inner_token),
            *make_routes(
                conversations,
                Tokens(settings.signing_key),
                Limits(settings.conversation_rate, settings.address_rate),
                data.texts.languages,
                VERSION,
                settings.telegram.key,
            ),
            *([webhook_route(telegram)] if telegram is not None else []),
            *chat_routes(site, settings.frame_origins),
            *public_routes(
                site,
                search,
                database,
                data.cards,
                load_evaluation(EVALUATION),
                settings.retention_days,
                VERSION,
            ),
        ],
        # Texts shrink to a fifth; what is compressed already is left as it is.
        middleware=[Middleware(GZipMiddleware, minimum_size=1000)],
        exception_handlers=handlers,
        lifespan=lifespan,
    )
    return Service(application, telegram)


def _usable(database: Database) -> bool:
    try:
        with database.read() as session:
            session.execute(text("SELECT 1 FROM fact LIMIT 1"))
    except SQLAlchemyError:
        return False
    return True


async def _sweep(conversations: Conversations) -> None:
    while True:
        await asyncio.sleep(SWEEP_EVERY)
        try:
            await conversations.sweep()
        except Exception:  # tried again in a moment
            logger.exception("Deleted conversations could not be looked for once more.")
