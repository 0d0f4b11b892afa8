"""Whatever happens to the engine, a visitor is answered within 3 seconds."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

import pytest

from tests.helpers.product import Product, until

LIMIT = 3.0  # seconds
THREADS = 8  # of the conversations, and of the actions
QUESTION = "How many foreign experts did the city invite to Xining?"


def timed(product: Product, question: str = QUESTION) -> tuple[dict[str, Any], float]:
    began = time.monotonic()
    reply = product.reply(question)
    return reply, time.monotonic() - began


@contextmanager
def frozen(product: Product) -> Iterator[None]:
    """Freezes the engine for a while."""
    engine = product.engine_pid
    assert engine is not None
    os.kill(engine, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(engine, signal.SIGCONT)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_a_dead_engine_is_replaced_and_visitors_are_answered_meanwhile(
    product: Product, number: signal.Signals
) -> None:
    killed = product.engine_pid
    assert killed is not None
    os.kill(killed, number)
    until(lambda: product.engine_pid != killed, 5, product.log)
    reply, seconds = timed(product)
    assert seconds < LIMIT
    assert (reply["outcome"], reply["facts"], reply.get("degraded")) == ("answer", ["experts-number"], True)
    assert "starting it again" in product.log()
    product.wait_until_ready()
    assert product.engine_pid not in (None, killed)
    until(lambda: "degraded" not in product.reply(QUESTION), 10, product.log)


def test_a_frozen_engine_keeps_nobody_waiting(product: Product) -> None:
    with frozen(product):
        with ThreadPoolExecutor(20) as clients:
            answers = list(clients.map(lambda _: timed(product), range(20)))
        answers += [timed(product) for _ in range(3)]
    assert max(seconds for _, seconds in answers) < LIMIT
    assert all(reply["degraded"] and reply["facts"] == ["experts-number"] for reply, _ in answers)
    until(lambda: "degraded" not in product.reply(QUESTION), 15, product.log)


def test_without_the_engine_what_the_facts_do_not_answer_is_said_plainly(product: Product) -> None:
    with frozen(product):
        reply, seconds = timed(product, "Which restaurants are good for noodles?")
    assert seconds < LIMIT
    assert reply["degraded"]
    assert reply["outcome"] == "unknown"
    assert "Xining Foreign Affairs Office" in reply["text"]


def test_a_hundred_clients_at_once_are_all_answered(product: Product) -> None:
    until(lambda: "degraded" not in product.reply(QUESTION), 15, product.log)
    questions = [QUESTION, "三届夏都国际论坛总共来了多少人？", "Is Edirne a sister city of Xining?", "Good morning!"]
    with ThreadPoolExecutor(100) as clients:
        answers = list(clients.map(lambda n: timed(product, questions[n % 4]), range(100)))
    expected = ["answer", "answer", "answer", "smalltalk"] * 25
    for (reply, _), outcome in zip(answers, expected, strict=True):
        assert reply["text"]
        assert reply["outcome"] == outcome or reply.get("degraded")
    # A service that waits for itself answers without the engine when the time is up: all but those that got hold of one of
    # its threads at first. How many more get through is the machine's speed, which the benchmark measures; who comes when
    # the engine has its hands full is answered without it at once.
    assert sum("degraded" not in reply for reply, _ in answers) > 2 * THREADS
    assert max(seconds for _, seconds in answers) < LIMIT


def test_a_database_that_cannot_be_written_silences_nobody(product: Product) -> None:
    with closing(sqlite3.connect(product.var / "xiadu.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        reply, seconds = timed(product)
        other.execute("ROLLBACK")
    assert seconds < LIMIT
    assert (reply["facts"], reply["degraded"], reply["buttons"]) == (["experts-number"], True, [])
    assert "degraded" not in product.reply(QUESTION)


def test_a_talk_goes_on_after_a_restart(running: Product) -> None:
    running.wait_until_ready()
    first = running.ask("How many students took part in the homestays?")
    assert running.stop() < 5
    began = time.monotonic()
    running.start(wait=False)
    # The engine is starting: nobody waits for it.
    reply, seconds = timed(running)
    assert seconds < LIMIT
    assert (reply["facts"], reply.get("degraded")) == (["experts-number"], True)
    running.wait_until_ready()
    assert time.monotonic() - began < 10
    second = running.ask("and in how many batches?", first["conversation"])
    assert second["messages"][0]["facts"] == ["homestay-batches"]
    assert len(running.history(first["conversation"])) == 4
