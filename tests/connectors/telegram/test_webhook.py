"""Updates that Telegram delivers to us."""

from __future__ import annotations

import http.client
import json
import logging
import socket
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest

from connectors.telegram.bot import WANTED, webhook_secret
from connectors.telegram.webhook import HEADER, LONGEST_BODY, PATH
from tests.connectors.telegram.station import Station
from tests.connectors.telegram.test_once import Held, answers, asked, kept, locked, settle
from tests.helpers.bot_api import BotApi, Person

MakeStation = Callable[..., Station]


@pytest.fixture
def hooked(make_station: MakeStation) -> Station:
    """A connector that Telegram delivers to."""
    return make_station(webhook=True).start()


def call(
    station: Station, body: Any = b"{}", method: str = "POST", secret: bytes | str | None = "right", **headers: str
) -> int:
    """Calls the webhook as anybody can, and gives the status."""
    address = urlsplit(station.settings.telegram.webhook_url or "")
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=5)
    try:
        shown = station.connector.secret if secret == "right" else secret
        connection.putrequest(method, PATH)
        if shown is not None:
            connection.putheader(HEADER, shown)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        if "Content_Length" not in headers and isinstance(body, bytes):
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body if isinstance(body, bytes) else None)
        return connection.getresponse().status
    finally:
        connection.close()


def update_of(person: Person, number: int = 1, text: str = "question") -> dict[str, Any]:
    """Makes an update that Telegram would deliver."""
    chat = {"id": person.id, "type": "private"}
    return {
        "update_id": number,
        "message": {"message_id": 9, "date": 1, "chat": chat, "from": person.user, "text": text},
    }


def test_it_is_registered_with_its_secret_and_the_kinds_that_are_wanted(api: BotApi, hooked: Station) -> None:
    (registered,) = api.calls_of("setWebhook")
    assert registered.params["url"] == hooked.settings.telegram.webhook_url
    assert registered.params["allowed_updates"] == WANTED == ["message", "edited_message", "callback_query"]
    assert registered.params["secret_token"] == hooked.connector.secret
    assert not registered.params.get("drop_pending_updates")
    assert not api.polls


def test_the_secret_is_long_stays_the_same_and_tells_nothing_of_the_token(api: BotApi, hooked: Station) -> None:
    secret = hooked.connector.secret
    assert len(secret) == 64
    assert secret.isalnum()
    assert api.token.split(":")[1] not in secret
    hooked.restart()
    assert hooked.connector.secret == secret
    chosen = hooked.settings.telegram.token
    assert chosen is not None
    other = type(chosen)(chosen.reveal() + "x")
    assert webhook_secret(other, hooked.settings.signing_key) != secret


def test_whoever_does_not_know_the_secret_is_refused(api: BotApi, hooked: Station, anna: Person) -> None:
    wrong = [None, "", "wrong", "é".encode("latin-1"), "密码".encode(), b"\xff\xfe", "r" * 5000]
    for secret in wrong:
        assert call(hooked, json.dumps(update_of(anna)).encode(), secret=secret) == 403, secret
        assert call(hooked, b"garbage {", secret=secret) == 403, "before anything is parsed"
    assert not kept(hooked)
    anna.says("real")
    api.wait(lambda: anna.heard)
    assert answers(anna) == ["You asked: real"]


def test_a_part_or_an_extension_of_the_secret_is_refused(hooked: Station) -> None:
    secret = hooked.connector.secret
    for wrong in (secret[:-1], secret + "0", secret.upper(), " " + secret[1:]):
        assert call(hooked, secret=wrong) == 403


def test_without_the_secret_the_body_is_not_waited_for(hooked: Station) -> None:
    began = time.monotonic()
    assert call(hooked, None, secret="wrong", Content_Length="1000000") == 403
    assert call(hooked, None, secret=None, Content_Length="1000000") == 403
    assert time.monotonic() - began < 2


def test_it_answers_at_once_while_the_engine_thinks(api: BotApi, hooked: Station, anna: Person) -> None:
    held = Held(hooked)
    began = time.monotonic()
    assert call(hooked, json.dumps(update_of(anna, 1, "one")).encode()) == 200
    assert call(hooked, json.dumps(update_of(anna, 2, "two")).encode()) == 200
    assert time.monotonic() - began < 1
    api.wait(lambda: asked(hooked))
    assert len(kept(hooked)) == 2
    held.let_go()
    api.update(update_of(anna), update_id=3)  # makes the chat known to the emulator
    api.wait(lambda: len(anna.heard) >= 2)


GARBAGE = [
    b"",
    b"garbage",
    b"{",
    b"[" * 100_000,
    b"\xff\xfe\x00",
    b"null",
    b"[]",
    b"5",
    b'"text"',
    b"{}",
    b'{"update_id": null}',
    b'{"update_id": "1"}',
    b'{"update_id": 1.5}',
    b'{"update_id": true, "message": {}}',
    b'{"update_id": 1e999}',
    b'{"update_id": 99999999999999999999999999}',
    b'{"update_id": -99999999999999999999999999}',
    b'{"update_id": 7, "message": null}',
    b'{"update_id": 7, "message": []}',
    b'{"update_id": 7, "message": "text"}',
    b'{"update_id": 7, "message": {"message_id": 1}}',
    b'{"update_id": 7, "message": {"message_id": 1, "date": "soon", "chat": {"id": 1, "type": "private"}}}',
    b'{"update_id": 7, "callback_query": {"id": 5}}',
    b'{"update_id": 7, "something_new": {"of": "next year"}}',
    b'{"update_id": ' + b"9" * 5000 + b"}",
]


