"""Serves the trivial actions as the product serves its own: ``actions.route.make_route`` on uvicorn, behind the token."""

from __future__ import annotations

import os
import sys

import uvicorn
from rasa_sdk.executor import ActionExecutor
from starlette.applications import Starlette

from actions.route import make_route
from benchmarks.engine import fixed_actions
from settings import Secret


def main() -> None:
    """Runs until it is told to stop. Argument: the port. The token comes from ``XIADU_ACTIONS_TOKEN``."""
    executor = ActionExecutor()
    for action in (fixed_actions.ActionAnswer, fixed_actions.ActionSmalltalk, fixed_actions.ActionHandoff):
        executor.register_action(action())
    application = Starlette(routes=[make_route(executor, Secret(os.environ["XIADU_ACTIONS_TOKEN"]))])
    uvicorn.run(
        application, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False, server_header=False
    )


if __name__ == "__main__":
    main()
