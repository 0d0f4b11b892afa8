"""The key with which a Telegram connector on another host shows the API that it is ours."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from starlette.applications import Starlette

from connectors.channels import KEY_HEADER
from connectors.limits import Limits
from connectors.web_chat import make_routes
from connectors.web_chat.openapi import describe
from connectors.web_chat.problems import HANDLERS
from conversations.models import Conversation, Turn
from conversations.talk import Conversations
from conversations.tokens import Tokens
from facts.database import Database
from settings import Secret
from tests.connectors.web import LANGUAGES, answered, problem_of
from tests.helpers import handmade
from tests.helpers.fake_engine import FakeEngine

KEY = "0123456789abcdefghijklmnopqrstuvwxyz"
ROUTES = [
    ("POST", "/api/messages"),
    ("GET", "/api/messages"),
    ("POST", "/api/feedback"),
    ("DELETE", "/api/conversation"),
]
WRONG: list[str | bytes] = [
    "",
    "wrong",
    KEY[:-1],
    KEY + "0",
    KEY.upper(),
    f"{KEY}, {KEY}",
    "钥匙".encode(),
    f"{KEY}é".encode("latin-1"),
    b"\xff\xfe",
]


class Api:
    """The API with a key, and with limits that are soon reached.

    Args:
        folder: for its database.
        migrated_file: a database to copy.
        key: that it takes; None takes none.
    """

    def __init__(self, folder: Path, migrated_file: Path, key: str | None) -> None:
        self.database = Database(f"sqlite:///{shutil.copy(migrated_file, folder / 'xiadu.db')}")
        handmade.fill(self.database)
        self.engine = FakeEngine()
        conversations = Conversations(
            self.database,
            handmade.answers_from(self.database),
            self.engine,  # type: ignore[arg-type]
            folder / "tracker.db",
        )
        routes = make_routes(
            conversations,
            Tokens(Secret("a signing key of a test, long enough")),
            Limits("3 per hour", "5 per hour"),
            LANGUAGES,
            "7",
            Secret(key) if key is not None else None,
        )
        self._runner = asyncio.Runner()
        application = Starlette(routes=routes, exception_handlers=HANDLERS)
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(application, raise_app_exceptions=False), base_url="http://xiadu.test"
        )

    def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Sends a request."""
        return self._runner.run(self._client.request(method, path, **request))

    def close(self) -> None:
        """Closes connections, loop and database."""
        self._runner.run(self._client.aclose())
        self._runner.close()
        self.database.close()

    def post(self, body: Any, key: str | bytes | None = KEY, path: str = "/api/messages") -> httpx.Response:
        """Posts JSON, or bytes as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send("POST", path, content=content, headers=shown(key))

    def channels(self) -> list[tuple[str, str]]:
        """The ways in that the log names: of each turn, and of its conversation."""
        with self.database.read() as session:
            query = select(Turn.channel, Conversation.channel).join(Conversation).order_by(Turn.id)
            return [(turn, talk) for turn, talk in session.execute(query)]


def shown(key: str | bytes | None) -> dict[bytes, bytes]:
    """The header with the key."""
    if key is None:
        return {}
    return {KEY_HEADER.encode(): key if isinstance(key, bytes) else key.encode()}


@pytest.fixture
def api(tmp_path: Path, migrated_file: Path) -> Iterator[Api]:
    """An API that takes the key."""
    with_key = Api(tmp_path, migrated_file, KEY)
    yield with_key
    with_key.close()


@pytest.fixture
def keyless(tmp_path: Path, migrated_file: Path) -> Iterator[Api]:
    """An API that takes no key."""
    without = Api(tmp_path, migrated_file, None)
    yield without
    without.close()


def test_what_comes_with_the_key_is_telegrams_and_the_rest_is_the_webs(api: Api) -> None:
    answered(api.post({"text": "Hello"}))
    answered(api.post({"text": "Hello"}, key=None))
    assert api.channels() == [("telegram", "telegram"), ("web", "web")]


def test_with_the_key_the_address_is_not_counted(api: Api) -> None:
    for _ in range(12):  # as many people behind one host
        answered(api.post({"text": "Hello"}))
    for _ in range(5):
        answered(api.post({"text": "Hello"}, key=None))
    assert problem_of(api.post({"text": "Hello"}, key=None)) == (429, "too-many-messages")
    answered(api.post({"text": "Hello"}))


def test_with_the_key_a_conversation_is_counted_all_the_same(api: Api) -> None:
    token = answered(api.post({"text": "Hello"}))["conversation"]
    for _ in range(3):
        answered(api.post({"text": "Hello", "conversation": token}))
    refused = api.post({"text": "Hello", "conversation": token})
    assert problem_of(refused) == (429, "too-many-messages")
    assert int(refused.headers["Retry-After"]) > 0
    opinion = {"conversation": token, "message": "m-1", "rating": "up"}
    assert problem_of(api.post(opinion, path="/api/feedback")) == (429, "too-many-messages")
    answered(api.post({"text": "Hello"}))


def test_with_the_key_everything_else_is_as_before(api: Api) -> None:
    answer = answered(api.post({"text": "Hello"}))
    token = answer["conversation"]
    bearer = {**shown(KEY), b"Authorization": f"Bearer {token}".encode()}
    opinion = {"conversation": token, "message": answer["messages"][0]["id"], "rating": "up"}
    assert api.post(opinion, path="/api/feedback").status_code == 204
    talk = api.send("GET", "/api/messages", headers=bearer).json()["messages"]
    assert [said["from"] for said in talk] == ["visitor", "assistant"]
    assert talk[1]["rating"] == "up"
    assert api.send("DELETE", "/api/conversation", headers=bearer).status_code == 204
    assert problem_of(api.send("GET", "/api/messages", headers=bearer)) == (404, "unknown-conversation")
    assert problem_of(api.post({"text": " "})) == (422, "empty-message")


def test_the_key_speaks_for_no_conversation(api: Api) -> None:
    answered(api.post({"text": "Hello"}))
    for method, path in ROUTES[1:]:
        body = json.dumps({"message": "m-1", "rating": "up"}).encode() if method == "POST" else None
        response = api.send(method, path, content=body, headers=shown(KEY))
        assert problem_of(response) == (401, "token-needed")


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("key", WRONG)
def test_a_wrong_key_is_refused_before_anything_else(api: Api, method: str, path: str, key: str | bytes) -> None:
    with_token = {**shown(key), b"Authorization": b"Bearer nonsense"}
    for _ in range(7):  # more than an address may send: it isn't counted either
        response = api.send(method, path, headers=with_token, content=b"no JSON")
        assert problem_of(response) == (401, "unknown-key")
        assert KEY not in response.text
    assert api.engine.asked == []
    assert api.channels() == []


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("key", ["", KEY, "None"])
def test_where_none_is_set_every_key_is_wrong(keyless: Api, method: str, path: str, key: str) -> None:
    assert problem_of(keyless.send(method, path, headers=shown(key))) == (401, "unknown-key")


def test_where_none_is_set_nothing_else_changes(keyless: Api) -> None:
    answered(keyless.post({"text": "Hello"}, key=None))
    assert keyless.channels() == [("web", "web")]


def test_of_two_keys_a_wrong_one_first_is_refused(api: Api) -> None:
    headers = [(KEY_HEADER, "wrong"), (KEY_HEADER, KEY)]
    assert problem_of(api.send("GET", "/api/messages", headers=headers)) == (401, "unknown-key")


def test_the_key_is_compared_as_it_is_whatever_its_name_looks_like(api: Api) -> None:
    headers = {KEY_HEADER.lower(): KEY}
    assert api.send("POST", "/api/messages", content=b'{"text": "Hello"}', headers=headers).status_code == 200
    assert api.channels() == [("telegram", "telegram")]


def test_the_key_is_described(api: Api) -> None:
    paths = describe("7")["paths"]
    for method, path in ROUTES:
        operation = paths[path][method.lower()]
        (parameter,) = [p for p in operation["parameters"] if p["name"] == KEY_HEADER]
        assert (parameter["in"], parameter["required"]) == ("header", False)
        assert "unknown-key" in operation["responses"]["401"]["description"]
    for path in ("/health", "/ready"):
        assert "parameters" not in paths[path]["get"]
