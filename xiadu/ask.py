"""``xiadu ask``: questions from the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from xiadu.client import Client, Refused

GREETING = (
    "Ask about Xining's international exchanges, in English or Chinese. A number presses a button; an empty line ends."
)


def ask(question: str | None, *, as_json: bool, language: str | None, url: str | None) -> int:
    """Answers one question, all lines of a pipe, or talks; returns the exit code.

    Raises:
        xiadu.client.NotRunning: no service answers.
    """
    if question is not None:
        return _each([question], as_json, language, url)
    if not sys.stdin.isatty():
        return _each((line.strip() for line in sys.stdin if line.strip()), as_json, language, url)
    return _talk(as_json, language, url)


def _each(questions: Iterable[str], as_json: bool, language: str | None, url: str | None) -> int:
    """Answers questions that have nothing to do with each other: each in a conversation of its own."""
    code = 0
    for n, question in enumerate(questions):
        if n and not as_json:
            print()
        try:
            show(Client(url).ask(text=question, language=language), as_json)
        except Refused as refusal:
            print(f"Not answered: {refusal}", file=sys.stderr)
            code = 1
    return code


def _talk(as_json: bool, language: str | None, url: str | None) -> int:
    client = Client(url)
    buttons: list[dict[str, str]] = []
    print(GREETING)
    while True:
        try:
            line = input("\n> ").strip()
        except (EOFError, KeyboardInterrupt):
            print()
            return 0
        if not line:
            return 0
        try:
            if line.isdecimal() and 1 <= int(line) <= len(buttons):
                answer = client.ask(button=buttons[int(line) - 1]["id"], language=language)
            else:
                answer = client.ask(text=line, language=language)
        except Refused as refusal:
            print(f"Not answered: {refusal}")
            continue
        show(answer, as_json)
        buttons = [button for message in answer["messages"] for button in message["buttons"]]


def show(answer: dict[str, Any], as_json: bool, to: TextIO | None = None) -> None:
    """Prints an answer: the contract in one line, or the text with its date, sources and buttons."""
    if as_json:
        print(json.dumps(answer, ensure_ascii=False), file=to)
        return
    number = 0
    for message in answer["messages"]:
        print(message["text"], file=to)
        if message["as_of"]:
            print(f"  as of {message['as_of']}", file=to)
        for source in message["sources"]:
            print(f"  source: {describe(source)}", file=to)
        if message.get("degraded"):
            print("  (a short answer: the dialogue engine is not available just now)", file=to)
        for button in message["buttons"]:
            number += 1
            print(f"  [{number}] {button['title']}", file=to)


def describe(source: dict[str, Any]) -> str:
    """Gives a source in one line: title, publisher, date and, where there is one, its address."""
    date = source.get("date") or source.get("note") or "undated"
    parts = [source["title"], source.get("publisher"), date, source.get("url")]
    return ", ".join(part for part in parts if part)
