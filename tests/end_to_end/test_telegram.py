"""The product with Telegram: the real engine, the real library, and an emulator of Telegram."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from facts.texts import load as load_texts
from settings import DATA, LANGUAGES, LONGEST_ENGINE_TIMEOUT, ROOT
from tests.end_to_end.test_forgetting import rows
from tests.helpers.bot_api import BotApi, Person, SentMessage, bot_api
from tests.helpers.product import STOP_LIMIT, Product, until

INTERFACE, _ = load_texts(DATA / "interface", LANGUAGES)
TALKS = 4
"""So many talks of each language go both ways."""
CROWD = 200
ANSWERED_WITHIN = 15.0  # seconds, on a busy machine


@pytest.fixture(scope="module")
def api() -> Iterator[BotApi]:
    with bot_api() as running:
        yield running


@pytest.fixture(scope="module")
def var(test_var: Path, running: Product, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the model of the run; the product of the run is up, so it has been trained."""
    folder = tmp_path_factory.mktemp("telegram")
    for part in ("models", "cache"):
        shutil.copytree(test_var / part, folder / part)
    return folder


@pytest.fixture(scope="module")
def bot(api: BotApi, var: Path) -> Iterator[Product]:
    """The product, asking the emulator for news.

    It shares two processors with the product of the run, so the engine gets the longest time that the setting admits: that an answer
    comes from the engine is the matter here, how fast it comes is that of test_never_silent.
    """
    longest = str(LONGEST_ENGINE_TIMEOUT)
    told = {"TELEGRAM_TOKEN": api.token, "TELEGRAM_API_BASE_URL": api.url, "XIADU_ENGINE_TIMEOUT": longest}
    product = Product(var, **told).start()
    # Right after the start the sentence encoder is loaded beside the first questions.
    until(lambda: "degraded" not in product.reply("How many students took part in the homestays?"), 20, product.log)
    yield product
    if product.process is not None and product.process.poll() is None:
        assert product.stop() < STOP_LIMIT


def say(api: BotApi, person: Person, text: str) -> SentMessage:
    """Writes a message and reads the answer, whose last part has the buttons."""
    return after(api, person, lambda: person.says(text))


def after(api: BotApi, person: Person, deed: Callable[[], Any]) -> SentMessage:
    before = len(person.heard)
    deed()
    api.wait(lambda: len(person.heard) > before and person.heard[-1].buttons, ANSWERED_WITHIN)
    return person.heard[-1]


def kept(product: Product, person: Person) -> list[dict[str, Any]]:
    """The assistant's messages of somebody's talk, as they are kept."""
    query = (
        "SELECT message.content FROM message JOIN turn ON turn.id = message.turn_id"
        " JOIN chat ON chat.conversation = turn.conversation_id WHERE chat.address = ? ORDER BY turn.id, position"
    )
    with closing(sqlite3.connect(product.var / "xiadu.db")) as connection:
        return [json.loads(content) for (content,) in connection.execute(query, (str(person.user["id"]),))]


def same(message: dict[str, Any]) -> dict[str, Any]:
    """What must not depend on the way in."""
    told = {name: message[name] for name in ("text", "outcome", "facts", "sources", "as_of", "language")}
    return {**told, "choices": [choice["title"] for choice in message["buttons"]]}