def test_garbage_is_taken_and_does_no_harm(
    api: BotApi, hooked: Station, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    for body in GARBAGE:
        assert call(hooked, body) == 200, f"with anything else Telegram would send it again and again: {body[:80]!r}"
    anna.says("real")
    api.wait(lambda: anna.heard)
    settle(hooked)
    assert answers(anna) == ["You asked: real"]
    assert "Traceback" not in caplog.text


def test_a_body_that_is_too_long_is_refused(api: BotApi, hooked: Station, anna: Person) -> None:
    assert call(hooked, b" " * (LONGEST_BODY + 1)) == 413
    assert call(hooked, b'{"update_id":7,"x":"' + b"x" * (LONGEST_BODY - 22) + b'"}') == 200
    anna.says("real")
    api.wait(lambda: anna.heard)


def test_only_post_is_taken(hooked: Station) -> None:
    for method in ("GET", "PUT", "DELETE", "HEAD", "OPTIONS"):
        assert call(hooked, b"", method) == 405, method


def test_a_client_that_leaves_in_the_middle_does_no_harm(api: BotApi, hooked: Station, anna: Person) -> None:
    address = urlsplit(hooked.settings.telegram.webhook_url or "")
    with socket.create_connection((address.hostname, address.port)) as connection:
        secret = hooked.connector.secret
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n{HEADER}: {secret}\r\nContent-Length: 1000\r\n\r\n"
        connection.sendall(head.encode() + b'{"update_id": 7,')
    anna.says("real")
    api.wait(lambda: anna.heard)
    settle(hooked)


def test_before_telegram_answered_nothing_is_taken_and_nothing_is_lost(
    api: BotApi, make_station: MakeStation, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.telegram.bot.FIRST_PAUSE", 0.05)
    down = api.fail("getMe", status=502, times=None)
    station = make_station(webhook=True).start(wait=False)
    api.wait(lambda: down.count)
    assert call(station, json.dumps(update_of(anna)).encode()) == 503
    anna.says("early")
    api.heal()
    api.wait(lambda: anna.heard)
    assert answers(anna) == ["You asked: early"]


def test_what_cannot_be_kept_is_sent_again_by_telegram(
    api: BotApi, make_station: MakeStation, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facts.database.LOCK_TIMEOUT", 0.1)
    station = make_station(webhook=True).start()
    with locked(station):
        assert call(station, json.dumps(update_of(anna)).encode()) == 503
        anna.says("meanwhile")
        api.wait(lambda: api.webhook is not None and api.webhook.last_error)
    api.wait(lambda: anna.heard)
    settle(station)
    assert answers(anna) == ["You asked: meanwhile"]
    assert not api.undelivered


def test_an_address_that_telegram_refuses_is_one_clear_line(
    api: BotApi, make_station: MakeStation, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail("setWebhook", status=400, description="Bad Request: bad webhook: HTTPS url must be provided", times=None)
    station = make_station(webhook=True).start(wait=False)
    api.wait(lambda: "TELEGRAM_WEBHOOK_URL" in caplog.text)
    api.wait(lambda: station.connector.state == "refused")
    lines = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(lines) == 1
    assert "url must be provided" in lines[0].getMessage()
    assert lines[0].exc_info is None
    station.stop()


def test_telegram_out_of_reach_when_the_webhook_is_set_is_tried_again(
    api: BotApi, make_station: MakeStation, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.telegram.bot.FIRST_PAUSE", 0.05)
    api.fail("setWebhook", status=502, times=2)
    make_station(webhook=True).start()
    anna.says("hello")
    api.wait(lambda: anna.heard)
    assert len(api.calls_of("setWebhook")) == 3


def test_it_may_change_to_long_polling_and_back(api: BotApi, make_station: MakeStation, anna: Person) -> None:
    first = make_station(webhook=True).start()
    anna.says("by webhook")
    api.wait(lambda: anna.heard)
    first.stop()
    anna.says("between")
    second = make_station().start()
    assert api.webhook is None
    anna.says("by polling")
    api.wait(lambda: len(anna.heard) == 3)
    second.stop()
    anna.says("between, too")
    make_station(webhook=True).start()
    anna.says("by webhook again")
    api.wait(lambda: len(anna.heard) == 5)
    expected = ["by webhook", "between", "by polling", "between, too", "by webhook again"]
    assert answers(anna) == [f"You asked: {text}" for text in expected]


def test_after_a_change_an_update_that_was_confirmed_before_is_still_answered(
    api: BotApi, make_station: MakeStation, anna: Person
) -> None:
    first = make_station(webhook=True).start()
    Held(first)
    anna.says("question")
    api.wait(lambda: asked(first))
    api.wait_delivered()
    first.kill()
    second = make_station().start()
    api.wait(lambda: anna.heard)
    settle(second)
    assert answers(anna) == ["You asked: question"]


def test_what_is_handled_is_not_stored_any_more(api: BotApi, hooked: Station, anna: Person) -> None:
    anna.says("something private")
    api.wait(lambda: anna.heard)
    settle(hooked)
    with closing(sqlite3.connect(hooked.database_file)) as database:
        assert database.execute("SELECT payload FROM received").fetchall() == [(None,)]
