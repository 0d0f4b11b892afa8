"""The route by which the engine calls the actions, behind a shared token."""

from __future__ import annotations

import hmac
import logging

import anyio
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actions.answer import ActionAnswer
from actions.small_talk import ActionHandoff, ActionSmalltalk
from facts.answer import Answers
from settings import Secret

logger = logging.getLogger(__name__)

PATH = "/actions"
INNER_HEADER = "X-Xiadu-Token"


def make_executor(answers: Answers) -> ActionExecutor:
    """Makes rasa-sdk's executor with all our actions, as instances."""
    executor = ActionExecutor()
    threads = anyio.CapacityLimiter(8)  # the actions' own: whoever waits for them must not hold these
    executor.register_action(ActionAnswer(answers, threads))
    executor.register_action(ActionSmalltalk(answers, threads))
    executor.register_action(ActionHandoff(answers, threads))
    return executor


def make_route(executor: ActionExecutor, token: Secret) -> Route:
    """Makes the route; without the token it is as if it weren't there."""
    expected = token.reveal().encode()

    async def run(request: Request) -> Response:
        shown = request.headers.get(INNER_HEADER, "").encode("latin-1", "replace")
        if not hmac.compare_digest(shown, expected):
            return JSONResponse({"error": "not found"}, status_code=404)
        call = await request.json()
        # Our engine leaves the domain out (engine/mends.py); rasa-sdk would ask for it again with status 449.
        call.setdefault("domain", {})
        try:
            result = await executor.run(call)
        except ActionNotFoundException as error:
            return JSONResponse({"error": str(error), "action_name": error.action_name}, status_code=404)
        except Exception:
            logger.exception("The action %s failed.", call.get("next_action"))
            return JSONResponse({"error": "the action failed", "action_name": call.get("next_action")}, 500)
        return JSONResponse(result.model_dump() if result else {"events": [], "responses": []})

    return Route(PATH, run, methods=["POST"])