def talks(language: str) -> list[list[str]]:
    """What is asked in some talks of the test set: those in words only."""
    read = yaml.safe_load((ROOT / "tests" / "talks" / f"{language}.yml").read_text(encoding="utf-8"))
    spoken = [[turn.get("ask") for turn in talk["turns"]] for talk in read]
    return [turns for turns in spoken if all(turns)][:TALKS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_talk_is_the_same_by_telegram_and_by_web(api: BotApi, bot: Product, language: str) -> None:
    def both_ways(turns: list[str]) -> None:
        person = api.person(language_code=language)
        token, by_web = None, []
        for text in turns:
            answer = bot.ask(text, token)
            token = answer["conversation"]
            by_web += answer["messages"]
            shown = say(api, person, text)
            for said in answer["messages"]:
                assert said["text"] in shown.text
                assert all(source["title"] in shown.text for source in said["sources"])
        by_telegram = kept(bot, person)
        assert [same(message) for message in by_telegram] == [same(message) for message in by_web]
        assert not any(message.get("degraded") for message in by_telegram)

    # A chat gets a message a second, so the talks go on beside each other. Two at a time: with more, one pause of the machine makes
    # the engine miss so many answers at once that the service leaves it alone for a while.
    with ThreadPoolExecutor(2) as pool:
        assert len(list(pool.map(both_ways, talks(language)))) == TALKS


def test_a_choice_leads_on(api: BotApi, bot: Product) -> None:
    anna = api.person(language_code="en")
    asked = say(api, anna, "How many students took part in the homestays?")
    assert "200" in asked.text
    assert "Tell me more" in asked.titles
    more = after(api, anna, lambda: anna.presses(asked, "Tell me more"))
    assert more.text.startswith("▸ Tell me more")
    assert [message["facts"] for message in kept(bot, anna)] == [["homestay-students"]] * 2


def test_what_is_forgotten_is_gone_from_service_and_engine(api: BotApi, bot: Product) -> None:
    anna = api.person(language_code="zh-hans")
    say(api, anna, "有多少学生参加了寄宿交流？")
    address = str(anna.user["id"])
    with closing(sqlite3.connect(bot.var / "xiadu.db")) as connection:
        (sender,) = connection.execute("SELECT conversation FROM chat WHERE address = ?", (address,)).fetchone()
    events = "SELECT count(*) FROM events WHERE sender_id = ?"
    assert rows(bot.var / "tracker.db", events, sender) > 0
    asked = say(api, anna, "/forget")
    anna.presses(asked, INTERFACE("telegram.yes", "zh"))
    api.wait(lambda: anna.heard[-1].text == INTERFACE("telegram.forgotten", "zh"), ANSWERED_WITHIN)
    assert rows(bot.var / "tracker.db", events, sender) == 0
    for table, column in (("conversation", "id"), ("turn", "conversation_id"), ("issued_button", "conversation_id")):
        assert rows(bot.var / "xiadu.db", f"SELECT count(*) FROM {table} WHERE {column} = ?", sender) == 0
    assert rows(bot.var / "xiadu.db", "SELECT count(*) FROM chat WHERE address = ?", address) == 0


def test_two_hundred_at_once_get_one_answer_each_from_the_engine(api: BotApi, bot: Product) -> None:
    people = [api.person(language_code="en") for _ in range(CROWD)]
    for number, person in enumerate(people):
        person.says(
            "Is Edirne a sister city of Xining?" if number % 2 else "How many students took part in the homestays?"
        )
    api.wait(lambda: all(person.heard for person in people), 60)
    for number, person in enumerate(people):
        (shown,) = person.heard
        assert ("2022" if number % 2 else "200") in shown.text
        assert INTERFACE("chat.degraded", "en") not in shown.text


def test_what_came_while_nobody_was_there_is_answered_by_the_engine_once(api: BotApi, bot: Product) -> None:
    before = api.person(language_code="en")
    say(api, before, "How many students took part in the homestays?")
    assert bot.stop() < STOP_LIMIT
    waiting = [api.person(language_code="en") for _ in range(3)]
    before.says("and in how many batches?")
    for person in waiting:
        person.says("Is Edirne a sister city of Xining?")
    bot.start()
    api.wait(lambda: all(person.heard for person in waiting) and len(before.heard) == 2, 30)
    assert [message["facts"] for message in kept(bot, before)] == [["homestay-students"], ["homestay-batches"]]
    for person in waiting:
        (message,) = kept(bot, person)
        assert "degraded" not in message
        assert len(person.heard) == 1


def test_by_webhook_it_answers_the_same(api: BotApi, bot: Product) -> None:
    anna = api.person(language_code="en")
    say(api, anna, "How many students took part in the homestays?")
    assert bot.stop() < STOP_LIMIT
    port = int(bot.url.rpartition(":")[2])
    bot.environ["TELEGRAM_WEBHOOK_URL"] = f"http://127.0.0.1:{port}/telegram/webhook"
    anna.says("and in how many batches?")
    bot.start(port=port)
    try:
        api.wait(lambda: len(anna.heard) == 2, 30)
        assert kept(bot, anna)[1]["facts"] == ["homestay-batches"]
        li = api.person(first_name="明", language_code="zh-hans")
        assert "2022年" in say(api, li, "埃迪尔内是西宁的友好城市吗？").text
        assert requests.post(f"{bot.url}/telegram/webhook", data=b"{}", timeout=5).status_code == 403
    finally:
        del bot.environ["TELEGRAM_WEBHOOK_URL"]


def test_a_wrong_token_is_one_line_and_the_web_chat_runs(api: BotApi, var: Path, tmp_path: Path) -> None:
    token = "987654:AAHwrongWRONGwrongWRONGwrongWRONGwr"
    shutil.copytree(var / "models", tmp_path / "models")
    shutil.copytree(var / "cache", tmp_path / "cache")
    product = Product(tmp_path, TELEGRAM_TOKEN=token, TELEGRAM_API_BASE_URL=api.url).start(wait=False)
    try:
        until(lambda: "TELEGRAM_TOKEN" in product.log(), 20, product.log)
        assert product.reply("How many students took part in the homestays?")["facts"] == ["homestay-students"]
    finally:
        product.stop()
    log = product.log()
    assert [line for line in log.splitlines() if "TELEGRAM_TOKEN" in line] == [
        line for line in log.splitlines() if "Telegram doesn't take TELEGRAM_TOKEN" in line
    ]
    assert log.count("TELEGRAM_TOKEN") == 1
    assert "Traceback" not in log
    assert token not in log
    assert token.partition(":")[2] not in log


def test_without_a_token_it_says_that_telegram_is_off(running: Product) -> None:
    text = (running.var / "serve.log").read_text(errors="replace")
    assert "Telegram is off: TELEGRAM_TOKEN is not set." in text
