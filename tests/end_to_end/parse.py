"""Understands sentences as the running engine would: ``.venv-engine/bin/python -m tests.end_to_end.parse MODEL``.

Reads JSON strings from standard input, one a line, and writes for each a line ``{"intent", "confidence", "nearest"}``.
``nearest`` is the most likely intent where ``intent`` is ``nlu_fallback``.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TextIO


async def _parse(model: Path, answers: TextIO) -> None:
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))
    for line in sys.stdin:
        found = await agent.parse_message(json.loads(line))
        named = [entry["name"] for entry in found["intent_ranking"] if entry["name"] != "nlu_fallback"]
        answer = {
            "intent": found["intent"]["name"],
            "confidence": found["intent"]["confidence"],
            "nearest": named[0] if named else None,
        }
        print(json.dumps(answer), file=answers, flush=True)


def main() -> None:
    """Prepares Rasa as ``python -m engine`` does."""
    answers, sys.stdout = sys.stdout, sys.stderr  # Rasa prints its log

    from engine import without_tensorflow

    without_tensorflow.install()

    from engine import mends

    mends.apply()
    asyncio.run(_parse(Path(sys.argv[1]), answers))


if __name__ == "__main__":
    main()
